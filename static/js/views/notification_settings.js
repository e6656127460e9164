/** Settings: desktop notifications. The browser is asked when the person asks, never on loading a page. */
import { part, setText } from "./markup.js";

const WORDS = {
  granted: "On in this browser. Muted chats stay silent.",
  denied: "The browser blocks them for this site. Its own settings can allow them again.",
  default: "Off. Turn them on to hear of messages while you look at something else.",
};

export class NotificationSettings {
  #root;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  start() {
    part(this.#root, "allow").addEventListener("click", this.#allow);
    this.#render();
  }

  stop() {
    part(this.#root, "allow").removeEventListener("click", this.#allow);
  }

  #allow = async () => {
    await Notification.requestPermission();
    this.#render();
  };

  #render() {
    const known = "Notification" in window;
    setText(part(this.#root, "status"), known ? WORDS[Notification.permission] : "This browser has none.");
    part(this.#root, "allow").hidden = !known || Notification.permission !== "default";
  }
}
