/** What was typed and not sent. In localStorage, so that it survives a reload and signing in again. */
/** @import { KeyValues } from "./outbox_storage.js" */

export const DRAFT_PREFIX = "chatter:draft:";
/** Of threads, which stay in this browser. */
export const REPLY_DRAFT_PREFIX = "chatter:reply-draft:";

export class Drafts {
  #values;
  #prefix;
  /** @type {Map<string, string>} what had no room in storage lasts as long as the page */
  #unsaved = new Map();

  /** @param {KeyValues} values @param {string} user @param {string} [prefix] */
  constructor(values, user, prefix = DRAFT_PREFIX) {
    this.#values = values;
    this.#prefix = `${prefix}${user}:`;
  }

  /** The conversation whose draft stands under a key of localStorage. @param {string} key @returns {string | null} */
  conversationOf(key) {
    return key.startsWith(this.#prefix) ? key.slice(this.#prefix.length) : null;
  }

  /** Those that have a draft in storage. */
  conversations() {
    const keys = Array.from({ length: this.#values.length }, (_, index) => this.#values.key(index) ?? "");
    return keys.flatMap((key) => this.conversationOf(key) ?? []);
  }

  /** @param {string} conversation */
  get(conversation) {
    return this.#unsaved.get(conversation) ?? this.#values.getItem(this.#prefix + conversation) ?? "";
  }

  /** @param {string} conversation @param {string} text "" removes it */
  set(conversation, text) {
    this.#unsaved.delete(conversation);
    if (text.trim() === "") return this.#values.removeItem(this.#prefix + conversation);
    try {
      this.#values.setItem(this.#prefix + conversation, text);
    } catch {
      this.#unsaved.set(conversation, text);
    }
  }
}
