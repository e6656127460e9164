/** "(7) Chatter" and a dot on the icon: what a tab says while another one is looked at. */
/** @import { ChatApi } from "../types.d.ts" */
import { onceAFrame } from "./frame.js";

/**
 * @param {string} title
 * @param {number} unread
 */
export function badgedTitle(title, unread) {
  const bare = title.replace(/^\(\d+\+?\) /u, "");
  return unread > 0 ? `(${unread > 999 ? "999+" : unread}) ${bare}` : bare;
}

export class TitleBadge {
  #chat;
  #icon = /** @type {HTMLLinkElement | null} */ (document.querySelector('link[rel="icon"]'));
  #readHref = this.#icon?.getAttribute("href") ?? "";
  /** @type {(() => void) | null} */
  #end = null;

  /** @param {ChatApi} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  start() {
    this.#end = this.#chat.on(
      "conversations",
      onceAFrame(() => this.#render()),
    );
    this.#render();
  }

  stop() {
    this.#end?.();
  }

  #render() {
    const unread = this.#chat.totalUnread();
    const title = badgedTitle(document.title, unread);
    if (document.title !== title) document.title = title;
    const href = unread > 0 ? (this.#icon?.dataset.unreadHref ?? this.#readHref) : this.#readHref;
    if (this.#icon && this.#icon.getAttribute("href") !== href) this.#icon.setAttribute("href", href);
  }
}
