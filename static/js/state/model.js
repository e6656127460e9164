/** Everything the views read, answered from memory; what was computed is kept until something under it changes. */
/** @import { ConversationSummary, ConversationView, Entry, OutboxItem, Present, Quote, RepliesWindow, ThreadWindow } from "../types.d.ts" */
/** @import { Connection } from "./connection.js" */
/** @import { Directory } from "./directory.js" */
/** @import { Drafts } from "./drafts.js" */
/** @import { Outbox } from "./outbox.js" */
/** @import { Pause } from "./pause.js" */
/** @import { Pins } from "./pins.js" */
/** @import { Ranges } from "./ranges.js" */
/** @import { Replies } from "./replies.js" */
/** @import { Topics } from "./topics.js" */
/** @import { Typing } from "./typing.js" */
import { marked } from "../domain/marks.js";
import { rootOf } from "../domain/threads.js";
import { standingOf } from "./connection.js";
import { byActivity, summaryOf } from "./summaries.js";
import { Thread } from "./thread.js";
import { presentOf, quoteOf, repliesWindow, threadWindow } from "./thread_window.js";
import { unreadOf } from "./unread.js";

/**
 * @typedef {object} ModelParts
 * @property {Directory} directory
 * @property {Outbox} outbox
 * @property {Pins} pins
 * @property {Drafts} drafts
 * @property {Typing} typing
 * @property {Connection} connection
 * @property {Pause} pause
 * @property {Ranges} ranges
 * @property {Replies} replies
 * @property {Topics} topics
 */

export class Model {
  #parts;
  /** @type {Map<string, Thread>} */
  #threads = new Map();
  /** @type {Map<string, ConversationSummary>} */
  #summaries = new Map();
  /** @type {Map<string, ThreadWindow>} */
  #windows = new Map();
  /** @type {ConversationSummary[] | null} */
  #sorted = null;
  /** @type {Map<string, number>} conversation -> ordinal of one's own newest message that was seen here */
  #ownOrdinals = new Map();
  /** @type {string | null} */
  openId = null;

  /** @param {ModelParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @param {string} id @returns {Thread | null} */
  thread(id) {
    const view = this.#parts.directory.conversation(id);
    if (!view) return null;
    const thread = this.#threads.get(id) ?? new Thread(id, this.#parts.ranges, view.head, view.me.from_seq);
    this.#threads.set(id, thread);
    thread.beginAt(view.me.from_seq);
    thread.expire(view.expired ?? 0);
    return thread;
  }

  /** The thread, if it was ever needed. @param {string} id */
  knownThread(id) {
    return this.#threads.get(id) ?? null;
  }

  /** @param {string} id @returns {ConversationSummary | null} */
  summary(id) {
    const known = this.#summaries.get(id);
    if (known) return known;
    const view = this.#view(id);
    if (!view) return null;
    const summary = this.#summarise(view);
    this.#summaries.set(id, summary);
    return summary;
  }

  /** In the order of the list. */
  summaries() {
    this.#sorted ??= this.#parts.directory
      .conversations()
      .map(({ id }) => /** @type {ConversationSummary} */ (this.summary(id)))
      .sort(byActivity);
    return this.#sorted;
  }

  totalUnread() {
    return this.summaries().reduce((sum, { unread, mentioned, marked, muted, archived, level }) => {
      // Where mentions alone call one, that one is mentioned counts as one, however much else is unread.
      const calling = level === "mentions" ? Number(mentioned) : unread;
      return sum + (muted || archived ? 0 : Math.max(calling, Number(marked)));
    }, 0);
  }

  /** @param {string} id @returns {ThreadWindow} */
  window(id) {
    const known = this.#windows.get(id);
    if (known) return known;
    const { directory, outbox, pins } = this.#parts;
    const view = this.#view(id);
    const thread = this.thread(id);
    if (!view || !thread) return emptyWindow(id);
    const me = directory.me.id;
    const pending = outbox.of(id);
    const window = threadWindow(view, thread, pending, me, pins.of(view, pending, me), () => this.touchThread(id));
    this.#windows.set(id, window);
    return window;
  }

  /** The thread that is open, if it is one of this conversation's. @param {string} id @returns {RepliesWindow | null} */
  replies(id) {
    const { directory, outbox } = this.#parts;
    const open = this.#parts.replies.of(id);
    const view = this.#view(id);
    const thread = this.thread(id);
    if (!open || !view || !thread) return null;
    return repliesWindow(view, thread, open, outbox.of(id), directory.me.id, () => this.touchThread(id));
  }

  /** Where the thread begins that a reply to the message `seq` belongs to. @param {string} id @param {number} seq */
  rootOf(id, seq) {
    const thread = this.#threads.get(id);
    const replied = this.#parts.replies.of(id)?.entries.find((entry) => entry.seq === seq);
    const entry = replied ?? thread?.shown.at(seq) ?? thread?.tail.at(seq);
    return entry ? rootOf(entry) : seq;
  }

