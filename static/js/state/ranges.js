/** Older and newer entries than those in memory: from the browser's store where it has them, else from the server. */
/** @import { Entry } from "../types.d.ts" */
/** @import { Api } from "../net/api.js" */
/** @import { History } from "./history.js" */
import { isEntry } from "../net/protocol.js";

export class Ranges {
  #history;
  #api;

  /** @param {Pick<History, "before" | "after" | "tail" | "put" | "drop">} history @param {Pick<Api, "get">} api */
  constructor(history, api) {
    this.#history = history;
    this.#api = api;
  }

  /**
   * A run that ends right before `seq`, at most `limit` long.
   * @param {string} conversation
   * @param {number} seq
   * @param {number} limit
   * @returns {Promise<Entry[]>} oldest first
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async before(conversation, seq, limit) {
    const seen = await this.#history.before(conversation, seq, limit);
    return seen.length > 0 ? seen : this.#fetch(conversation, `before=${seq}&limit=${limit}`);
  }

  /**
   * A run that begins right after `seq`, at most `limit` long.
   * @param {string} conversation
   * @param {number} seq
   * @param {number} limit
   * @returns {Promise<Entry[]>} oldest first
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async after(conversation, seq, limit) {
    const seen = await this.#history.after(conversation, seq, limit);
    return seen.length > 0 ? seen : this.#fetch(conversation, `after=${seq}&until=${seq + limit}`);
  }

  /** The newest run this browser saw. @param {string} conversation @param {number} limit */
  tail(conversation, limit) {
    return this.#history.tail(conversation, limit);
  }

  /** @param {string} conversation @param {readonly Entry[]} entries */
  remember(conversation, entries) {
    this.#history.put(conversation, entries);
  }

  /** @param {string} conversation */
  forget(conversation) {
    return this.#history.drop(conversation);
  }

  /** @param {string} conversation @param {string} query @returns {Promise<Entry[]>} */
  async #fetch(conversation, query) {
    const answer = await this.#api.get(`/conversations/${conversation}/entries?${query}`);
    const entries = Array.isArray(answer?.entries) ? answer.entries.filter(isEntry) : [];
    this.#history.put(conversation, entries);
    return entries;
  }
}
