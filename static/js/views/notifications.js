/** A sound and a notification of the desktop, where the person allowed them. The state decides which tab raises which. */
/** @import { ChatApi } from "../types.d.ts" */
import { plainLine } from "./plain_text.js";
import { playSound } from "./sound.js";

const ICON = "/static/favicon.svg";

/** May notifications be shown here? "none": this browser has none. @returns {NotificationPermission | "none"} */
export function permission() {
  return "Notification" in window ? Notification.permission : "none";
}

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
    this.#end = this.#chat.on("notify", (note) => {
      playSound();
      if (permission() === "granted") this.#show(note);
    });
    navigator.serviceWorker?.addEventListener("message", this.#told);
  }

  stop() {
    this.#end?.();
    navigator.serviceWorker?.removeEventListener("message", this.#told);
  }

  /** @param {{ conversation: string, title: string, body: string }} note */
  #show({ conversation, title, body }) {
    // One per conversation: the next replaces it.
    const how = { body: plainLine(body, this.#chat), tag: conversation, icon: ICON };
    let shown;
    try {
      shown = new Notification(title, how);
    } catch {
      // Browsers of phones have none of pages, only of service workers; its click comes back by `#told`.
      void navigator.serviceWorker?.ready.then((worker) =>
        worker.showNotification(title, { ...how, data: { conversation } }),
      );
      return;
    }
    shown.addEventListener("click", () => {
      window.focus();
      this.#open(conversation);
      shown.close();
    });
  }

  /** The service worker's word: one of its notifications was clicked, and this tab has the focus. */
  #told = (/** @type {MessageEvent} */ { data }) => {
    if (data?.kind === "open" && typeof data.conversation === "string") this.#open(data.conversation);
  };
}
