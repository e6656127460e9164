/** Where one writes. Text leaves the field in the moment of sending, so what is typed right after it stays. */
/** @import { ChatApi, ThreadItem } from "../types.d.ts" */

import { t } from "../domain/locale.js";
import { appearance } from "./appearance.js";
import { ComposeMode } from "./compose_mode.js";
import { part } from "./markup.js";
import { Writing } from "./writing.js";
import { Written } from "./written.js";

/**
 * Where it is that one writes: the conversation, or a thread in it.
 * @typedef {object} Place
 * @property {(conversation: string) => string} draft
 * @property {(conversation: string, text: string) => void} keep the draft
 * @property {(conversation: string) => readonly ThreadItem[]} items what stands above
 * @property {() => number | null} answers the message that one answers where nothing else is said
 * @property {(name: string) => string} placeholder
 */

/** @param {ChatApi} chat @returns {Place} */
const inConversation = (chat) => ({
  draft: (conversation) => chat.draft(conversation),
  keep: (conversation, text) => chat.setDraft(conversation, text),
  items: (conversation) => chat.thread(conversation).items,
  answers: () => null,
  placeholder: (name) => (name ? t("Message {name}", { name }) : t("Message")),
});

/** What browsers report for a key that an input method is handling. */
const KEY_CODE_COMPOSING = 229;

export class Composer {
  #chat;
  #place;
  #form;
  #input;
  #sent;
  #mode;
  #written = new Written();
  #writing;
  /** @type {string | null} */
  #conversation = null;
  /** the draft as it was kept from here, or shown here, last */
  #known = "";
  /** an input method is at it */
  #composing = false;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {() => void} sent a message was handed over
   * @param {Place} [place]
   */
  constructor(root, chat, sent, place = inConversation(chat)) {
    this.#chat = chat;
    this.#place = place;
    this.#sent = sent;
    this.#form = /** @type {HTMLFormElement} */ (part(root, "composer"));
    this.#input = /** @type {HTMLTextAreaElement} */ (part(root, "input"));
    this.#mode = new ComposeMode(root, chat, () => this.#cancel());
    this.#writing = new Writing(root, chat, this.#written);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    // The button must not take the focus: on a phone the keyboard would close.
    this.#form.querySelector(".send")?.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#input.addEventListener("keydown", (event) => this.#keydown(event));
    this.#input.addEventListener("input", (event) => this.#changed(/** @type {InputEvent} */ (event)));
    this.#input.addEventListener("compositionstart", () => (this.#composing = true));
    this.#input.addEventListener("compositionend", () => (this.#composing = false));
    this.#input.addEventListener("blur", () => this.#stopTyping());
  }

  /**
   * @param {string | null} conversation
   * @param {string} name
   */
  show(conversation, name) {
    this.#stopTyping();
    this.#mode.end();
    this.#conversation = conversation;
    this.#written.reset();
    this.#writing.show(conversation);
    this.#name(name);
    this.#toDraft();
  }

  /** @param {string} name whom or what one writes to */
  #name(name) {
    const placeholder = this.#place.placeholder(name);
    if (this.#input.placeholder !== placeholder) this.#input.placeholder = placeholder;
  }

