/**
 * The history that was seen, in IndexedDB: a cache of the log, never the truth. Where IndexedDB is missing, blocked or
 * full (private windows), everything here answers "nothing known" and the server is asked instead.
 */
/** @import { ContactView, ConversationView, Entry } from "../types.d.ts" */
/** @import { Kept } from "./history_writes.js" */
import { isExpiry, kept } from "../domain/retention.js";
import { isRevision, Revisions, together } from "../domain/revisions.js";
import { answers } from "../domain/threads.js";
import { empty, write } from "./history_writes.js";

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
    const heard = this.#hearing(conversation);
    for (const entry of entries) if (isRevision(entry) || isExpiry(entry) || entry.root) heard.hear(entry);
    if (entries.some(isExpiry)) this.#forgetUnwritten(conversation, heard.expired);
    for (const one of entries) {
      const entry = heard.current(one);
      const key = `${conversation}:${entry.seq}`;
      const before = this.#unwritten.get(key);
      this.#unwritten.set(key, { ...(before ? together(before, entry) : entry), conversation });
    }
    this.#flushing ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** @param {string} conversation */
  #hearing(conversation) {
    const heard = this.#heard.get(conversation) ?? new Revisions();
    this.#heard.set(conversation, heard);
    return heard;
  }

  /** @param {string} conversation @param {number} upTo */
  #forgetUnwritten(conversation, upTo) {
    for (const [key, entry] of this.#unwritten) {
      if (entry.conversation === conversation) this.#unwritten.set(key, { ...kept(entry, upTo), conversation });
    }
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
   * Replace what is known of conversations and contacts. What a view says is no longer kept goes in the same step: the log may have told
   * that while nobody was here.
   * @param {readonly ConversationView[]} conversations
   * @param {readonly ContactView[]} contacts
   */
  async putViews(conversations, contacts) {
    const over = conversations.filter(({ expired }) => expired);
    for (const { id, expired = 0 } of over) {
      this.#hearing(id).expire(expired);
      this.#forgetUnwritten(id, expired);
    }
    await this.#using(async (database) => {
      const transaction = database.transaction(["conversations", "contacts", "entries"], "readwrite");
      const before = await Promise.all(over.map(({ id }) => transaction.objectStore("conversations").get(id)));
      for (const [index, { id, expired = 0 }] of over.entries()) {
        if (expired > (before[index]?.expired ?? 0)) await empty(transaction.objectStore("entries"), id, expired);
      }
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
    const expired = this.#heard.get(conversation)?.expired ?? 0;
    return (found ?? []).map((/** @type {Kept} */ { conversation: _, ...entry }) => kept(entry, expired));
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
