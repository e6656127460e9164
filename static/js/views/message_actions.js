/**
 * What can be done with a message: from the toolbar beside it, by a right click, a long press or the keyboard, and by its
 * quote, its reactions and "Edited".
 */
/** @import { ChatApi, ThreadItem } from "../types.d.ts" */
/** @import { MenuItem } from "./menu.js" */
import { t } from "../domain/locale.js";
import { clone } from "./markup.js";
import { openMenu } from "./menu.js";
import { itemOf } from "./message_item.js";
import { messageMenu } from "./message_menu.js";
import { openPicker } from "./reaction_picker.js";

const LONG_PRESS_MS = 500;
const MOVED_PX = 10;
/** Browsers that know long presses tell of one themselves, a little later. */
const SAME_PRESS_MS = 900;

/** @typedef {import("./message_menu.js").Doing & { jump: (seq: number) => void }} Doing */

/** What the toolbar opens, and gives the focus back to it. */
const OPENED = ".menu, .picker, dialog[open]";

export class MessageActions {
  #chat;
  #rows;
  #doing;
  #items;
  /** @type {string | null} */
  #conversation = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #pressing;
  #pressedAt = { x: 0, y: 0 };
  #openedAt = 0;
  /** one toolbar for all: it goes where the mouse or the focus is */
  #tools = clone("message-tools");

