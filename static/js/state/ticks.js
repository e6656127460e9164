/** How far one's own message came. Pure. */
/** @import { ConversationView, Entry, OutboxItem, ThreadItem } from "../types.d.ts" */

/**
 * @param {ConversationView} view
 * @param {Entry} entry one's own
 * @param {string} me
 * @returns {"sent" | "delivered" | "read"} in a group what holds for all others
 */
export function tickOf(view, entry, me) {
  const others = view.members.filter(({ user }) => user.id !== me);
  if (others.length === 0) return "sent";
  if (others.every(({ read }) => read >= entry.seq)) return "read";
  return others.every(({ delivered }) => delivered >= entry.seq) ? "delivered" : "sent";
}

/** @param {OutboxItem} item @returns {ThreadItem["tick"]} */
export const tickOfPending = (item) => (item.state === "refused" ? "refused" : "sending");
