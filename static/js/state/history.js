/**
 * The history that was seen, in IndexedDB: a cache of the log, never the truth. Where IndexedDB is missing, blocked or
 * full (private windows), everything here answers "nothing known" and the server is asked instead.
 */
/** @import { ContactView, ConversationView, Entry } from "../types.d.ts" */
import { isRevision, Revisions, revised, together } from "../domain/revisions.js";
import { answered, answers } from "../domain/threads.js";

const VERSION = 1;
const FLUSH_MS = 50;
const DELETE_MS = 2_000;

/**
 * What is used of the `idb` package.
 * @typedef {object} Idb
 * @property {(name: string, version: number, how: object) => Promise<any>} openDB
 * @property {(name: string) => Promise<void>} deleteDB
 */

/** @param {string} user */
export const databaseName = (user) => `chatter-${user}`;

export class History {
  #idb;
  #name;
  /** @type {Promise<any>} the database, or null */
  #database = Promise.resolve(null);
  /** @type {Map<string, Entry & { conversation: string }>} */
  #unwritten = new Map();
  /** @type {Map<string, Revisions>} conversation -> for texts that come after what is about them */
  #heard = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #flushing;

  /** @param {Idb} idb @param {string} user */
  constructor(idb, user) {
    this.#idb = idb;
    this.#name = databaseName(user);
  }

  open() {
    // A browser that forbids IndexedDB may throw at once instead of rejecting.
    this.#database = Promise.resolve()
      .then(() => this.#open())
      .catch(() => null);
    return this.#database;
  }

  #open() {
    return this.#idb.openDB(this.#name, VERSION, {
      upgrade(/** @type {any} */ database) {
        database.createObjectStore("entries", { keyPath: ["conversation", "seq"] });
        database.createObjectStore("conversations", { keyPath: "id" });
        database.createObjectStore("contacts", { keyPath: "user.id" });
      },
      // Another tab signs out and deletes: holding on would keep the data alive.
      blocking: () => this.close(),
      terminated: () => this.close(),
    });
  }

  close() {
    const open = this.#database;
    this.#database = Promise.resolve(null);
    void open.then((database) => database?.close());
  }

  /**
   * Remember entries; written together a moment later.
   * @param {string} conversation
   * @param {readonly Entry[]} entries
   */
  put(conversation, entries) {
    const heard = this.#heard.get(conversation) ?? new Revisions();
    this.#heard.set(conversation, heard);
    for (const entry of entries) if (isRevision(entry) || entry.root) heard.hear(entry);
    for (const one of entries) {
      const entry = heard.current(one);
      const key = `${conversation}:${entry.seq}`;
      const before = this.#unwritten.get(key);
      this.#unwritten.set(key, { ...(before ? together(before, entry) : entry), conversation });
    }
    this.#flushing ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  async flush() {
    clearTimeout(this.#flushing);
    this.#flushing = undefined;
    const entries = [...this.#unwritten.values()];
    this.#unwritten.clear();
    if (entries.length > 0) await this.#using((database) => write(database, entries));
  }

  /**
   * The run that ends right before `seq`, at most `limit` long; shorter where something was never seen.
   * @param {string} conversation
   * @param {number} seq
   * @param {number} limit
   * @returns {Promise<Entry[]>} oldest first
   */
  async before(conversation, seq, limit) {
    const found = await this.#range(conversation, Math.max(1, seq - limit), seq - 1);
    let start = found.length;
    while (start > 0 && found[start - 1].seq === seq - (found.length - start) - 1) start -= 1;
    return found.slice(start);
  }

  /**
   * The run that begins right after `seq`, at most `limit` long.
   * @param {string} conversation
   * @param {number} seq
   * @param {number} limit
   * @returns {Promise<Entry[]>} oldest first
   */
  async after(conversation, seq, limit) {
    const found = await this.#range(conversation, seq + 1, seq + limit);
    let end = 0;
    while (end < found.length && found[end].seq === seq + 1 + end) end += 1;
    return found.slice(0, end);
  }

  /**
   * The newest run that was seen.
   * @param {string} conversation
   * @param {number} limit
   * @returns {Promise<Entry[]>} oldest first
   */
  async tail(conversation, limit) {
    await this.flush();
    const last = await this.#using(async (database) => {
      const all = IDBKeyRange.bound([conversation, 0], [conversation, Number.POSITIVE_INFINITY]);
      return (await database.transaction("entries").store.openKeyCursor(all, "prev"))?.key[1];
    });
    return last ? this.before(conversation, last + 1, limit) : [];
  }

  /**
   * What was seen of a thread.
   * @param {string} conversation
   * @param {number} root
   * @returns {Promise<Entry[]>} the root and its replies, oldest first
   */
  async thread(conversation, root) {
    const found = await this.#range(conversation, root, Number.MAX_SAFE_INTEGER);
    return found.filter((entry) => entry.seq === root || answers(entry, root));
  }

  /** The browser's copy of a conversation was found wrong, or is not for this person any more. @param {string} conversation */
  async drop(conversation) {
    for (const key of this.#unwritten.keys()) if (key.startsWith(`${conversation}:`)) this.#unwritten.delete(key);
    await this.#using(async (database) => {
      const all = IDBKeyRange.bound([conversation, 0], [conversation, Number.POSITIVE_INFINITY]);
      await database.delete("entries", all);
      await database.delete("conversations", conversation);
    });
  }

  /**
   * Replace what is known of conversations and contacts.
   * @param {readonly ConversationView[]} conversations
   * @param {readonly ContactView[]} contacts
   */
  async putViews(conversations, contacts) {
    await this.#using(async (database) => {
      const transaction = database.transaction(["conversations", "contacts"], "readwrite");
      for (const [name, views] of /** @type {const} */ ([
        ["conversations", conversations],
        ["contacts", contacts],
      ])) {
        const store = transaction.objectStore(name);
        store.clear();
        for (const view of views) store.put(view);
      }
      await transaction.done;
    });
  }

  /** @returns {Promise<{ conversations: ConversationView[], contacts: ContactView[] }>} */
  async views() {
    const found = await this.#using(async (database) => ({
      conversations: await database.getAll("conversations"),
      contacts: await database.getAll("contacts"),
    }));
    return found ?? { conversations: [], contacts: [] };
  }

  /** Nothing is left, also where another tab keeps the database open. */
  async wipe() {
    clearTimeout(this.#flushing);
    this.#unwritten.clear();
    await this.#using(async (database) => {
      const names = [...database.objectStoreNames];
      const transaction = database.transaction(names, "readwrite");
      for (const name of names) transaction.objectStore(name).clear();
      await transaction.done;
    });
    this.close();
    await deleteDatabase(this.#idb, this.#name);
  }

  /** @param {string} conversation @param {number} low @param {number} high @returns {Promise<Entry[]>} */
  async #range(conversation, low, high) {
    if (high < low) return [];
    await this.flush();
    const found = await this.#using((database) =>
      database.getAll("entries", IDBKeyRange.bound([conversation, low], [conversation, high])),
    );
    return (found ?? []).map((/** @type {Entry & { conversation: string }} */ { conversation: _, ...entry }) => entry);
  }

  /**
   * A cache that fails is a cache that knows nothing.
   * @template T
   * @param {(database: any) => Promise<T>} work
   * @returns {Promise<T | null>}
   */
  async #using(work) {
    const used = this.#database;
    const database = await used;
    if (!database) return null;
    try {
      return await work(database);
    } catch (error) {
      if (used === this.#database) console.warn("the browser's store failed", error);
      return null;
    }
  }
}

