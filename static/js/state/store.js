/** The browser's storage as a whole: who it belongs to, what is painted first, what history was seen, and its end. */
/** @import { Idb } from "./history.js" */
/** @import { KeyValues } from "./outbox_storage.js" */
import { DRAFT_PREFIX, REPLY_DRAFT_PREFIX } from "./drafts.js";
import { databaseName, deleteDatabase, History } from "./history.js";
import { OUTBOX_PREFIX } from "./outbox_storage.js";
import { Snapshot } from "./snapshot.js";

export class Store {
  #idb;
  /** @type {History | null} */
  #history = null;

  /** @param {KeyValues} values localStorage, or what stands in for it @param {Idb} idb */
  constructor(values, idb) {
    this.#idb = idb;
    this.values = values;
    this.snapshot = new Snapshot(values);
  }

  /** Whose history is open. @param {string} user */
  history(user) {
    if (!this.#history) {
      this.#history = new History(this.#idb, user);
      void this.#history.open();
    }
    return this.#history;
  }

  /**
   * The server says who is here. Somebody else's data goes before anything of the new person's is kept.
   * @param {string} user
   * @returns {Promise<boolean>} was it somebody else until now?
   */
  async confirm(user) {
    const former = this.snapshot.user;
    const changed = former !== null && former !== user;
    if (changed) {
      this.snapshot.wipe();
      await this.#wipeHistory(former);
    }
    this.snapshot.confirm(user);
    return changed;
  }

  /**
   * The session ended without the person asking for it. What was read goes; what they wrote and did not get sent
   * waits for the same person to sign in again (anybody else's signing in removes it).
   */
  async expire() {
    const user = this.snapshot.user;
    const kept = [OUTBOX_PREFIX, DRAFT_PREFIX, REPLY_DRAFT_PREFIX];
    const own = (/** @type {string} */ key) => kept.some((prefix) => key.startsWith(prefix));
    this.snapshot.distrust();
    this.snapshot.wipe((key) => own(key) || key === "chatter:user" || key === "chatter:signed_out");
    await this.#wipeHistory(user);
    await deleteCaches();
  }

  /** The person signs out: nothing of theirs is left in this browser. */
  async wipe() {
    const user = this.snapshot.user;
    this.snapshot.wipe();
    await this.#wipeHistory(user);
    await deleteCaches();
  }

  /** @param {string | null} user */
  async #wipeHistory(user) {
    if (this.#history) await this.#history.wipe();
    this.#history = null;
    if (user) await deleteDatabase(this.#idb, databaseName(user));
  }
}

async function deleteCaches() {
  if (typeof caches === "undefined") return;
  for (const name of await caches.keys()) await caches.delete(name);
}

/** Stands in for localStorage where the browser refuses it: lasts as long as the page. @implements {KeyValues} */
export class MemoryValues {
  /** @type {Map<string, string>} */
  #values = new Map();

  get length() {
    return this.#values.size;
  }
  /** @param {number} index */
  key(index) {
    return [...this.#values.keys()][index] ?? null;
  }
  /** @param {string} key */
  getItem(key) {
    return this.#values.get(key) ?? null;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#values.set(key, value);
  }
  /** @param {string} key */
  removeItem(key) {
    this.#values.delete(key);
  }
}
