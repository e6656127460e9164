/**
 * What can be done with a message: from the toolbar beside it, by a right click, a long press or the keyboard, and by its
 * quote, its reactions and "Edited".
 */
/** @import { ChatApi, ThreadItem } from "../types.d.ts" */
/** @import { MenuItem } from "./menu.js" */
import { isOut, mayWrite } from "../domain/membership.js";
import { may } from "../domain/permissions.js";
import { mayPin } from "../domain/pins.js";
import { confirm } from "./dialogs.js";
import { clone } from "./markup.js";
import { openMenu } from "./menu.js";
import { messageText, plainLine } from "./plain_text.js";
import { openPicker } from "./reaction_picker.js";
import { attempt, toast } from "./toasts.js";

const LONG_PRESS_MS = 500;
const MOVED_PX = 10;
/** Browsers that know long presses tell of one themselves, a little later. */
const SAME_PRESS_MS = 900;

/**
 * @typedef {object} Doing
 * @property {(item: ThreadItem) => void} reply
 * @property {(item: ThreadItem) => void} edit
 * @property {(seq: number) => void} jump
 * @property {(conversation: string, seq: number) => void} versions
 * @property {(conversation: string, seq: number) => void} seenBy
 */

/** What the toolbar opens, and gives the focus back to it. */
const OPENED = ".menu, .picker, dialog[open]";

export class MessageActions {
  #chat;
  #rows;
  #doing;
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
   */
  constructor(scroller, rows, chat, doing) {
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

  /** The message's item, if something can be done with it. @param {Element | null} element @returns {ThreadItem | null} */
  #itemOf(element) {
    const seq = Number(/** @type {HTMLElement | null} */ (element)?.dataset.seq ?? 0);
    if (!this.#conversation || !seq) return null;
    const item = this.#chat.thread(this.#conversation).items.find(({ entry }) => entry?.seq === seq);
    return item?.message && item.message.deleted_at === null ? item : null;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const target = event.target instanceof Element ? event.target : null;
    const message = target?.closest(".message");
    const button = target?.closest("button, .tick[role=button]");
    if (!(button instanceof HTMLElement)) return;
    if (button.dataset.quoted) return this.#doing.jump(Number(button.dataset.quoted));
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
    else if (button.dataset.do === "more") openMenu(this.#menu(item, below), below, "Message", button);
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
    openMenu(this.#menu(item, at), at, "Message");
  }

  /**
   * @param {ThreadItem} item
   * @param {{ x: number, y: number }} at
   * @returns {MenuItem[]}
   */
  #menu(item, at) {
    const { message, entry, mine } = item;
    const conversation = this.#conversation ?? "";
    const seq = entry?.seq ?? 0;
    const summary = this.#chat.conversation(conversation);
    const able = summary !== null && !isOut(summary.view) && !summary.blocked && !summary.view.frozen;
    const writes = able && mayWrite(summary.view);
    /** @type {(MenuItem | false)[]} */
    const items = [
      able && { text: "React", icon: "smile-plus", run: () => this.#pick(item, at) },
      writes && { text: "Reply", icon: "reply", run: () => this.#doing.reply(item) },
      { text: "Copy text", icon: "copy", run: () => void copy(messageText(message?.body ?? "", this.#chat)) },
      able && mayPin(summary.view) && this.#pinning(conversation, seq),
      writes && mine && { text: "Edit", icon: "pencil", run: () => this.#doing.edit(item) },
      mine &&
        summary?.view.kind === "group" && {
          text: "Seen by",
          icon: "check-check",
          run: () => this.#doing.seenBy(conversation, seq),
        },
      Boolean(message?.edited_at) && {
        text: "Earlier versions",
        icon: "history",
        run: () => this.#doing.versions(conversation, seq),
      },
      { text: "Delete for me", icon: "trash-2", run: () => void this.#hide(item) },
      able &&
        this.#mayDelete(item) && {
          text: "Delete for everyone",
          icon: "trash-2",
          danger: true,
          run: () => void this.#delete(item),
        },
    ];
    return items.filter((one) => one !== false);
  }

  /** @param {string} conversation @param {number} seq @returns {MenuItem} */
  #pinning(conversation, seq) {
    const pinned = this.#chat.thread(conversation).pins.some((pin) => pin.seq === seq);
    const run = () => this.#chat.pin(conversation, seq, !pinned);
    return { text: pinned ? "Unpin" : "Pin", icon: pinned ? "pin-off" : "pin", run };
  }

  /** @param {ThreadItem} item */
  #mayDelete({ mine, entry }) {
    if (mine) return true;
    const view = this.#conversation ? this.#chat.conversation(this.#conversation)?.view : null;
    if (view?.kind !== "group") return false;
    const author = view.members.find(({ user }) => user.id === entry?.sender);
    return may(view.me.role, "delete", author?.role ?? null);
  }

  /** @param {ThreadItem} item */
  async #hide({ message, entry }) {
    const conversation = this.#conversation;
    const sure = await confirm({
      title: "Delete this message for you?",
      text: `“${plainLine(message?.body ?? "", this.#chat).slice(0, 80)}” will be gone on all your devices. Everybody else keeps it.`,
      yes: "Delete",
      danger: true,
    });
    if (sure && conversation && entry) await attempt(this.#chat.hide(conversation, entry.seq));
  }

  /** @param {ThreadItem} item */
  async #delete({ message, entry }) {
    const conversation = this.#conversation;
    const sure = await confirm({
      title: "Delete this message for everyone?",
      text: `“${plainLine(message?.body ?? "", this.#chat).slice(0, 80)}” will be gone for everybody here, and cannot be brought back.`,
      yes: "Delete",
      danger: true,
    });
    if (sure && conversation && entry) this.#chat.remove(conversation, entry.seq);
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
    const now = this.#chat.thread(conversation).items.find((one) => one.entry?.seq === entry.seq)?.message;
    const there = now?.reactions.some((one) => one.user === this.#chat.me.id && one.emoji === emoji);
    this.#chat.react(conversation, entry.seq, emoji, !there);
  }
}

/** @param {string} text */
async function copy(text) {
  if (await attempt(navigator.clipboard.writeText(text))) toast("Copied.");
}
