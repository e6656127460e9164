/** What is unread, from numbers the log gives: never a counter of its own that could drift. Pure. */
/** @import { ConversationView, Entry } from "../types.d.ts" */
import { isOut } from "../domain/membership.js";

/**
 * @param {Pick<ConversationView, "head_ordinal" | "me" | "blocked" | "request">} view
 * @param {number} ownOrdinal the ordinal of the person's own newest message: who wrote there has read up to there
 * @returns {number}
 */
export function unreadOf(view, ownOrdinal) {
  // In a group one is out of, the server takes no cursor any more: a badge could never be cleared.
  if (view.blocked || isOut(view)) return 0;
  // Strangers make no badge count: their requests are listed apart.
  if (view.request) return 0;
  return Math.max(0, view.head_ordinal - Math.max(view.me.read_ordinal, ownOrdinal));
}

/**
 * The ordinal at number `read` where the entry itself is not at hand. Between `read` and the head lie at most as many
 * counted entries as numbers, so this is never too high: unread may be told too large for a moment, never too small.
 * @param {Pick<ConversationView, "head" | "head_ordinal">} view
 * @param {number} read
 * @param {Entry | null} [entry] the entry at `read`
 */
export function ordinalAt(view, read, entry = null) {
  return entry ? entry.ordinal : Math.max(0, view.head_ordinal - Math.max(0, view.head - read));
}
