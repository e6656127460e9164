/** After the first message one wrote in this browser: an offer to be told of the answer. Made once. */
/** @import { PushLink } from "../net/push.js" */
/** @import { ChatApi } from "../types.d.ts" */
import { part } from "./markup.js";
import { permission } from "./notifications.js";
import { attempt } from "./toasts.js";

const KEY = "chatter:notifications_offered";

export class NotificationOffer {
  #root;
  #chat;
  #push;
  /** @type {(() => void) | null} */
  #end = null;

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   * @param {Pick<PushLink, "turnOn">} push
   */
  constructor(root, chat, push) {
    this.#root = root;
    this.#chat = chat;
    this.#push = push;
  }

  start() {
    part(this.#root, "allow").addEventListener("click", this.#allow);
    part(this.#root, "later").addEventListener("click", this.#close);
    this.#end = this.#chat.on("wrote", () => {
      if (permission() === "default" && !wasOffered()) this.#root.hidden = false;
    });
  }

  stop() {
    part(this.#root, "allow").removeEventListener("click", this.#allow);
    part(this.#root, "later").removeEventListener("click", this.#close);
    this.#end?.();
  }

  #allow = () => {
    this.#close();
    void Notification.requestPermission().then(async () => {
      if (permission() === "granted") await attempt(this.#push.turnOn());
    });
  };

  #close = () => {
    this.#root.hidden = true;
    try {
      localStorage.setItem(KEY, "1");
    } catch {
      // Without storage it may be offered again.
    }
    const composer = document.querySelector(".composer-input");
    if (composer instanceof HTMLElement) composer.focus(); // the buttons are gone
  };
}

function wasOffered() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}