/** @typedef {Entry & { conversation: string }} Kept */

/**
 * What is kept never goes back behind what was known of it, and a text that is kept changes with what is heard of it.
 * @param {any} database
 * @param {readonly Kept[]} entries
 */
async function write(database, entries) {
  const transaction = database.transaction("entries", "readwrite");
  const { store } = transaction;
  // All at once: a page that goes away in between keeps nothing.
  const before = await Promise.all(
    entries.map(({ kind, conversation, seq }) => (kind === "text" ? store.get([conversation, seq]) : null)),
  );
  for (const [index, entry] of entries.entries()) {
    const known = before[index];
    store.put(known?.client_id === entry.client_id ? together(known, entry) : entry);
  }
  for (const entry of entries) {
    if (entry.root) await count(store, entry.conversation, entry.root, entry);
    if (isRevision(entry)) await change(store, entry);
  }
  await transaction.done;
}

/** A reply came, or went: its root is kept with that. @param {any} store @param {string} conversation @param {number} root @param {Kept} entry */
async function count(store, conversation, root, entry) {
  const known = await store.get([conversation, root]);
  if (known) store.put(answered(known, entry));
}

/** @param {any} store @param {Kept} revision */
async function change(store, revision) {
  const { conversation, target } = revision;
  const known = await store.get([conversation, target]);
  if (known) store.put(revised(known, revision));
  if (revision.kind !== "deleted") return;
  // Nothing that it ever said stays in this browser.
  const between = IDBKeyRange.bound([conversation, target], [conversation, revision.seq]);
  for (let cursor = await store.openCursor(between); cursor; cursor = await cursor.continue()) {
    const { kind, target: about } = cursor.value;
    if (kind === "edited" && about === target) cursor.update({ ...cursor.value, body: "" });
  }
}

/**
 * Waits a little only: a tab that does not let go must not stop a sign-out.
 * @param {Idb} idb
 * @param {string} name
 */
export async function deleteDatabase(idb, name) {
  const late = new Promise((resolve) => setTimeout(resolve, DELETE_MS));
  const done = Promise.resolve()
    .then(() => idb.deleteDB(name))
    .catch(() => undefined);
  await Promise.race([done, late]);
}
