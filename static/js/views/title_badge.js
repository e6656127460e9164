/** "(7) Chatter" and a dot on the icon: what a tab says while another one is looked at. */
/** @import { ChatApi } from "../types.d.ts" */
import { paintOn } from "./frame.js";

/**
 * @param {string} title
 * @param {number} unread
 */
export function badgedTitle(title, unread) {
  const bare = title.replace(/^\(\d+\+?\) /u, "");
  return unread > 0 ? `(${unread > 999 ? "999+" : unread}) ${bare}` : bare;
}

/**
 * What the tab says of `count` things that wait: the number before its title, and the icon's dot.
 * @param {number} count
 */
export function paintBadge(count) {
  const title = badgedTitle(document.title, count);
  if (document.title !== title) document.title = title;
  const icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  if (!icon) return;
  icon.dataset.readHref ??= icon.getAttribute("href") ?? "";
  const href = (count > 0 && icon.dataset.unreadHref) || icon.dataset.readHref;
  if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
}

export class TitleBadge {
  #chat;
  #end = () => {};

  /** @param {ChatApi} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  start() {
    const paint = () => paintBadge(this.#chat.totalUnread());
    this.#end = paintOn(this.#chat, ["conversations"], paint);
    paint();
  }

  stop() {
    this.#end();
  }
}
