/** Which message an element shows. */
/** @import { ChatApi, ThreadItem } from "../types.d.ts" */

/** A message that has a number and was not deleted. @param {ThreadItem} item */
export const isThere = ({ entry, message }) => entry !== null && message !== null && message.deleted_at === null;

/**
 * The message's item, if something can be done with it.
 * @param {ChatApi} chat
 * @param {string | null} conversation
 * @param {Element | null} element
 * @param {(conversation: string) => readonly ThreadItem[]} [items] where to look for it
 * @returns {ThreadItem | null}
 */
export function itemOf(chat, conversation, element, items = (id) => chat.thread(id).items) {
  const seq = Number(/** @type {HTMLElement | null} */ (element)?.dataset.seq ?? 0);
  if (!conversation || !seq) return null;
  const item = items(conversation).find(({ entry }) => entry?.seq === seq);
  return item && isThere(item) ? item : null;
}
