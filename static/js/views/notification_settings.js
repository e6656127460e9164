/** Settings, notifications: those of this browser. It is asked when the person asks, never on loading a page. */
/** @import { PushLink, PushState } from "../net/push.js" */
import { t } from "../domain/locale.js";
import { part, setText } from "./markup.js";
import { permission } from "./notifications.js";
import { reason } from "./toasts.js";

const WORDS = {
  granted: t("On in this browser: you hear of new messages while you look at something else."),
  denied: t("The browser blocks notifications of this site. Its own settings can allow them again."),
  default: t("Off in this browser. Turn them on to hear of new messages while you look at something else."),
  none: t("This browser has no notifications."),
};
/** @type {Record<PushState, string>} */
const PUSH_WORDS = {
  on: t("On: you hear of new messages while Chatter is closed, too."),
  off: t("Off: while Chatter is closed you hear of nothing."),
  none: t("This browser cannot tell you of anything while Chatter is closed."),
};

export class NotificationSettings {
  #root;
  #push;

  /**
   * @param {HTMLElement} root
   * @param {Pick<PushLink, "state" | "turnOn" | "turnOff">} push
   */
  constructor(root, push) {
    this.#root = root;
    this.#push = push;
  }

  start() {
    part(this.#root, "allow").addEventListener("click", this.#allow);
    part(this.#root, "push-on").addEventListener("click", this.#turnOn);
    part(this.#root, "push-off").addEventListener("click", this.#turnOff);
    void this.#render();
  }

  stop() {
    part(this.#root, "allow").removeEventListener("click", this.#allow);
    part(this.#root, "push-on").removeEventListener("click", this.#turnOn);
    part(this.#root, "push-off").removeEventListener("click", this.#turnOff);
  }

  #allow = async () => {
    await Notification.requestPermission();
    if (permission() === "granted") await this.#turnOn();
    else await this.#render();
  };

  #turnOn = () => this.#change(() => this.#push.turnOn(), "push-off");
  #turnOff = () => this.#change(() => this.#push.turnOff(), "push-on");

  /** @param {() => Promise<void>} change @param {string} next the button that takes the place of the one that was pressed */
  async #change(change, next) {
    try {
      await change();
      await this.#render();
      part(this.#root, next).focus();
    } catch (error) {
      await this.#render();
      setText(part(this.#root, "push-status"), t("That did not work. {reason}", { reason: reasonOf(error) }));
    }
  }

  async #render() {
    setText(part(this.#root, "status"), WORDS[permission()]);
    part(this.#root, "allow").hidden = permission() !== "default";
    part(this.#root, "push").hidden = permission() !== "granted";
    if (permission() !== "granted") return;
    const state = await this.#push.state().catch(() => null);
    const words = state ? PUSH_WORDS[state] : t("The server cannot be asked now.");
    setText(part(this.#root, "push-status"), words);
    part(this.#root, "push-on").hidden = state !== "off";
    part(this.#root, "push-off").hidden = state !== "on";
  }
}

/** @param {unknown} error */
function reasonOf(error) {
  // The browser's push service is somebody else's, and may be switched off or out of reach.
  return error instanceof DOMException ? t("The browser's push service does not answer.") : reason(error);
}
