/** What stands in a thread, top to bottom: entries, those that came early, and what has no number yet. Pure. */
/** @import { ConversationView, Entry, OutboxItem, ThreadItem, ThreadWindow } from "../types.d.ts" */
/** @import { Thread } from "./thread.js" */
import { tickOf, tickOfPending } from "./ticks.js";

/**
 * @param {ConversationView} view
 * @param {Thread} thread
 * @param {readonly OutboxItem[]} pending of this conversation, first in first
 * @param {string} me
 * @returns {ThreadWindow}
 */
export function threadWindow(view, thread, pending, me) {
  const { shown, moreAfter } = thread;
  const entries = moreAfter ? shown.entries() : [...shown.entries(), ...shown.early()];
  const items = entries.map((entry) => itemOf(view, entry, me));
  if (!moreAfter) for (const item of pending) items.push(pendingItem(item));
  return {
    conversation: view.id,
    items,
    low: shown.low,
    high: shown.size > 0 ? shown.high : 0,
    head: Math.max(thread.tail.head, view.head),
    more_before: thread.moreBefore,
    more_after: moreAfter,
    gap: moreAfter ? null : shown.gap(),
    loading: thread.loading > 0,
  };
}

/** @param {ConversationView} view @param {Entry} entry @param {string} me @returns {ThreadItem} */
function itemOf(view, entry, me) {
  const mine = entry.sender === me;
  return {
    // Only a sender's own client ids are unique to them: another's could be copied from an entry on purpose.
    key: mine && entry.client_id ? entry.client_id : `#${entry.seq}`,
    entry,
    pending: null,
    mine,
    tick: mine && entry.kind === "text" ? tickOf(view, entry, me) : null,
  };
}

/** @param {OutboxItem} item @returns {ThreadItem} */
function pendingItem(item) {
  return { key: item.client_id, entry: null, pending: item, mine: true, tick: tickOfPending(item) };
}