  /** A message by its number; where it is not at hand it is fetched. @param {string} id @param {number} seq @returns {Quote} */
  quoted(id, seq) {
    const thread = this.thread(id);
    if (!thread) return { seq, entry: null, message: null };
    const { directory, outbox } = this.#parts;
    const changes = outbox.of(id).filter(({ kind, target }) => kind && target === seq);
    const quote = quoteOf(thread, seq, changes, directory.me.id, () => this.touchThread(id));
    return this.#view(id)?.me.hidden?.includes(seq) ? { ...quote, message: null } : quote;
  }

  /**
   * What these texts are now, in the log's order; those that were deleted since, for all or for oneself, are left out.
   * @param {string} id
   * @param {readonly Entry[]} entries
   * @returns {Present[]}
   */
  present(id, entries) {
    const thread = this.thread(id);
    if (!thread) return [];
    const { directory, outbox } = this.#parts;
    const pending = outbox.of(id);
    const hidden = new Set(this.#view(id)?.me.hidden);
    return presentOf(thread, entries, pending, directory.me.id).filter(({ entry }) => !hidden.has(entry.seq));
  }

  /** One's own message stands at this ordinal. @param {string} id @param {number} ordinal */
  wrote(id, ordinal) {
    this.#ownOrdinals.set(id, Math.max(ordinal, this.#ownOrdinals.get(id) ?? 0));
  }

  /** Something of this conversation changed that its row in the list may show. @param {string} id */
  touch(id) {
    this.#summaries.delete(id);
    this.#sorted = null;
    this.#parts.topics.tell("conversations");
  }

  /** Something changed that its thread shows. @param {string} id */
  touchThread(id) {
    this.#windows.delete(id);
    this.touch(id);
    this.#parts.topics.tell("thread", id);
  }

  /** Time has passed: chats that were muted until now are not any more. */
  mutesPassed() {
    const now = Date.now();
    for (const { id, muted, level, view } of this.summaries())
      if (muted && level !== "none" && (view.me.muted_until ?? 0) <= now) this.touch(id);
  }

  /** Names, places or everything at once. */
  touchAll() {
    this.#summaries.clear();
    this.#windows.clear();
    this.#sorted = null;
    this.#parts.topics.tell("conversations");
    if (this.openId) this.#parts.topics.tell("thread", this.openId);
  }

  /** @param {string} id */
  forget(id) {
    this.#threads.delete(id);
    this.#ownOrdinals.delete(id);
    this.#parts.pins.forget(id);
    this.touchThread(id);
  }

  /** The view, with one's own marks that are on their way. @param {string} id @returns {ConversationView | null} */
  #view(id) {
    const view = this.#parts.directory.conversation(id);
    return view && marked(view, this.#parts.outbox.of(id));
  }

  /** @param {ConversationView} view */
  #summarise(view) {
    const { directory, drafts, typing } = this.#parts;
    const pending = this.#parts.outbox.of(view.id);
    return summaryOf(view, {
      me: directory.me,
      presenceKnown: this.#parts.connection.current.state !== "offline",
      contact: (user) => directory.contact(user),
      lastPending: pending.findLast(({ kind }) => !kind) ?? null,
      unread: unreadOf(view, this.#ownOrdinal(view)),
      typing: typing.of(view.id),
      draft: drafts.get(view.id),
      standing: this.#standing(view, pending),
      addedAt: directory.addedAt(view.id),
      now: Date.now(),
    });
  }

  /** @param {ConversationView} view */
  #ownOrdinal(view) {
    const { last } = view;
    const mine = last?.kind === "text" && last.sender === this.#parts.directory.me.id;
    const atEnd = mine ? last.ordinal : 0;
    return Math.max(atEnd, this.#ownOrdinals.get(view.id) ?? 0);
  }

  /** @param {ConversationView} view @param {readonly OutboxItem[]} pending */
  #standing(view, pending) {
    const thread = this.#threads.get(view.id);
    return standingOf(this.#parts.connection.current, {
      paused: this.#parts.pause.of(view.id),
      behind: thread?.behind ?? 0,
      head: Math.max(view.head, thread?.tail.head ?? 0),
      queued: pending.filter(({ state }) => state !== "refused").length,
    });
  }
}

/** @param {string} conversation @returns {ThreadWindow} */
function emptyWindow(conversation) {
  return {
    conversation,
    items: [],
    low: 0,
    high: 0,
    head: 0,
    more_before: false,
    more_after: false,
    expired_at: null,
    gap: null,
    loading: false,
    revisions: [],
    pins: [],
  };
}
