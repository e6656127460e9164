/** One message: cloned once, then only what changes is touched, so that the node outlives the acknowledgement. */
/** @import { ChatApi, ConversationSummary, ThreadItem } from "../types.d.ts" */
/** @import { MessageRow } from "./thread_rows.js" */

import { refusalText, t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { mentionsOf } from "../domain/mentions.js";
import { paintAvatar } from "./avatar.js";
import { clone, icon, part, setAttribute, setText } from "./markup.js";
import { deletedWords, paintParts } from "./message_parts.js";
import { receipts, receiptWords } from "./receipts.js";
import { richText } from "./rich_text.js";
import { isBigEmoji } from "./text.js";
import { itemTime } from "./thread_rows.js";
import { clockTime, fullTime } from "./time.js";

/** @type {Record<string, { icon: string, words: string }>} */
export const TICKS = {
  sending: { icon: "clock", words: t("Sending") },
  sent: { icon: "check", words: t("Sent") },
  delivered: { icon: "check-check", words: t("Delivered") },
  read: { icon: "check-check", words: t("Read") },
  refused: { icon: "circle-alert", words: t("Not sent") },
};

/**
 * Fills `element` with the icon for `tick`; leaves it alone where it shows it already.
 * @param {HTMLElement} element
 * @param {string | null} tick
 */
export function paintTick(element, tick) {
  if ((element.dataset.shown ?? "") === (tick ?? "")) return;
  element.dataset.shown = tick ?? "";
  element.replaceChildren();
  const shown = tick ? TICKS[tick] : undefined;
  if (!tick || !shown) return;
  const svg = icon(shown.icon, "", shown.words);
  svg.dataset.tick = tick;
  element.append(svg);
}

/**
 * @param {HTMLElement} element
 * @param {ThreadItem} item
 * @param {ChatApi} chat
 */
function wire(element, item, chat) {
  const id = () => element.dataset.clientId ?? item.key;
  part(element, "retry").addEventListener("click", () => chat.retry(id()));
  part(element, "discard").addEventListener("click", () => chat.discard(id()));
}

/**
 * @param {MessageRow} row
 * @param {ChatApi} chat
 * @returns {HTMLElement}
 */
export function createMessage(row, chat) {
  const element = clone("message");
  if (row.item.mine) element.dataset.mine = "";
  wire(element, row.item, chat);
  return element;
}

/** @type {WeakMap<HTMLElement, string>} what each text shows, with the names in it: they may change */
const painted = new WeakMap();

/**
 * What it says now; what is gone says that.
 * @param {HTMLElement} element
 * @param {ThreadItem} item
 * @param {ChatApi} chat
 */
function paintBody(element, { message, mine }, chat) {
  const gone = message !== null && message.deleted_at !== null;
  const body = message && !gone ? message.body : "";
  const mentioned = mentionsOf(body);
  const text = part(element, "text");
  const shows = [gone, gone ? deletedWords(message, chat.me.id) : body, ...mentioned.map((id) => chat.userName(id))];
  const key = shows.join("\u0000");
  if (painted.get(text) === key) return;
  painted.set(text, key);
  setAttribute(element, "data-deleted", gone ? "" : null);
  setAttribute(element, "data-emoji", isBigEmoji(body) ? "" : null);
  setAttribute(element, "data-mentioned", !mine && mentioned.includes(chat.me.id) ? "" : null);
  text.replaceChildren(gone ? deletedWords(message, chat.me.id) : richText(body, chat));
}

/** What did not work, of the message or of a change of it. */
export const REFUSED = {
  edited: t("Your edit was not saved."),
  deleted: t("Not deleted."),
  reacted: t("Your reaction was not added."),
  unreacted: t("Your reaction was not removed."),
  pinned: t("Not pinned."),
  unpinned: t("Not unpinned."),
  hidden: t("Not deleted for you."),
  saved: t("Not saved."),
  unsaved: t("Still saved."),
};

/**
 * @param {HTMLElement} element
 * @param {ThreadItem} item
 * @param {ConversationSummary} summary
 */
function paintRefusal(element, item, { view }) {
  const line = part(element, "refused");
  const refused = item.tick === "refused" ? item.pending : item.refused;
  line.hidden = refused === null;
  if (!refused) return;
  element.dataset.clientId = refused.client_id;
  // Asking again would not make it shorter, nor take one back into the group.
  part(element, "retry").hidden = refused.code === "too_large" || isOut(view);
  const unquoted = !refused.kind && refused.target !== undefined && refused.code === "conflict";
  setText(part(element, "retry"), unquoted ? t("Send without the quote") : t("Try again"));
  setText(part(element, "discard"), refused.kind ? t("Dismiss") : t("Delete"));
  // The server's own words where they say more than that it did not work.
  const out = view.closed_by ? t("This group was deleted.") : t("You are no longer in this group.");
  const why = isOut(view) ? out : refusalText(refused.message ?? "");
  const what = refused.kind ? REFUSED[refused.kind] : t("Not sent.");
  setText(part(element, "reason"), why ? `${what} ${why}` : what);
}

/**
 * @param {HTMLElement} element
 * @param {MessageRow} row
 * @param {ChatApi} chat
 * @param {ConversationSummary} summary
 */
export function updateMessage(element, row, chat, summary) {
  const { item, first } = row;
  const group = summary.view.kind === "group";
  const at = itemTime(item);
  const named = group && !item.mine;
  setAttribute(element, "data-first", first ? "" : null);
  setAttribute(element, "data-group", named ? "" : null);
  setAttribute(element, "data-tick", item.tick);
  setAttribute(element, "data-seq", item.entry ? String(item.entry.seq) : null);
  paintBody(element, item, chat);
  paintParts(element, item, chat, summary);
  const sender = item.entry?.sender ?? "";
  const name = item.mine ? t("You") : chat.userName(sender);
  const avatar = part(element, "avatar");
  const label = part(element, "sender");
  avatar.hidden = label.hidden = !(named && first);
  if (!label.hidden) {
    setText(label, name);
    paintAvatar(avatar, { id: sender, name, avatar: avatarOf(summary, sender) });
  }
  setText(part(element, "spoken"), `${name}: `);
  const time = part(element, "time");
  if (time.dataset.at !== String(at)) {
    time.dataset.at = String(at);
    setText(time, clockTime(at));
    setAttribute(time, "datetime", new Date(at).toISOString());
    setAttribute(time, "title", fullTime(at));
  }
  paintTick(part(element, "tick"), item.mine ? (item.changing ? "sending" : item.tick) : null);
  if (group && item.mine && item.entry) paintReceipts(element, receipts(summary, item.entry.seq, chat), chat);
  paintRefusal(element, item, summary);
}

/**
 * In a group the tick says who: on hovering, and in a list when it is pressed (`message_actions.js`).
 * @param {HTMLElement} element
 * @param {ReturnType<typeof receipts>} lists
 * @param {ChatApi} chat
 */
function paintReceipts(element, lists, chat) {
  const tick = part(element, "tick");
  const words = receiptWords(lists, chat);
  setAttribute(tick, "title", words);
  setAttribute(tick, "aria-label", words);
  setAttribute(tick, "role", "button");
  tick.tabIndex = -1;
}

/**
 * @param {ConversationSummary} summary
 * @param {string} sender
 */
function avatarOf(summary, sender) {
  const { members, former } = summary.view;
  const people = [...members.map(({ user }) => user), ...former];
  return people.find(({ id }) => id === sender)?.avatar ?? null;
}
