/**
 * What a person marks on messages for themselves alone: deleted for oneself, saved for later. They stand in one's own
 * membership, beside the log; here is what they are with those that are still on their way. Pure.
 */
/** @import { ChangeKind, ConversationView, OutboxItem } from "../types.d.ts" */

/** @type {ReadonlySet<string | undefined>} */
export const MARK_KINDS = new Set(["hidden", "saved", "unsaved"]);

/** Is it a mark and no entry of the log? @param {Pick<OutboxItem, "kind">} item */
export const isMark = ({ kind }) => MARK_KINDS.has(kind);

/** The kind of entry that an item is to become; a mark becomes none. @param {Pick<OutboxItem, "kind">} item */
export const entryKindOf = ({ kind }) =>
  MARK_KINDS.has(kind) ? undefined : /** @type {ChangeKind | undefined} */ (kind);

/**
 * The view with the marks that are on their way; what was refused is not made.
 * @param {ConversationView} view
 * @param {readonly OutboxItem[]} pending of this conversation, first in first
 * @returns {ConversationView} the very same where there are none
 */
export function marked(view, pending) {
  const waiting = pending.filter((item) => isMark(item) && item.state !== "refused");
  if (waiting.length === 0) return view;
  const hidden = new Set(view.me.hidden);
  const saved = new Set(view.me.saved);
  for (const { kind, targets = [] } of waiting)
    for (const seq of targets) {
      if (kind === "hidden") hidden.add(seq);
      else if (kind === "saved") saved.add(seq);
      else saved.delete(seq);
    }
  return { ...view, me: { ...view.me, hidden: [...hidden], saved: [...saved] } };
}
