/**
 * Entries about an entry (edits, deletions, reactions), and what they make of it: the browser's half of
 * app/domain/revisions.py. Pure.
 *
 * An entry from the server carries what everything up to the number `rev` made of it. What is heard later is kept beside
 * that (`later`), in the log's order whatever the order it came in, until a newer answer of the server's covers it.
 */
/** @import { Entry, EntryKind, Message, Revision } from "../types.d.ts" */

import { EXPIRED, emptied, isExpiry, kept } from "./retention.js";
import { answered, withThread } from "./threads.js";

/** @type {ReadonlySet<EntryKind>} */
export const REVISION_KINDS = new Set(/** @type {const} */ (["edited", "deleted", "reacted", "unreacted"]));

/** Does it change a text instead of standing beside it? @param {Pick<Entry, "kind">} entry */
export const isRevision = ({ kind }) => REVISION_KINDS.has(kind);

/** Is it shown by itself, in the thread and in the list? @param {Pick<Entry, "kind">} entry */
export const standsAlone = (entry) => !isRevision(entry) && !isExpiry(entry) && entry.kind !== "withheld";

/** @type {WeakMap<Entry, Message>} */
const known = new WeakMap();

/** What a text is now. @param {Entry} entry @returns {Message} the same object for the same entry */
export function messageOf(entry) {
  const before = known.get(entry);
  if (before) return before;
  const message = (entry.later ?? []).reduce(applied, told(entry));
  known.set(entry, message);
  return message;
}

/** What the server said of it. Nothing can be done with what is no longer kept, as with what was deleted. @param {Entry} entry @returns {Message} */
const told = (entry) => ({
  body: entry.body,
  edited_at: entry.edited_at ?? null,
  deleted_at: entry.expired ? entry.created_at : (entry.deleted_at ?? null),
  deleted_by: entry.expired ? EXPIRED : (entry.deleted_by ?? null),
  reactions: entry.reactions ?? [],
});

/**
 * @param {Message} message
 * @param {Pick<Revision, "kind" | "sender" | "body" | "created_at">} revision
 * @returns {Message}
 */
export function applied(message, { kind, sender, body, created_at }) {
  if (message.deleted_at !== null) return message;
  if (kind === "deleted")
    return { body: "", edited_at: null, deleted_at: created_at, deleted_by: sender, reactions: [] };
  // An edit without a text is one that a deletion wiped, which is still to come.
  if (kind === "edited") return body === "" ? message : { ...message, body, edited_at: created_at };
  const others = message.reactions.filter(({ user, emoji }) => user !== sender || emoji !== body);
  const there = others.length < message.reactions.length;
  if (kind === "unreacted") return there ? { ...message, reactions: others } : message;
  return there ? message : { ...message, reactions: [...others, { user: sender, emoji: body }] };
}

/**
 * The target with one more revision of it, or the very same where that is known or covered already.
 * @param {Entry} target
 * @param {Revision} revision
 * @returns {Entry}
 */
export function revised(target, revision) {
  const { seq, kind, sender, body, created_at } = revision;
  const later = target.later ?? [];
  if (target.expired || seq <= (target.rev ?? 0) || later.some((one) => one.seq === seq)) return target;
  if (kind === "deleted") return deleted(target, revision);
  const kept = [...later, { seq, kind, sender, body, created_at }].sort((a, b) => a.seq - b.seq);
  return { ...target, later: kept };
}

/** Nothing comes after a deletion, and nothing is left of what came before. @param {Entry} target @param {Revision} revision @returns {Entry} */
function deleted({ later: _, edited_at: __, reactions: ___, ...target }, { seq, sender, created_at }) {
  return { ...target, body: "", rev: seq, deleted_at: created_at, deleted_by: sender };
}

/**
 * What two copies of one entry know together; the very same `known` where the other has nothing new.
 * @param {Entry} mine
 * @param {Entry} other
 * @returns {Entry}
 */
export function together(mine, other) {
  if (mine.expired || other.expired) return withThread(emptied(mine), other);
  const newer = (other.rev ?? 0) > (mine.rev ?? 0);
  const [base, rest] = newer ? [other, mine] : [mine, other];
  return withThread((rest.later ?? []).reduce(revised, base), rest);
}

/** What was heard about texts and their threads, by their numbers, for copies of them that come later. Bounded. */
export class Revisions {
  /** @type {Map<number, Entry[]>} */
  #byTarget = new Map();
  #count = 0;
  /** @type {Map<number, Map<number, Entry>>} */
  #byRoot = new Map();

  /** texts up to this number are no longer kept */
  expired = 0;

  /** Texts up to the number `upTo` are no longer kept. @param {number} upTo @returns {boolean} is that new? */
  expire(upTo) {
    if (upTo <= this.expired) return false;
    this.expired = upTo;
    for (const [target, entries] of this.#byTarget) {
      if (target > upTo) continue;
      this.#byTarget.delete(target);
      this.#count -= entries.length;
    }
    return true;
  }

  /** @param {Entry} entry a revision, a reply, or that texts are no longer kept */
  hear(entry) {
    if (isExpiry(entry)) this.expire(entry.target ?? 0);
    if (entry.root) this.#answer(entry.root, entry);
    if (isRevision(entry) && entry.target && entry.target > this.expired) this.#revise(entry.target, entry);
  }

  /** @param {number} root @param {Entry} entry */
  #answer(root, entry) {
    const heard = this.#byRoot.get(root) ?? new Map();
    // The thread that changed last is forgotten last.
    this.#byRoot.delete(root);
    this.#byRoot.set(root, heard.set(entry.seq, entry));
    if (heard.size > MOST_ANSWERS) heard.delete(Math.min(...heard.keys()));
    if (this.#byRoot.size > MOST_ANSWERS) this.#byRoot.delete(/** @type {number} */ (this.#byRoot.keys().next().value));
  }

  /** @param {number} target @param {Entry} revision */
  #revise(target, revision) {
    const heard = this.#byTarget.get(target) ?? [];
    if (heard.some(({ seq, kind }) => seq === revision.seq || kind === "deleted")) return;
    const kept = revision.kind === "deleted" ? [] : heard;
    this.#byTarget.set(target, [...kept, revision]);
    this.#count += kept.length + 1 - heard.length;
    for (const [oldest, entries] of this.#byTarget) {
      if (this.#count <= MOST_HEARD) break;
      this.#byTarget.delete(oldest);
      this.#count -= entries.length;
    }
  }

  /** The entry with what was heard about it; the very same where there is nothing new. @param {Entry} entry @returns {Entry} */
  current(entry) {
    const { kind, target, body } = entry;
    const wiped = kind === "edited" && body !== "" && this.#byTarget.get(target ?? 0)?.at(0)?.kind === "deleted";
    if (wiped) return { ...entry, body: "" };
    const now = (this.#byTarget.get(entry.seq) ?? []).reduce(revised, kept(entry, this.expired));
    return [...(this.#byRoot.get(entry.seq)?.values() ?? [])].reduce(answered, now);
  }
}

const MOST_HEARD = 5_000;
/** Threads, and entries of each: what is known of more comes with the next answer of the server's. */
const MOST_ANSWERS = 500;
