/** What stands in a thread, top to bottom: entries, those that came early, and what has no number yet. Pure. */
/** @import { ConversationView, Entry, Message, OutboxItem, Pin, Present, Quote, RepliesWindow, ThreadItem, ThreadWindow } from "../types.d.ts" */
/** @import { Thread } from "./thread.js" */
import { entryKindOf } from "../domain/marks.js";
import { isExpiry } from "../domain/retention.js";
import { applied, isRevision, messageOf } from "../domain/revisions.js";
import { repliesTo } from "../domain/threads.js";
import { tickOf, tickOfPending } from "./ticks.js";

/** @typedef {(seq: number) => Quote} Quoting */

/**
 * @param {ConversationView} view
 * @param {Thread} thread
 * @param {readonly OutboxItem[]} pending of this conversation, first in first
 * @param {string} me
 * @param {readonly Pin[]} pins
 * @param {() => void} [came] what a reply answers was fetched
 * @returns {ThreadWindow}
 */
export function threadWindow(view, thread, pending, me, pins = [], came = () => undefined) {
  const { shown, moreAfter } = thread;
  const entries = moreAfter ? shown.entries() : [...shown.entries(), ...shown.early()];
  const hidden = new Set(view.me.hidden);
  const changes = byTarget(pending);
  /** @type {Quoting} */
  const quoting = (seq) => {
    const quote = quoteOf(thread, seq, changes.get(seq), me, came);
    return hidden.has(seq) ? { ...quote, message: null } : quote;
  };
  const expired = view.expired ?? 0;
  const items = entries
    .filter((entry) => entry.seq > expired && !isRevision(entry) && !isExpiry(entry) && !hidden.has(entry.seq))
    .map((entry) => itemOf(view, entry, me, changes.get(entry.seq), quoting, answering(pending, entry.seq).length));
  if (!moreAfter) for (const item of pending) if (!item.kind) items.push(pendingItem(item, quoting));
  return {
    conversation: view.id,
    items,
    low: shown.low,
    high: shown.size > 0 ? shown.high : 0,
    head: Math.max(thread.tail.head, view.head),
    more_before: thread.moreBefore,
    more_after: moreAfter,
    expired_at: expired >= view.me.from_seq && !thread.moreBefore ? (view.expired_at ?? null) : null,
    gap: moreAfter ? null : shown.gap(),
    loading: thread.loading > 0,
    revisions: entries.filter(isRevision),
    pins: pins.filter(({ seq }) => !hidden.has(seq)),
  };
}

/**
 * A thread that is open, with what is on its way.
 * @param {ConversationView} view
 * @param {Thread} thread
 * @param {{ root: number, entries: readonly Entry[], more_before: boolean, state: RepliesWindow["state"] }} replies
 * @param {readonly OutboxItem[]} pending
 * @param {string} me
 * @param {() => void} came what a reply answers was fetched
 * @returns {RepliesWindow}
 */
export function repliesWindow(view, thread, { root, entries, more_before, state }, pending, me, came) {
  const hidden = new Set(view.me.hidden);
  const changes = byTarget(pending);
  const known = new Map(entries.map((entry) => [entry.seq, thread.current(entry)]));
  /** @type {Quoting} */
  const quoting = (seq) => {
    const entry = known.get(seq) ?? thread.quoted(seq, came);
    const there = entry?.kind === "text" && !hidden.has(seq);
    return { seq, entry, message: there ? changed(entry, changes.get(seq), me).message : null };
  };
  const waiting = answering(pending, root);
  const items = [...known.values()]
    .filter(({ seq }) => !hidden.has(seq))
    .map((entry) => itemOf(view, entry, me, changes.get(entry.seq), quoting, waiting.length));
  for (const item of pending) if (!item.kind && item.root === root) items.push(pendingItem(item, quoting));
  // What answers the root stands under it.
  const shown = items.map((item) => (item.quote?.seq === root ? { ...item, quote: null } : item));
  return { root, items: shown, more_before, state };
}

