/** The panel beside a conversation that shows one thread: a message, what answers it, and where one answers it. */
/** @import { ChatApi, RepliesWindow, ThreadItem } from "../types.d.ts" */
/** @import { MessageRow, Row } from "./thread_rows.js" */
import { n, t } from "../domain/locale.js";
import { Composer } from "./composer.js";
import { elementOf, reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { MessageActions } from "./message_actions.js";
import { createRow, updateRow } from "./thread_row.js";
import { rowsOf } from "./thread_rows.js";
import { ThreadScroll } from "./thread_scroll.js";
import { attempt } from "./toasts.js";

/** Below this width it lies over the whole conversation. */
const COVERS = matchMedia("(width < 48rem)");
const FOUND_AT = 0.3;
const FOUND_MS = 1_600;

/** @typedef {Row | { key: "count", type: "count", count: number }} RepliesRow */

/**
 * @typedef {object} Around what the page does for it
 * @property {(seq: number) => void} jump to a message that is not in the thread
 * @property {() => boolean} writes may one write in the conversation now?
 * @property {() => void} changed it was opened, or closed
 * @property {() => void} left it was closed, and nothing is there to give the focus back to
 */

export class RepliesPanel {
  #root;
  /** what the panel holds while a thread is open */
  #inside = clone("replies");
  #page;
  #main;
  #chat;
  #around;
  #rows;
  #scroll;
  #actions;
  #composer;
  /** @type {string | null} */
  #conversation = null;
  /** the message that the thread begins with; 0: none is open */
  #thread = 0;
  /** @type {Element | null} what had the focus */
  #before = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} page the chat page, which gives the panel its column
   * @param {HTMLElement} main the conversation
   * @param {ChatApi} chat
   * @param {Pick<import("./message_menu.js").Doing, "forward" | "versions" | "seenBy">} dialogs
   * @param {Around} around
   */
  constructor(root, page, main, chat, dialogs, around) {
    this.#root = root;
    this.#page = page;
    this.#main = main;
    this.#chat = chat;
    this.#around = around;
    this.#rows = part(this.#inside, "rows");
    const scroller = part(this.#inside, "scroll");
    this.#scroll = new ThreadScroll(scroller, this.#rows, () => undefined);
    this.#composer = new Composer(this.#inside, chat, () => this.#scroll.toBottom(), {
      draft: (conversation) => chat.replyDraft(conversation, this.#thread),
      keep: (conversation, text) => chat.setReplyDraft(conversation, this.#thread, text),
      items: () => this.#items,
      answers: () => this.#thread,
      placeholder: () => t("Reply in this thread"),
    });
    const doing = { ...dialogs, edit: this.#begin("edit"), reply: this.#begin("reply"), jump: this.#jump };
    this.#actions = new MessageActions(scroller, this.#rows, chat, doing, () => this.#items);
    part(this.#inside, "close").addEventListener("click", () => this.close());
    part(this.#inside, "earlier").addEventListener("click", () => void attempt(chat.loadEarlierReplies()));
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
  }

  start() {
    this.#scroll.start();
    COVERS.addEventListener("change", this.#cover);
  }

  stop() {
    this.#scroll.stop();
    COVERS.removeEventListener("change", this.#cover);
  }

  get isOpen() {
    return this.#thread !== 0;
  }

  /** Another conversation: its threads are closed. @param {string | null} conversation */
  show(conversation) {
    if (conversation !== this.#conversation) this.#set(null, 0);
    this.#conversation = conversation;
  }

  /** @param {string} conversation @param {number} thread the number of the message that it begins with */
  open(conversation, thread) {
    if (!this.isOpen) this.#before = document.activeElement;
    this.#set(conversation, thread);
    if (matchMedia("(hover: hover)").matches && !part(this.#inside, "composer").hidden) this.#composer.focus();
    else this.#root.focus({ preventScroll: true });
  }

  /** The focus goes back to where it was. */
  close() {
    const had = this.#root.contains(document.activeElement);
    const before = this.#before;
    this.#set(this.#conversation, 0);
    if (!had) return;
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    else this.#around.left();
  }

  render() {
    const replies = this.#replies;
    const summary = this.#conversation ? this.#chat.conversation(this.#conversation) : null;
    if (!replies || !summary) return;
    const [root] = replies.items;
    const gone = root?.message?.deleted_at !== null;
    part(this.#inside, "composer").hidden = gone || !this.#around.writes();
    setText(part(this.#inside, "where"), summary.name);
    setText(part(this.#inside, "state"), stateWords(replies));
    part(this.#inside, "earlier").hidden = !replies.more_before;
    this.#composer.refresh(summary.name);
    this.#scroll.keepPlace(() =>
      reconcile(this.#rows, rowsFor(replies), {
        key: (row) => row.key,
        create: (row) => (row.type === "count" ? clone("replies-count") : createRow(row, this.#chat, () => undefined)),
        update: (element, row) => {
          if (row.type === "count") setText(part(element, "text"), n("{count} reply", "{count} replies", row.count));
          else updateRow(element, row, this.#chat, summary);
        },
      }),
    );
  }

  get #replies() {
    return this.isOpen && this.#conversation ? this.#chat.replies(this.#conversation) : null;
  }

  get #items() {
    return this.#replies?.items ?? [];
  }

  /** @param {string | null} conversation @param {number} thread 0: none */
  #set(conversation, thread) {
    const closed = this.isOpen && thread === 0;
    if (this.isOpen || thread !== 0) this.#chat.openReplies(conversation ?? this.#conversation ?? "", thread || null);
    this.#thread = thread;
    this.#root.hidden = thread === 0;
    if (thread === 0) this.#inside.remove();
    else this.#root.append(this.#inside);
    this.#page.dataset.replies = thread === 0 ? "closed" : "open";
    this.#cover();
    if (closed) this.#before = null;
    this.#actions.show(thread === 0 ? null : conversation);
    this.#composer.show(thread === 0 ? null : conversation, "");
    this.#scroll.reset();
    reconcile(this.#rows, /** @type {RepliesRow[]} */ ([]), {
      key: ({ key }) => key,
      create: () => clone("note"),
      update: () => undefined,
    });
    if (closed || thread !== 0) this.#around.changed();
    this.render();
  }

  /** What it lies over cannot be reached, and is not read. */
  #cover = () => {
    this.#main.inert = this.isOpen && COVERS.matches;
  };

  /** @param {"reply" | "edit"} kind @returns {(item: ThreadItem) => void} */
  #begin(kind) {
    return (item) => {
      // Whatever is written here answers the thread's first message by itself.
      if (kind === "reply" && item.entry?.seq === this.#thread) this.#composer.focus();
      else this.#composer.begin(kind, item);
    };
  }

  #jump = (/** @type {number} */ seq) => {
    const item = this.#items.find(({ entry }) => entry?.seq === seq);
    const element = item ? elementOf(this.#rows, item.key) : null;
    if (!element) return this.#around.jump(seq);
    this.#scroll.reveal(element, FOUND_AT);
    element.dataset.found = "";
    setTimeout(() => delete element.dataset.found, FOUND_MS);
  };
}

/** @param {RepliesWindow} replies */
function stateWords({ state, items }) {
  if (state === "loading" && items.length < 2) return t("Fetching…");
  return state === "failed" ? t("Only what this browser has seen. Are you online?") : "";
}

/** The first message, how many replies there are, and these. @param {RepliesWindow} replies @returns {RepliesRow[]} */
function rowsFor({ root, items }) {
  const first = items[0]?.entry?.seq === root ? items.slice(0, 1) : [];
  const above = plainRows(first);
  const below = plainRows(items.slice(first.length));
  const days = new Set(above.map(({ key }) => key));
  /** @type {RepliesRow[]} */
  const count = first.length > 0 ? [{ key: "count", type: "count", count: first[0].replies }] : [];
  return [...above, ...count, ...below.filter(({ key }) => !days.has(key))];
}

/** @param {readonly ThreadItem[]} items @returns {Row[]} */
function plainRows(items) {
  const thread = { items: [...items], gap: null, more_before: false };
  return rowsOf(thread, { start: 0, end: items.length }, null).filter(({ type }) => type !== "edge");
}
