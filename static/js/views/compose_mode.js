/** The bar over the composer: what one replies to, or which message one edits. */
/** @import { ChatApi, ThreadItem } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { iconHref, part, setAttribute, setText } from "./markup.js";
import { messageLine } from "./message_parts.js";

/** @typedef {{ kind: "reply" | "edit", seq: number, body: string }} Mode */

export class ComposeMode {
  #root;
  #chat;
  /** @type {Mode | null} */
  current = null;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {() => void} closed the person let go of it
   */
  constructor(root, chat, closed) {
    this.#root = part(root, "compose-bar");
    this.#chat = chat;
    part(root, "bar-close").addEventListener("click", closed);
  }

  /** @param {"reply" | "edit"} kind @param {ThreadItem} item */
  begin(kind, { entry, message, mine }) {
    if (!entry || !message) return;
    this.current = { kind, seq: entry.seq, body: message.body };
    const whom = mine ? t("yourself") : this.#chat.userName(entry.sender);
    setText(part(this.#root, "bar-title"), kind === "edit" ? t("Edit message") : t("Reply to {whom}", { whom }));
    setText(part(this.#root, "bar-text"), messageLine(message, this.#chat));
    setAttribute(part(this.#root, "bar-icon"), "href", iconHref(kind === "edit" ? "pencil" : "reply"));
    this.#root.hidden = false;
  }

  end() {
    this.current = null;
    this.#root.hidden = true;
    setText(part(this.#root, "bar-text"), "");
  }
}