/** What is on its way to a thread. @param {readonly OutboxItem[]} pending @param {number} root */
const answering = (pending, root) =>
  pending.filter((item) => !item.kind && item.root === root && item.state !== "refused");

/**
 * What stands at the number `seq`, with what is on its way.
 * @param {Thread} thread
 * @param {number} seq
 * @param {OutboxItem[] | undefined} changes of it
 * @param {string} me
 * @param {() => void} came it was fetched
 * @returns {Quote}
 */
export function quoteOf(thread, seq, changes, me, came) {
  const entry = thread.quoted(seq, came);
  return { seq, entry, message: entry?.kind === "text" ? changed(entry, changes, me).message : null };
}

/**
 * What these texts are now, in the log's order, with what is on its way; those that are deleted are left out.
 * @param {Thread} thread
 * @param {readonly Entry[]} entries as they were seen
 * @param {readonly OutboxItem[]} pending
 * @param {string} me
 * @returns {Present[]}
 */
export function presentOf(thread, entries, pending, me) {
  const changes = byTarget(pending);
  return entries
    .map((entry) => thread.current(entry))
    .map((entry) => ({ entry, message: changed(entry, changes.get(entry.seq), me).message }))
    .filter(({ message }) => message.deleted_at === null)
    .sort((a, b) => a.entry.seq - b.entry.seq);
}

/** @param {readonly OutboxItem[]} pending */
function byTarget(pending) {
  /** @type {Map<number, OutboxItem[]>} */
  const changes = new Map();
  for (const item of pending) {
    if (item.kind && item.target) changes.set(item.target, [...(changes.get(item.target) ?? []), item]);
  }
  return changes;
}

/**
 * The text with what is on its way to the server; what was refused is not made.
 * @param {Entry} entry
 * @param {OutboxItem[]} changes
 * @param {string} me
 * @returns {{ message: Message, changing: boolean, refused: OutboxItem | null }}
 */
function changed(entry, changes = [], me) {
  let message = messageOf(entry);
  let changing = false;
  for (const { body, created_at, state, ...item } of changes) {
    const kind = entryKindOf(item);
    if (!kind || !isRevision({ kind }) || state === "refused") continue;
    message = applied(message, { kind, sender: me, body, created_at });
    changing = true;
  }
  return { message, changing, refused: changes.find(({ state }) => state === "refused") ?? null };
}

/**
 * @param {ConversationView} view
 * @param {Entry} entry
 * @param {string} me
 * @param {OutboxItem[] | undefined} changes
 * @param {Quoting} quoting
 * @param {number} waiting replies to it that are on their way
 * @returns {ThreadItem}
 */
function itemOf(view, entry, me, changes, quoting, waiting) {
  const mine = entry.sender === me;
  const text = entry.kind === "text";
  const now = text ? changed(entry, changes, me) : { message: null, changing: false, refused: null };
  return {
    // Only a sender's own client ids are unique to them: another's could be copied from an entry on purpose.
    key: mine && entry.client_id ? entry.client_id : `#${entry.seq}`,
    entry,
    pending: null,
    mine,
    tick: mine && text ? tickOf(view, entry, me) : null,
    ...now,
    quote: text && entry.target && now.message?.deleted_at === null ? quoting(entry.target) : null,
    replies: text ? repliesTo(entry) + waiting : 0,
  };
}

/** @param {OutboxItem} item @param {Quoting} quoting @returns {ThreadItem} */
function pendingItem(item, quoting) {
  return {
    key: item.client_id,
    entry: null,
    pending: item,
    mine: true,
    tick: tickOfPending(item),
    message: { body: item.body, edited_at: null, deleted_at: null, deleted_by: null, reactions: [] },
    changing: false,
    refused: null,
    quote: item.target ? quoting(item.target) : null,
    replies: 0,
  };
}
