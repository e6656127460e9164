/** Older and newer entries than those in memory: from the browser's store where it has them, else from the server. */
/** @import { Entry } from "../types.d.ts" */
/** @import { Api } from "../net/api.js" */
/** @import { History } from "./history.js" */
import { isEntry, isThreadPage } from "../net/protocol.js";

export class Ranges {
  #history;
  #api;

  /** @param {Pick<History, "before" | "after" | "tail" | "thread" | "put" | "drop">} history @param {Pick<Api, "get">} api */
  constructor(history, api) {
    this.#history = history;
    this.#api = api;
  }

  /**
   * A run that ends right before `seq`, at most `limit` long.
   * @param {string} conversation
   * @param {number} seq
   * @param {number} limit
   * @param {boolean} [fresh] see `#fresh`
   * @returns {Promise<Entry[]>} oldest first
   * @throws {import("../net/api.js").ApiRefusal}
   */
  before(conversation, seq, limit, fresh = false) {
    const seen = () => this.#history.before(conversation, seq, limit);
    const fetched = () => this.#fetch(conversation, `before=${seq}&limit=${limit}`);
    return fresh ? this.#fresh(fetched, seen) : this.#seen(seen, fetched);
  }

  /**
   * A run that begins right after `seq`, at most `limit` long.
   * @param {string} conversation
   * @param {number} seq
   * @param {number} limit
   * @param {boolean} [fresh] see `#fresh`
   * @returns {Promise<Entry[]>} oldest first
   * @throws {import("../net/api.js").ApiRefusal}
   */
  after(conversation, seq, limit, fresh = false) {
    const seen = () => this.#history.after(conversation, seq, limit);
    const fetched = () => this.#fetch(conversation, `after=${seq}&until=${seq + limit}`);
    return fresh ? this.#fresh(fetched, seen) : this.#seen(seen, fetched);
  }

  /** One entry, as it is now. @param {string} conversation @param {number} seq @returns {Promise<Entry | null>} */
  async one(conversation, seq) {
    return (await this.after(conversation, seq - 1, 1, true))[0] ?? null;
  }

  /** @param {() => Promise<Entry[]>} seen @param {() => Promise<Entry[]>} fetched */
  async #seen(seen, fetched) {
    const found = await seen();
    return found.length > 0 ? found : fetched();
  }

  /**
   * Between what is kept here and the tail may lie what this browser never heard, and so what became of it: the server is
   * asked first, and what is kept serves without a network.
   * @param {() => Promise<Entry[]>} fetched
   * @param {() => Promise<Entry[]>} seen
   */
  async #fresh(fetched, seen) {
    try {
      return await fetched();
    } catch (error) {
      const found = await seen();
      if (found.length > 0) return found;
      throw error;
    }
  }

  /**
   * What a text said at first and after each edit.
   * @param {string} conversation
   * @param {number} seq
   * @returns {Promise<{ body: string, created_at: number }[]>} oldest first
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async versions(conversation, seq) {
    return (await this.#api.get(`/conversations/${conversation}/entries/${seq}/versions`)).versions;
  }

  /**
   * A page of a thread, the last before the number `before`, and the message that it begins with.
   * @param {string} conversation
   * @param {number} root
   * @param {number | null} before
   * @returns {Promise<{ entries: Entry[], next: number | null }>} the root first, and the `before` of the page before
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async thread(conversation, root, before) {
    const query = before === null ? "" : `?before=${before}`;
    const page = await this.#api.get(`/conversations/${conversation}/entries/${root}/replies${query}`);
    if (!isThreadPage(page)) throw new TypeError("the server's answer is not a page of a thread");
    const entries = [page.root, ...page.replies];
    this.#history.put(conversation, entries);
    return { entries, next: page.next ?? null };
  }

  /** What this browser saw of a thread. @param {string} conversation @param {number} root */
  threadSeen(conversation, root) {
    return this.#history.thread(conversation, root);
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