  /**
   * @param {HTMLElement} scroller the thread's log
   * @param {HTMLElement} rows
   * @param {ChatApi} chat
   * @param {Doing} doing
   * @param {(conversation: string) => readonly ThreadItem[]} [items] what stands in these rows
   */
  constructor(scroller, rows, chat, doing, items = (conversation) => chat.thread(conversation).items) {
    this.#items = items;
    this.#chat = chat;
    this.#rows = rows;
    this.#doing = doing;
    rows.addEventListener("click", (event) => this.#clicked(event));
    rows.addEventListener("contextmenu", (event) => this.#contextMenu(event));
    rows.addEventListener("pointerdown", (event) => this.#pressed(event));
    rows.addEventListener("pointermove", (event) => {
      if (Math.hypot(event.clientX - this.#pressedAt.x, event.clientY - this.#pressedAt.y) > MOVED_PX) this.#released();
    });
    for (const name of ["pointerup", "pointercancel"]) rows.addEventListener(name, () => this.#released());
    rows.addEventListener("pointerover", ({ target, pointerType }) => {
      if (pointerType === "mouse" && !document.querySelector(OPENED)) this.#bringTools(target);
    });
    document.addEventListener("focusin", ({ target }) => this.#focused(target));
    document.addEventListener("pointerdown", ({ target }) => this.#focused(target));
    scroller.addEventListener("scroll", () => this.#released(), { passive: true });
    scroller.addEventListener("keydown", (event) => this.#keydown(event, scroller));
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#released();
    this.#conversation = conversation;
  }

  /** @param {Element | null} element */
  #itemOf(element) {
    return itemOf(this.#chat, this.#conversation, element, this.#items);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const message = target?.closest(".message");
    const button = target?.closest("button, .tick[role=button]");
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.quoted) return this.#doing.jump(Number(button.dataset.quoted));
    // A thread is there also where its first message is deleted.
    if (button.dataset.thread) return this.#doing.thread?.(this.#conversation ?? "", Number(button.dataset.thread));
    if (!(message instanceof HTMLElement)) return;
    const item = this.#itemOf(message);
    if (!item?.entry || !this.#conversation) return;
    const box = button.getBoundingClientRect();
    const below = { x: box.left, y: box.bottom + 4 };
    if (button.dataset.emoji) this.#toggle(item, button.dataset.emoji);
    else if (button.dataset.part === "tick") this.#doing.seenBy(this.#conversation, item.entry.seq);
    else if (button.dataset.part === "edited") this.#doing.versions(this.#conversation, item.entry.seq);
    else if (button.dataset.do === "react") this.#pick(item, below);
    else if (button.dataset.do === "reply") this.#doing.reply(item);
    else if (button.dataset.do === "more") openMenu(this.#menu(item, below), below, t("Message"), button);
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    const target = event.target instanceof Element ? event.target : null;
    const message = target?.closest(".message");
    const item = this.#itemOf(message ?? null);
    // The browser's own menu is for links and for what one selected.
    if (!item || !message || target?.closest("a") || !(getSelection()?.isCollapsed ?? true)) return;
    event.preventDefault();
    this.#released();
    if (Date.now() - this.#openedAt < SAME_PRESS_MS) return;
    const box = message.getBoundingClientRect();
    const at = event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : { x: box.left, y: box.bottom };
    this.#openMenu(item, at);
  }

  /** @param {PointerEvent} event */
  #pressed(event) {
    this.#released();
    const target = event.target instanceof Element ? event.target : null;
    const item =
      event.pointerType === "touch" &&
      !target?.closest("a, button") &&
      this.#itemOf(target?.closest(".message") ?? null);
    if (!item) return;
    this.#pressedAt = { x: event.clientX, y: event.clientY };
    this.#pressing = setTimeout(() => this.#openMenu(item, this.#pressedAt), LONG_PRESS_MS);
  }

  /**
   * The toolbar stands beside the message that has the focus by keyboard, also while it is on what the toolbar opened: in
   * the style sheet alone it would vanish in the moment in which the focus goes on to it, or comes back.
   * @param {EventTarget | null} target
   */
  #focused(target) {
    if (!(target instanceof Element) || target.closest(OPENED)) return;
    const message = target.closest(".message");
    const active = this.#rows.querySelector(".message[data-active]");
    if (active && active !== message) active.removeAttribute("data-active");
    if (!message || !this.#rows.contains(message) || !target.matches(":focus-visible")) return;
    this.#bringTools(message);
    message.setAttribute("data-active", "");
  }

  /** @param {EventTarget | null} target */
  #bringTools(target) {
    const message = target instanceof Element ? target.closest(".message") : null;
    if (message && this.#tools.parentElement !== message) message.append(this.#tools);
  }

  #released() {
    clearTimeout(this.#pressing);
  }

  /**
   * Up and down walk the messages; the menu key and Enter open what can be done with one.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} scroller
   */
  #keydown(event, scroller) {
    const active = document.activeElement;
    const message = active instanceof Element ? active.closest(".message") : null;
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      if (active !== scroller && !message) return;
      const all = /** @type {HTMLElement[]} */ ([...this.#rows.querySelectorAll(".message")]);
      const index = message ? all.indexOf(/** @type {HTMLElement} */ (message)) : all.length;
      const next = message || event.key === "ArrowUp" ? all[index + (event.key === "ArrowUp" ? -1 : 1)] : undefined;
      if (!next) return;
      event.preventDefault();
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && active === message) {
      const item = this.#itemOf(message);
      const box = message?.getBoundingClientRect();
      if (!item || !box) return;
      event.preventDefault();
      this.#openMenu(item, { x: box.left, y: box.bottom });
    }
  }

  /** @param {ThreadItem} item @param {{ x: number, y: number }} at */
  #openMenu(item, at) {
    this.#openedAt = Date.now();
    openMenu(this.#menu(item, at), at, t("Message"));
  }

  /** @param {ThreadItem} item @param {{ x: number, y: number }} at @returns {MenuItem[]} */
  #menu(item, at) {
    const pick = () => this.#pick(item, at);
    return messageMenu(this.#chat, this.#conversation ?? "", item, { ...this.#doing, pick });
  }

  /** @param {ThreadItem} item @param {{ x: number, y: number }} at */
  #pick(item, at) {
    const mine = (item.message?.reactions ?? []).filter(({ user }) => user === this.#chat.me.id);
    openPicker(
      at,
      mine.map(({ emoji }) => emoji),
      (emoji) => this.#toggle(item, emoji),
    );
  }

  /** @param {ThreadItem} item as it was shown @param {string} emoji */
  #toggle({ entry }, emoji) {
    const conversation = this.#conversation;
    if (!conversation || !entry) return;
    const now = this.#items(conversation).find((one) => one.entry?.seq === entry.seq)?.message;
    const there = now?.reactions.some((one) => one.user === this.#chat.me.id && one.emoji === emoji);
    this.#chat.react(conversation, entry.seq, emoji, !there);
  }
}