  /**
   * A draft changed elsewhere (another tab, another device), or the chat's name. What is being typed here is in it; the caret
   * stays where it is in that.
   * @param {string} name
   */
  refresh(name) {
    this.#name(name);
    if (!this.#conversation || this.#editing || this.#composing) return;
    const draft = this.#place.draft(this.#conversation);
    if (draft === this.#known) return;
    this.#known = draft;
    if (draft === this.#body) return;
    const { value, selectionStart } = this.#input;
    this.#toDraft();
    const grew = this.#input.value.length - value.length;
    const stays = value !== "" && this.#input.value.startsWith(value);
    const at = stays ? selectionStart : Math.max(0, selectionStart + grew);
    if (document.activeElement === this.#input) this.#input.setSelectionRange(at, at);
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** Answer a message, or say one's own otherwise. What was being written waits as the draft. @param {"reply" | "edit"} kind @param {ThreadItem} item */
  begin(kind, item) {
    if (this.#form.hidden) return;
    if (this.#editing) this.#toDraft();
    this.#mode.begin(kind, item);
    if (this.#editing) {
      this.#stopTyping();
      this.#write(item.message?.body ?? "");
    }
    this.focus();
    this.#input.setSelectionRange(this.#input.value.length, this.#input.value.length);
  }

  get #editing() {
    return this.#mode.current?.kind === "edit";
  }

  /** The person lets go of the reply or the edit. */
  #cancel() {
    if (this.#editing) this.#toDraft();
    this.#mode.end();
    this.focus();
  }

  #toDraft() {
    this.#known = this.#conversation ? this.#place.draft(this.#conversation) : "";
    this.#write(this.#known);
  }

  /** @param {string} body as it is sent */
  #write(body) {
    this.#input.value = this.#written.shown(body, (user) => this.#chat.userName(user, t("someone")));
    this.#fit();
  }

  /** What stands in the field, as it is sent. */
  get #body() {
    return this.#written.source(this.#input.value);
  }

  /** The last message of one's own, to be edited. */
  #editLast() {
    const items = this.#conversation ? this.#place.items(this.#conversation) : [];
    const last = items.findLast(({ mine, entry, message }) => mine && entry && message && message.deleted_at === null);
    if (last) this.begin("edit", last);
    return last !== undefined;
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.isComposing || event.keyCode === KEY_CODE_COMPOSING) return;
    if (this.#writing.keydown(event)) return;
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Escape" && this.#mode.current) {
      event.preventDefault();
      this.#cancel();
    } else if (event.key === "ArrowUp" && plain && this.#input.value === "" && !this.#mode.current) {
      if (this.#editLast()) event.preventDefault();
    }
    if (event.key !== "Enter") return;
    const modified = event.ctrlKey || event.metaKey;
    const sends = appearance().enter === "newline" ? modified : !event.shiftKey && !event.altKey;
    if (!sends) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const body = this.#body;
    const mode = this.#mode.current;
    if (!this.#conversation || body.trim() === "") return;
    if (mode?.kind === "edit") {
      if (body.trim() !== mode.body) this.#chat.edit(this.#conversation, mode.seq, body);
      this.#cancel();
      return;
    }
    if (this.#chat.slowUntil(this.#conversation) > 0) return;
    this.#chat.post(this.#conversation, body, mode?.seq ?? this.#place.answers());
    this.#mode.end();
    this.#writing.close();
    this.#input.value = "";
    this.#keep("");
    this.#stopTyping();
    this.#fit();
    this.#input.focus({ preventScroll: true });
    this.#sent();
  }

  /** @param {InputEvent} event */
  #changed(event) {
    this.#fit();
    this.#writing.typed(event);
    if (!this.#conversation || this.#editing) return;
    this.#keep(this.#body);
    this.#chat.setTyping(this.#conversation, this.#input.value.trim() !== "");
  }

  /** @param {string} body what stands in the field now */
  #keep(body) {
    if (!this.#conversation) return;
    const unseen = this.#unseen(this.#place.draft(this.#conversation));
    this.#place.keep(this.#conversation, unseen + body);
    this.#known = unseen ? body : this.#place.draft(this.#conversation);
  }

  /** What came from elsewhere and does not stand in the field yet: in the last moment, or while an input method is at it. @param {string} draft */
  #unseen(draft) {
    const known = this.#known;
    if (draft === known) return "";
    return known !== "" && draft.endsWith(known) ? draft.slice(0, -known.length) : `${draft}\n\n`;
  }

  #stopTyping() {
    if (this.#conversation) this.#chat.setTyping(this.#conversation, false);
  }

  /** As high as its text; the style sheet stops it at eight lines. */
  #fit() {
    // While the field is measured the form keeps its height: otherwise the thread above would be moved.
    this.#form.style.minHeight = `${this.#form.offsetHeight}px`;
    this.#input.style.height = "auto";
    const border = this.#input.offsetHeight - this.#input.clientHeight;
    this.#input.style.height = `${this.#input.scrollHeight + border}px`;
    this.#form.style.minHeight = "";
  }
}
