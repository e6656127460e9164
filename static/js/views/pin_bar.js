/** Over the thread: what is pinned, the newest first; a press goes to the message, the button beside it on to the next. */
/** @import { ChatApi, ConversationSummary, Pin } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { mayPin } from "../domain/pins.js";
import { part, setText } from "./markup.js";
import { messageLine } from "./message_parts.js";

export class PinBar {
  #root;
  #chat;
  /** @type {string | null} */
  #conversation = null;
  /** the number of the message that stands in the bar */
  #shown = 0;
  /** the newest pin: another one is shown at once */
  #newest = 0;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {(seq: number) => void} jump
   */
  constructor(root, chat, jump) {
    this.#root = part(root, "pins");
    this.#chat = chat;
    part(root, "pin-jump").addEventListener("click", () => jump(this.#shown));
    part(root, "pin-next").addEventListener("click", () => this.#next());
    part(root, "unpin").addEventListener("click", () => this.#unpin());
  }

  /** @param {ConversationSummary} summary */
  show(summary) {
    if (summary.id !== this.#conversation) this.#shown = 0;
    this.#conversation = summary.id;
    const pins = this.#pins();
    if (pins[0]?.seq !== this.#newest) this.#shown = 0;
    this.#newest = pins[0]?.seq ?? 0;
    const at = Math.max(
      0,
      pins.findIndex(({ seq }) => seq === this.#shown),
    );
    this.#root.hidden = pins.length === 0;
    if (pins.length === 0) return setText(part(this.#root, "pin-text"), "");
    this.#shown = pins[at].seq;
    const { message } = this.#chat.quoted(summary.id, this.#shown);
    setText(
      part(this.#root, "pin-title"),
      pins.length === 1 ? t("Pinned") : t("Pinned, {at} of {all}", { at: at + 1, all: pins.length }),
    );
    setText(part(this.#root, "pin-text"), message ? messageLine(message, this.#chat) : t("An earlier message"));
    part(this.#root, "pin-next").hidden = pins.length === 1;
    part(this.#root, "unpin").hidden = isOut(summary.view) || summary.blocked || !mayPin(summary.view);
  }

  /** The newest first. @returns {Pin[]} */
  #pins() {
    return this.#conversation ? [...this.#chat.thread(this.#conversation).pins].reverse() : [];
  }

  #next() {
    const pins = this.#pins();
    const at = pins.findIndex(({ seq }) => seq === this.#shown);
    if (pins.length > 0) this.#shown = pins[(at + 1) % pins.length].seq;
    this.#repaint();
  }

  #unpin() {
    if (this.#conversation && this.#shown) this.#chat.pin(this.#conversation, this.#shown, false);
    this.#repaint();
  }

  #repaint() {
    const summary = this.#conversation ? this.#chat.conversation(this.#conversation) : null;
    if (summary) this.show(summary);
  }
}
