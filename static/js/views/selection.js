/**
 * Several messages chosen together: begun from a message's menu or by Shift+click, changed by a click, a tap, Space or
 * Enter, ended by Esc. What can be done with them stands in the bar that takes the composer's place.
 */
/** @import { ChatApi, Entry, ThreadItem } from "../types.d.ts" */
import { number, t } from "../domain/locale.js";
import { clone, part, setAttribute } from "./markup.js";
import { isThere, itemOf } from "./message_item.js";
import { toast } from "./toasts.js";

export const MOST_SELECTED = 100;

export class Selection {
  #root;
  #rows;
  #chat;
  #changed;
  /** @type {string | null} */
  #conversation = null;
  #active = false;
  /** @type {Map<number, Entry>} by number, as they were when they were chosen: they may leave the window */
  #chosen = new Map();
  /** the number from which Shift goes on */
  #anchor = 0;
  /** @type {Element | null} the message it began with */
  #began = null;
  /** Rows come and go while the reader scrolls. */
  #watch = new MutationObserver(() => this.#paint());

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {() => void} changed
   */
  constructor(root, chat, changed) {
    this.#root = part(root, "open");
    this.#rows = part(root, "rows");
    this.#chat = chat;
    this.#changed = changed;
    // Before the messages' own listeners: while one chooses, a click is for that.
    this.#rows.addEventListener("click", (event) => this.#clicked(event), true);
    this.#rows.addEventListener("mousedown", (event) => {
      // Shift would select text from wherever one clicked last.
      if (event.shiftKey && this.#takes(event)) event.preventDefault();
    });
    for (const name of ["pointerdown", "contextmenu"])
      this.#rows.addEventListener(name, (event) => this.#active && event.stopPropagation(), true);
    part(root, "scroll").addEventListener("keydown", (event) => this.#keydown(event), true);
  }

  get active() {
    return this.#active;
  }

  /** What is chosen and still there, in the log's order. */
  get messages() {
    return this.#conversation ? this.#chat.present(this.#conversation, [...this.#chosen.values()]) : [];
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#end();
    this.#conversation = conversation;
  }

  /** @param {ThreadItem} item the first to be chosen */
  begin(item) {
    this.#active = true;
    this.#add(item);
    this.#watch.observe(this.#rows, { childList: true });
    this.#root.dataset.selecting = "";
    this.#began = this.#rows.querySelector(`.message[data-seq="${item.entry?.seq}"]`);
    if (this.#began instanceof HTMLElement) this.#began.focus({ preventScroll: true });
    this.render();
  }

  /** Let go of all; the focus goes back to where it began. @returns {boolean} was anything going on? */
  leave() {
    if (!this.#active) return false;
    // A message that is gone may stand there until the next frame.
    const there = itemOf(this.#chat, this.#conversation, this.#began) !== null;
    const began = there ? this.#began : null;
    this.#end();
    if (began instanceof HTMLElement && began.isConnected) began.focus({ preventScroll: true });
    return true;
  }

  /** The thread changed: what was deleted is not chosen any more. */
  render() {
    if (!this.#active) return;
    const there = new Set(this.messages.map(({ entry }) => entry.seq));
    for (const seq of this.#chosen.keys()) if (!there.has(seq)) this.#chosen.delete(seq);
    this.#paint();
    this.#changed();
  }

  #end() {
    if (!this.#active) return;
    this.#active = false;
    this.#watch.disconnect();
    this.#chosen.clear();
    this.#began = null;
    delete this.#root.dataset.selecting;
    for (const element of this.#rows.querySelectorAll(".message")) paintCheck(element, null);
    this.#changed();
  }

  #paint() {
    const items = this.#conversation ? this.#chat.thread(this.#conversation).items : [];
    const able = new Set(items.filter(isThere).map(({ entry }) => String(entry?.seq)));
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (this.#rows.querySelectorAll(".message"))) {
      const { seq = "" } = element.dataset;
      paintCheck(element, able.has(seq) ? this.#chosen.has(Number(seq)) : null);
    }
  }

  /** The message under a click; while one chooses, also one beside it: its box, or the room that it leaves. @param {MouseEvent} event */
  #messageAt({ target, clientY }) {
    const message = target instanceof Element ? target.closest(".message") : null;
    if (message || !this.#active) return message;
    return [...this.#rows.querySelectorAll(".message")].find((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return top <= clientY && clientY <= bottom;
    });
  }

  /** Does this click choose a message? One on a link or a button, or at the end of selected text, means something else. @param {MouseEvent} event */
  #takes(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target || !this.#messageAt(event)) return false;
    if (this.#active) return true;
    return event.shiftKey && !target.closest("a, button") && (getSelection()?.isCollapsed ?? true);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (!this.#takes(event)) return;
    const target = /** @type {Element} */ (event.target);
    const item = itemOf(this.#chat, this.#conversation, this.#messageAt(event) ?? null);
    event.stopPropagation();
    // A box that is clicked by keyboard or by a screen reader has changed already; what it shows is painted anyway.
    if (!target.matches(".message-check")) event.preventDefault();
    if (!item) return;
    if (!this.#active) this.begin(item);
    else this.#choose(item, event.shiftKey);
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const message = document.activeElement;
    if (!this.#active || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if ((event.key !== " " && event.key !== "Enter") || !message?.matches(".message")) return;
    event.preventDefault();
    event.stopPropagation();
    const item = itemOf(this.#chat, this.#conversation, message);
    if (item) this.#choose(item, event.shiftKey);
  }

  /** @param {ThreadItem} item @param {boolean} through from the last one up to this */
  #choose(item, through) {
    const seq = item.entry?.seq ?? 0;
    if (through) this.#through(seq);
    else if (this.#chosen.delete(seq)) this.#anchor = seq;
    else this.#add(item);
    this.render();
  }

  /** @param {number} seq */
  #through(seq) {
    const items = this.#conversation ? this.#chat.thread(this.#conversation).items.filter(isThere) : [];
    const [first, last] = [Math.min(this.#anchor, seq), Math.max(this.#anchor, seq)];
    const between = items.filter(({ entry }) => entry && entry.seq >= first && entry.seq <= last);
    for (const item of seq < this.#anchor ? between.reverse() : between) if (!this.#add(item)) break;
  }

  /** @param {ThreadItem} item @returns {boolean} is it chosen now? */
  #add({ entry }) {
    if (!entry) return false;
    if (!this.#chosen.has(entry.seq) && this.#chosen.size >= MOST_SELECTED) {
      toast(t("At most {count} messages can be selected.", { count: number(MOST_SELECTED) }));
      return false;
    }
    this.#chosen.set(entry.seq, entry);
    this.#anchor = entry.seq;
    return true;
  }
}

/** @param {Element} message @param {boolean | null} chosen null: it cannot be */
function paintCheck(message, chosen) {
  const known = message.querySelector(":scope > .message-check");
  setAttribute(message, "data-selected", chosen ? "" : null);
  if (chosen === null) return known?.remove();
  const check = /** @type {HTMLInputElement} */ (known ?? clone("message-check"));
  if (!known) message.prepend(check);
  check.checked = chosen;
}
