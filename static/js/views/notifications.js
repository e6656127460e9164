/** Desktop notifications, where the person allowed them in the settings. The state decides which tab raises which. */
/** @import { ChatApi } from "../types.d.ts" */
import { plainLine } from "./plain_text.js";

export class Notifications {
  #chat;
  #open;
  /** @type {(() => void) | null} */
  #end = null;

  /**
   * @param {ChatApi} chat
   * @param {(conversation: string) => void} open
   */
  constructor(chat, open) {
    this.#chat = chat;
    this.#open = open;
  }

  start() {
    this.#end = this.#chat.on("notify", (note) => this.#show(note));
  }

  stop() {
    this.#end?.();
  }

  /** @param {{ conversation: string, title: string, body: string }} note */
  #show({ conversation, title, body }) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    // One per conversation: the next replaces it.
    const shown = new Notification(title, {
      body: plainLine(body, this.#chat),
      tag: conversation,
      icon: "/static/favicon.svg",
    });
    shown.addEventListener("click", () => {
      window.focus();
      this.#open(conversation);
      shown.close();
    });
  }
}
