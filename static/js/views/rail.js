/** The sections at the side (at the foot of a phone): one's own face, whether one wants quiet, and how much is unread. */
/** @import { ChatApi } from "../types.d.ts" */
import { n } from "../domain/locale.js";
import { paintAvatar, paintPresence } from "./avatar.js";
import { paintOn } from "./frame.js";
import { part, setText } from "./markup.js";

export class Rail {
  #root;
  #chat;
  #end = () => {};

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
  }

  start() {
    const topics = /** @type {const} */ (["conversations", "me", "connection", "notifications"]);
    this.#end = paintOn(this.#chat, topics, () => this.#render());
    this.#render();
  }

  stop() {
    this.#end();
  }

  #render() {
    const { me } = this.#chat;
    if (me.id) {
      const avatar = part(this.#root, "me");
      paintAvatar(avatar, me);
      paintPresence(avatar, this.#chat.connection().state === "online" ? "online" : "offline");
    }
    // Who may not sees nothing there: the server answers them as if the pages did not exist.
    const admin = part(this.#root, "admin");
    admin.hidden = me.role !== "admin" && !admin.hasAttribute("aria-current");
    part(this.#root, "quiet").hidden = !this.#chat.quiet();
    const unread = this.#chat.totalUnread();
    const badge = part(this.#root, "badge");
    badge.hidden = unread === 0;
    setText(badge, unread > 99 ? "99+" : String(unread));
    badge.setAttribute("aria-label", n("{count} unread", "{count} unread", unread));
  }
}
