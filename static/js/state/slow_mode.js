/** When somebody may write again in a group that is in slow mode. The server judges; this is so that nobody has to try. */
/** @import { ConversationView, ThreadItem } from "../types.d.ts" */
import { settingsOf } from "../domain/membership.js";

export class SlowMode {
  #now;
  /** @type {Map<string, number>} conversation -> when one wrote last, ms by this browser's clock */
  #wrote = new Map();
  /** @type {Map<string, number>} conversation -> until when the server said to wait, ms */
  #told = new Map();

  /** @param {() => number} now ms */
  constructor(now) {
    this.#now = now;
  }

  /** One's own message is in the log. @param {string} conversation @param {number} createdAt ms by the server's clock */
  wrote(conversation, createdAt) {
    // The two clocks may differ: nobody waits longer than from now on.
    const at = Math.min(createdAt, this.#now());
    this.#wrote.set(conversation, Math.max(at, this.#wrote.get(conversation) ?? 0));
  }

  /** The server refused a message for now. @param {string} conversation @param {number} retryAfter s */
  told(conversation, retryAfter) {
    this.#told.set(conversation, this.#now() + retryAfter * 1000);
  }

  /**
   * @param {ConversationView} view
   * @param {() => readonly ThreadItem[]} [items] what is at hand of its log: after a reload that is all one knows
   * @returns {number} ms, 0 where one may write
   */
  until(view, items = () => []) {
    const slow = settingsOf(view).slow_seconds;
    if (view.kind !== "group" || slow === 0 || view.me.role !== "member") return 0;
    const own = items().filter(({ mine, entry }) => mine && entry?.kind === "text");
    if (own.length > 0) this.wrote(view.id, own[own.length - 1].entry?.created_at ?? 0);
    const wrote = this.#wrote.get(view.id);
    const until = Math.max(wrote === undefined ? 0 : wrote + slow * 1000, this.#told.get(view.id) ?? 0);
    return until > this.#now() ? until : 0;
  }
}
