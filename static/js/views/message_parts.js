/** What entries about a message made of it, on its bubble: the quote it answers, "Edited", reactions, "deleted". */
/** @import { ChatApi, ConversationSummary, Message, ThreadItem } from "../types.d.ts" */
import { list, n, t } from "../domain/locale.js";
import { ADMINISTRATOR, isOut } from "../domain/membership.js";
import { EXPIRED } from "../domain/retention.js";
import { emojiName } from "./emoji.js";
import { reconcile } from "./keyed.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { plainLine } from "./plain_text.js";
import { fullTime } from "./time.js";

/** @param {Message} message @param {string} me */
export function deletedWords(message, me) {
  if (message.deleted_by === EXPIRED) return t("This message is no longer kept.");
  if (message.deleted_by === ADMINISTRATOR) return t("An administrator deleted this message");
  return message.deleted_by === me ? t("You deleted this message") : t("This message was deleted");
}

/**
 * What a message says, on one line, also where it is gone.
 * @param {Message | null} message
 * @param {Pick<ChatApi, "me" | "userName">} chat
 */
export function messageLine(message, chat) {
  if (!message) return "";
  return message.deleted_at === null ? plainLine(message.body, chat) : deletedWords(message, chat.me.id);
}

/**
 * @param {HTMLElement} element
 * @param {ThreadItem} item
 * @param {ChatApi} chat
 * @param {ConversationSummary} summary
 */
export function paintParts(element, item, chat, summary) {
  paintQuote(part(element, "quote"), item, chat);
  paintForwarded(element, item);
  paintThread(element, item);
  paintSaved(element, item.entry !== null && (summary.view.me.saved ?? []).includes(item.entry.seq));
  const { message, entry } = item;
  setAttribute(element, "data-changing", item.changing ? "" : null);
  const edited = part(element, "edited");
  edited.hidden = message?.edited_at === null || message?.edited_at === undefined || message.deleted_at !== null;
  if (!edited.hidden)
    setAttribute(
      edited,
      "title",
      t("Edited {time}. See earlier versions", { time: fullTime(message?.edited_at ?? 0) }),
    );
  const able = !isOut(summary.view) && !summary.blocked && !summary.view.frozen;
  paintReactions(part(element, "reactions"), message, chat, entry !== null && able);
}

/** @param {HTMLElement} element @param {ThreadItem} item */
function paintForwarded(element, { entry, pending, message }) {
  const known = element.querySelector(".forwarded");
  const said = (entry ?? pending)?.forwarded === true && message?.deleted_at === null;
  if (!said) known?.remove();
  else if (!known) part(element, "quote").before(clone("forwarded"));
}

/** How many replies there are, and the way to them. @param {HTMLElement} element @param {ThreadItem} item */
function paintThread(element, { entry, replies }) {
  const known = /** @type {HTMLElement | null} */ (element.querySelector(".thread-link"));
  if (!entry || replies <= 0) return known?.remove();
  const link = known ?? clone("thread-link");
  link.dataset.thread = String(entry.seq);
  setText(part(link, "thread-text"), n("{count} reply", "{count} replies", replies));
  if (!known) part(element, "reactions").after(link);
}

/** @param {HTMLElement} element @param {boolean} saved */
function paintSaved(element, saved) {
  const known = element.querySelector(".saved-mark");
  if (!saved) known?.remove();
  else if (!known) part(element, "time").before(clone("saved-mark"));
}

/** @param {HTMLElement} element @param {ThreadItem} item @param {ChatApi} chat */
function paintQuote(element, { quote }, chat) {
  element.hidden = quote === null;
  if (!quote) return;
  element.dataset.quoted = String(quote.seq);
  const withheld = quote.entry !== null && quote.message === null;
  const sender = quote.entry?.sender ?? "";
  setText(
    part(element, "quote-name"),
    quote.message ? (sender === chat.me.id ? t("You") : chat.userName(sender)) : t("Reply"),
  );
  setText(
    part(element, "quote-text"),
    quote.message ? messageLine(quote.message, chat) : withheld ? t("Not available") : t("An earlier message"),
  );
}

/**
 * @param {HTMLElement} parent
 * @param {Message | null} message
 * @param {ChatApi} chat
 * @param {boolean} able may one react?
 */
function paintReactions(parent, message, chat, able) {
  /** @type {Map<string, string[]>} */
  const byEmoji = new Map();
  for (const { user, emoji } of message?.reactions ?? []) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), user]);
  parent.hidden = byEmoji.size === 0;
  reconcile(parent, [...byEmoji], {
    key: ([emoji]) => emoji,
    create: ([emoji]) => {
      const pill = clone("reaction");
      pill.dataset.emoji = emoji;
      setText(part(pill, "emoji"), emoji);
      return pill;
    },
    update: (pill, [emoji, users]) => {
      const mine = users.includes(chat.me.id);
      const who = reactedWords(users, chat);
      setAttribute(pill, "aria-pressed", String(mine));
      setText(part(pill, "count"), String(users.length));
      setAttribute(pill, "title", t("{who} reacted with {emoji}", { who, emoji: emojiName(emoji) }));
      setAttribute(pill, "aria-label", `${emojiName(emoji)}: ${who}`);
      /** @type {HTMLButtonElement} */ (pill).disabled = !able;
    },
  });
}

/**
 * "You, Ada and Ben"
 * @param {readonly string[]} users
 * @param {Pick<ChatApi, "me" | "userName">} chat
 */
export function reactedWords(users, chat) {
  const others = users.filter((user) => user !== chat.me.id).map((user) => chat.userName(user));
  return list(users.includes(chat.me.id) ? [t("You"), ...others] : others);
}
