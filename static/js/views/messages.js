/** The rows of the open conversation: which of the window are in the document, where the reader is, what was read. */
/** @import { ChatApi, ConversationSummary, ThreadWindow } from "../types.d.ts" */
/** @import { Row } from "./thread_rows.js" */

import { n, t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { Divider } from "./divider.js";
import { elementOf, reconcile } from "./keyed.js";
import { part, setText } from "./markup.js";
import { MessageActions } from "./message_actions.js";
import { ReadTracker } from "./read_tracker.js";
import { createRow, updateRow } from "./thread_row.js";
import { rowsOf } from "./thread_rows.js";
import { ThreadScroll } from "./thread_scroll.js";
import { growDown, growUp, MOST_ITEMS, place, sliceAround, sliceOf, tailSlice } from "./thread_slice.js";
import { toast } from "./toasts.js";

const EDGE_PX = 700;
const DIVIDER_AT = 0.25;
const FOUND_AT = 0.3;
const FOUND_MS = 1_600;

export class Messages {
  #chat;
  #rows;
  #scroll;
  #reads;
  #pickDate;
  #tail;
  #actions;
  /** @type {string | null} */
  #conversation = null;
  #slice = tailSlice();
  #divider = new Divider(0);
  #busy = false;
  /** has the reader moved, or been moved, since the conversation was opened? */
  #settled = false;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {(day: number) => void} pickDate a day's label was clicked
   * @param {Pick<import("./message_actions.js").Doing, "reply" | "edit" | "select" | "thread" | "forward" | "versions" | "seenBy">} doing
   */
  constructor(root, chat, pickDate, doing) {
    this.#chat = chat;
    this.#pickDate = pickDate;
    this.#rows = part(root, "rows");
    this.#tail = part(root, "tail");
    const scroller = part(root, "scroll");
    this.#scroll = new ThreadScroll(scroller, this.#rows, () => this.#scrolled());
    const jump = (/** @type {number} */ seq) => void this.toSeq(seq);
    this.#actions = new MessageActions(scroller, this.#rows, chat, { ...doing, jump });
    this.#reads = new ReadTracker(scroller, (seq) => {
      const id = this.#conversation;
      // What lies under a thread on a small screen is not seen.
      if (!id || scroller.closest("[inert]")) return 0;
      // What is beyond a hole was seen, what is in it was not: the cursor waits for it.
      const reached = Math.min(seq, chat.thread(id).gap?.after ?? seq);
      chat.markRead(id, reached);
      return reached;
    });
    for (const event of ["wheel", "touchmove", "keydown"]) {
      scroller.addEventListener(event, () => (this.#settled = true), { passive: true });
    }
    this.#tail.addEventListener("click", () => this.toTail());
  }

  start() {
    this.#scroll.start();
    this.#reads.start();
  }

  /** What lay under something else is on the screen again. */
  uncovered() {
    this.#reads.settle();
  }

  stop() {
    this.#scroll.stop();
    this.#reads.stop();
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#conversation = conversation;
    this.#slice = tailSlice();
    this.#busy = false;
    this.#settled = false;
    this.#actions.show(conversation);
    this.#reads.reset();
    this.#scroll.reset();
    this.#paintRows([], null);
    this.renewDivider();
    this.render();
  }

  /** The reader came (back): the divider stands before what is unread now. */
  renewDivider() {
    const summary = this.#conversation ? this.#chat.conversation(this.#conversation) : null;
    // Where one is out, the cursor moves no more: what it says of the unread would stay for ever.
    const out = summary !== null && isOut(summary.view);
    this.#divider = new Divider(out ? Number.POSITIVE_INFINITY : (summary?.view.me.read ?? 0));
  }

  render() {
    const id = this.#conversation;
    const summary = id ? this.#chat.conversation(id) : null;
    if (!id || !summary) return;
    const thread = this.#chat.thread(id);
    const hadDivider = this.#divider.key;
    const wanted = this.#divider.update(thread, summary.standing.kind, summary.unread);
    const following = this.#slice.following && this.#scroll.stuck && !thread.more_after;
    const keys = thread.items.map((item) => item.key);
    const at = place({ ...this.#slice, following }, keys);
    if (this.#divider.key !== null && !this.#settled && !hadDivider) {
      at.start = Math.max(0, Math.min(at.start, keys.indexOf(this.#divider.key) - 10));
    }
    this.#slice = sliceOf(keys, at.start, at.end, following);
    this.#scroll.keepPlace(() => this.#paintRows(rowsOf(thread, at, this.#divider.key), summary));
    if (this.#divider.key !== null && !hadDivider && !this.#settled) this.#revealDivider();
    this.#paintTail(thread, at.end < keys.length || thread.more_after, summary.unread);
    if (wanted !== null && !this.#settled) this.#busyWith(this.#jump(wanted, false));
    else this.#fill(thread, keys, at);
  }

  /** Back to the newest message. */
  async toTail() {
    const id = this.#conversation;
    if (!id) return;
    this.#settled = true;
    if (this.#chat.thread(id).more_after) await this.#chat.jumpToTail(id);
    this.#slice = tailSlice();
    this.#scroll.reset();
    this.render();
    this.#scroll.toBottom();
  }

  /** To a message that another one answers. @param {number} seq */
  async toSeq(seq) {
    try {
      await this.#jump(seq, true);
    } catch {
      toast(t("That message could not be fetched. Are you online?"));
    }
  }

  /** @param {Date} day */
  async toDate(day) {
    const id = this.#conversation;
    if (!id) return false;
    const seq = await this.#chat.jumpToDate(id, day);
    if (seq === null || id !== this.#conversation) return false;
    await this.#jump(seq, true);
    return true;
  }

  /**
   * @param {number} seq
   * @param {boolean} mark shows the reader which one it is
   */
  async #jump(seq, mark) {
    const id = this.#conversation;
    if (!id) return;
    await this.#chat.jumpToSeq(id, seq);
    if (id !== this.#conversation) return;
    const items = this.#chat.thread(id).items;
    const index = items.findIndex(({ entry }) => entry !== null && entry.seq >= seq);
    if (index < 0) return;
    this.#slice = sliceAround(
      items.map(({ key }) => key),
      index,
    );
    this.#settled = mark;
    this.render();
    const element = elementOf(this.#rows, items[index].key);
    if (!element || !mark) return;
    this.#scroll.reveal(element, FOUND_AT);
    element.dataset.found = "";
    setTimeout(() => delete element.dataset.found, FOUND_MS);
  }

  #revealDivider() {
    const element = elementOf(this.#rows, "new");
    if (!element) return;
    this.#scroll.reveal(element, DIVIDER_AT);
    if (!this.#scroll.stuck) this.#slice = { ...this.#slice, following: false };
  }

  #scrolled() {
    const id = this.#conversation;
    if (!id) return;
    const thread = this.#chat.thread(id);
    const keys = thread.items.map((item) => item.key);
    const at = place(this.#slice, keys);
    const atEnd = at.end === keys.length && !thread.more_after;
    this.#slice = { ...this.#slice, following: this.#scroll.stuck && atEnd };
    this.#paintTail(thread, !atEnd, this.#chat.conversation(id)?.unread ?? 0);
    this.#fill(thread, keys, at);
  }

  /**
   * Fetches or renders more where the reader comes near an edge.
   * @param {ThreadWindow} thread
   * @param {string[]} keys
   * @param {{ start: number, end: number }} at
   */
  #fill(thread, keys, at) {
    const id = this.#conversation;
    if (!id || this.#busy || !this.#scroll.isShown) return;
    if (keys.length === 0) {
      // A page of nothing but changes of earlier messages.
      if (thread.high > 0 && thread.more_before) this.#busyWith(this.#chat.loadOlder(id));
      return;
    }
    const { above, below } = this.#scroll.distances;
    // A screen so high that it shows all there may be: growing at one edge would shrink the other for ever.
    if (above < EDGE_PX && below < EDGE_PX && at.end - at.start >= MOST_ITEMS) return;
    const holdsEnd = (/** @type {string | null} */ last) => last === keys.at(-1) && !thread.more_after;
    if (above < EDGE_PX && at.start > 0) {
      const slice = growUp(keys, at);
      this.#grow(slice, holdsEnd(slice.last));
    } else if (above < EDGE_PX && thread.more_before) {
      this.#slice = sliceOf(keys, at.start, at.end, this.#slice.following);
      this.#busyWith(this.#chat.loadOlder(id));
    } else if (below < EDGE_PX && at.end < keys.length) {
      const slice = growDown(keys, at);
      this.#grow(slice, holdsEnd(slice.last));
    } else if (below < EDGE_PX && thread.more_after) this.#busyWith(this.#chat.loadNewer(id));
  }

  /**
   * @param {import("./thread_slice.js").Slice} slice
   * @param {boolean} atEnd does it hold the newest message?
   */
  #grow(slice, atEnd) {
    this.#slice = { ...slice, following: atEnd && this.#scroll.stuck };
    this.render();
  }

  /** @param {Promise<unknown>} work */
  async #busyWith(work) {
    const id = this.#conversation;
    const high = id ? this.#chat.thread(id) : null;
    this.#busy = true;
    try {
      await work;
    } catch {
      // Offline, most likely: the reader comes near the edge again, or the next render tries again.
      return;
    } finally {
      if (id === this.#conversation) this.#busy = false;
    }
    const now = id === this.#conversation && id ? this.#chat.thread(id) : null;
    if (now && high && (now.low !== high.low || now.high !== high.high)) this.render();
  }

  /**
   * @param {ThreadWindow} thread
   * @param {boolean} cut is there more below than is in the document?
   * @param {number} unread
   */
  #paintTail(thread, cut, unread) {
    const away = cut || this.#scroll.distances.below > EDGE_PX / 2;
    const fresh = unread > 0 && !this.#scroll.stuck;
    this.#tail.hidden = thread.items.length === 0 || !(away || fresh);
    setText(part(this.#tail, "tail-text"), fresh ? n("{count} new", "{count} new", unread) : t("Newest"));
  }

  /**
   * @param {Row[]} rows
   * @param {ConversationSummary | null} summary
   */
  #paintRows(rows, summary) {
    reconcile(this.#rows, rows, {
      key: (row) => row.key,
      create: (row) => this.#create(row),
      update: (element, row) => updateRow(element, row, this.#chat, summary),
      gone: (element) => this.#reads.unobserve(element),
    });
  }

  /** @param {Row} row */
  #create(row) {
    const element = createRow(row, this.#chat, this.#pickDate);
    if (row.type === "message" && !row.item.mine) this.#reads.observe(element);
    return element;
  }
}
