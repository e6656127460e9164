/** Who has got and read a message of one's own in a group. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
import { list, n, t } from "../domain/locale.js";

/**
 * @param {ConversationSummary} summary
 * @param {number} seq
 * @param {ChatApi} chat
 * @returns {{ read: string[], delivered: string[], sent: string[] }} ids of users, each once
 */
export function receipts(summary, seq, chat) {
  /** @type {{ read: string[], delivered: string[], sent: string[] }} */
  const lists = { read: [], delivered: [], sent: [] };
  for (const { user, read, delivered } of summary.view.members) {
    if (user.id === chat.me.id) continue;
    const list = read >= seq ? lists.read : delivered >= seq ? lists.delivered : lists.sent;
    list.push(user.id);
  }
  return lists;
}

/** More names than these are too many to read. */
const MOST_NAMES = 20;

/** @param {string[]} users @param {Pick<ChatApi, "userName">} chat */
function listed(users, chat) {
  const shown = users.slice(0, MOST_NAMES).map((user) => chat.userName(user));
  if (users.length > shown.length) shown.push(n("{count} other", "{count} others", users.length - shown.length));
  return list(shown);
}

/**
 * "Read by Ada and Ben. Delivered to Cy." for a tick's title.
 * @param {{ read: string[], delivered: string[], sent: string[] }} lists ids of users
 * @param {Pick<ChatApi, "userName">} chat
 */
export function receiptWords(lists, chat) {
  const words = [];
  if (lists.read.length > 0) words.push(t("Read by {names}.", { names: listed(lists.read, chat) }));
  if (lists.delivered.length > 0) words.push(t("Delivered to {names}.", { names: listed(lists.delivered, chat) }));
  if (lists.sent.length > 0) words.push(t("Not yet delivered to {names}.", { names: listed(lists.sent, chat) }));
  return words.join(" ");
}
