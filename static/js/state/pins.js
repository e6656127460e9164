/** What was heard about conversations' pins behind what the server's views tell of them. Bounded. Pure. */
/** @import { ConversationView, Entry, OutboxItem, Pin } from "../types.d.ts" */
import { entryKindOf } from "../domain/marks.js";
import { isPinning, pinsAfter, pinsNow } from "../domain/pins.js";

/** Of one conversation: the views that come with each connection tell what lies before. */
const MOST_HEARD = 300;

export class Pins {
  /** @type {Map<string, Map<number, Entry>>} */
  #heard = new Map();

  /** @param {string} id @param {readonly Entry[]} entries in any order, any number of times */
  hear(id, entries) {
    for (const entry of entries) {
      if (!isPinning(entry)) continue;
      const heard = this.#heard.get(id) ?? new Map();
      this.#heard.set(id, heard.set(entry.seq, entry));
      if (heard.size > MOST_HEARD) heard.delete(Math.min(...heard.keys()));
    }
  }

  /** @param {string} id */
  forget(id) {
    this.#heard.delete(id);
  }

  /**
   * What is pinned, with what is on its way; what was refused is not.
   * @param {ConversationView} view
   * @param {readonly OutboxItem[]} pending of this conversation, first in first
   * @param {string} me
   * @returns {readonly Pin[]} the oldest first
   */
  of(view, pending, me) {
    const now = pinsNow(view, [...(this.#heard.get(view.id)?.values() ?? [])]);
    return pending.reduce((pins, { target, state, ...item }) => {
      const kind = entryKindOf(item);
      const pinning = kind && isPinning({ kind }) && state !== "refused";
      return pinning ? pinsAfter(pins, { kind, sender: me, target }) : pins;
    }, now);
  }
}
