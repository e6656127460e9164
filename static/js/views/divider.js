/**
 * The one divider, before the first message that was unread when the reader came. It stays where it is while they look,
 * whatever arrives. Until the conversation has caught up it may still be found: what comes until then was missed.
 */
/** @import { ThreadWindow, Standing } from "../types.d.ts" */
import { firstUnread } from "./thread_rows.js";

export class Divider {
  /** @type {string | null} the key of the item it stands before */
  key = null;
  #read;
  #armed = true;
  #asked = false;

  /** @param {number} read the reader's read cursor when they came */
  constructor(read) {
    this.#read = read;
  }

  /**
   * Looks for its place.
   * @param {ThreadWindow} thread
   * @param {Standing["kind"]} standing
   * @param {number} unread how many are unread now
   * @returns {number | null} a number that has to be fetched first: the place lies before the window
   */
  update(thread, standing, unread) {
    if (this.key !== null || !this.#armed) return null;
    const reaches = thread.low > 0 && (thread.low <= this.#read + 1 || !thread.more_before);
    const found = reaches ? firstUnread(thread.items, this.#read) : null;
    if (found) {
      this.key = found.key;
      return null;
    }
    if (standing !== "up_to_date") return null;
    if (unread > 0 && thread.low > this.#read + 1 && !this.#asked) {
      this.#asked = true;
      return this.#read + 1;
    }
    if (!thread.loading) this.#armed = false;
    return null;
  }
}
