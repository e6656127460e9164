/** Settings, notifications: those of this browser. It is asked when the person asks, never on loading a page. */
import { part, setText } from "./markup.js";
import { permission } from "./notifications.js";

const WORDS = {
  granted: "On in this browser: you hear of new messages while you look at something else.",
  denied: "The browser blocks notifications of this site. Its own settings can allow them again.",
  default: "Off in this browser. Turn them on to hear of new messages while you look at something else.",
  none: "This browser has no notifications.",
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
    setText(part(this.#root, "status"), WORDS[permission()]);
    part(this.#root, "allow").hidden = permission() !== "default";
  }
}
