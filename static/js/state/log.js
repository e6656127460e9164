/**
 * One contiguous window of a conversation's log. Pure: no DOM, no network, no clock.
 *
 * Numbers have no holes, so "last + 1" is next and anything further shows that something is missing. What comes early
 * is held back until the hole is filled; what comes twice changes nothing.
 */
/** @import { Entry } from "../types.d.ts" */
import { isExpiry } from "../domain/retention.js";
import { isRevision, Revisions, together } from "../domain/revisions.js";

/** Further behind than this, the window starts over at the newest page instead of fetching all that lies between. */
export const RESTART_BEHIND = 500;
/** The most entries a window holds; older ones are in the browser's store and on the server. */
export const WINDOW_ENTRIES = 600;
/** The most entries held back; beyond it the furthest are dropped and fetched later like any others. */
const EARLY_ENTRIES = 1_000;

/** Two entries claim one number: the promise is broken, or the browser holds what the server never kept. */
export class LogConflict extends Error {
  /** @param {number} seq */
  constructor(seq) {
    super(`entry ${seq} came with two client ids`);
    this.name = "LogConflict";
    this.seq = seq;
  }
}

export class Log {
  /** the number before the window's first */
  #base;
  /** @type {Entry[]} */
  #window = [];
  /** @type {Map<number, Entry>} */
  #early = new Map();
  #head;
  #revisions;

  /**
   * @param {number} [after] the window begins after this number
   * @param {Revisions} [revisions] what was heard about the conversation's texts, shared by its windows
   */
  constructor(after = 0, revisions = new Revisions()) {
    this.#revisions = revisions;
    this.#base = after;
    this.#head = after;
  }

  /** The window's first number; 0 where it is empty. */
  get low() {
    return this.#window.length > 0 ? this.#base + 1 : 0;
  }
  /** The last number up to which nothing is missing, counted from where the window begins. */
  get high() {
    return this.#base + this.#window.length;
  }
  /** The highest number heard of. */
  get head() {
    return this.#head;
  }
  get base() {
    return this.#base;
  }
  get size() {
    return this.#window.length;
  }
  get behind() {
    return this.#head - this.high;
  }
  get mustRestart() {
    return this.behind > RESTART_BEHIND;
  }

  /** The window, oldest first. */
  entries() {
    return this.#window;
  }

  /** What is held back, oldest first. */
  early() {
    return [...this.#early.values()].sort((a, b) => a.seq - b.seq);
  }

  /** @param {number} seq @returns {Entry | null} */
  at(seq) {
    return this.#window[seq - this.#base - 1] ?? this.#early.get(seq) ?? null;
  }

  /**
   * The first hole: `after` is there, `before` is there, what lies between is not.
   * @returns {{ after: number, before: number } | null}
   */
  gap() {
    if (this.#early.size === 0) return null;
    let before = Number.POSITIVE_INFINITY;
    for (const seq of this.#early.keys()) before = Math.min(before, seq);
    return { after: this.high, before };
  }

  /**
   * A head was heard of. Heads never go back; a lower one is an older answer.
   * @param {number} head
   * @returns {boolean} was it news?
   */
  hear(head) {
    if (head <= this.#head) return false;
    this.#head = head;
    return true;
  }

  /**
   * Take what came, in any order, any number of times.
   * @param {readonly Entry[]} entries
   * @returns {"applied" | "duplicate" | "gap"} "gap" while something is held back
   * @throws {LogConflict}
   */
  apply(entries) {
    let fresh = false;
    for (const entry of entries) {
      this.#learn(entry);
      if (this.#refusesOrKnows(entry)) continue;
      fresh = true;
      this.hear(entry.seq);
      const current = this.#revisions.current(entry);
      if (entry.seq === this.high + 1) this.#window.push(current);
      else this.#hold(current);
      this.#drain();
    }
    if (this.#early.size > 0) return "gap";
    return fresh ? "applied" : "duplicate";
  }

  /**
   * Put older entries before the window; only those that join it without a hole are taken.
   * @param {readonly Entry[]} entries oldest first
   * @returns {number} how many were added
   * @throws {LogConflict}
   */
  prepend(entries) {
    /** @type {Entry[]} */
    const joined = [];
    let next = this.#base;
    for (const entry of entries) this.#learn(entry);
    for (const entry of [...entries].sort((a, b) => b.seq - a.seq)) {
      if (entry.seq > next) {
        if (entry.seq > this.#base) this.#refusesOrKnows(entry);
        continue;
      }
      if (entry.seq < next) break;
      joined.push(this.#revisions.current(entry));
      next -= 1;
    }
    this.#window = [...joined.reverse(), ...this.#window];
    this.#base = next;
    return joined.length;
  }

  /**
   * Start over: the window is what follows `after` without a hole. What was held back beyond it stays.
   * @param {number} after
   * @param {readonly Entry[]} entries oldest first
   */
  reset(after, entries) {
    const later = [...this.#window, ...this.#early.values()].filter((entry) => entry.seq > after);
    this.#base = after;
    this.#window = [];
    this.#early.clear();
    this.hear(after);
    this.apply(entries);
    const high = this.high;
    this.apply(later.filter((entry) => entry.seq > high));
  }

  /**
   * Forget the oldest beyond `limit`.
   * @param {number} [limit]
   */
  trim(limit = WINDOW_ENTRIES) {
    const surplus = this.#window.length - limit;
    if (surplus <= 0) return;
    this.#window = this.#window.slice(surplus);
    this.#base += surplus;
  }

  /** What was heard about the text `seq`, through whichever window, shows in this one. @param {number} seq */
  refresh(seq) {
    const known = this.at(seq);
    if (known) this.#replace(known, this.#revisions.current(known));
  }

  /** Texts up to the number `upTo` are no longer kept: nothing of what they said stays. @param {number} upTo */
  expire(upTo) {
    this.#revisions.expire(upTo);
    for (const entry of [...this.#window, ...this.#early.values()])
      this.#replace(entry, this.#revisions.current(entry));
  }

  /** A revision changes its target and a reply its root, here or when that comes. @param {Entry} entry */
  #learn(entry) {
    if (isExpiry(entry)) return this.expire(entry.target ?? 0);
    if (!isRevision(entry) && !entry.root) return;
    this.#revisions.hear(entry);
    if (entry.root) this.refresh(entry.root);
    if (!isRevision(entry) || !entry.target) return;
    this.refresh(entry.target);
    if (entry.kind === "deleted") this.#wipe(entry.target);
  }

  /** Nothing that a deleted text ever said stays. @param {number} target */
  #wipe(target) {
    for (const entry of [...this.#window, ...this.#early.values()]) {
      if (entry.kind === "edited" && entry.target === target) this.#replace(entry, { ...entry, body: "" });
    }
  }

  /** @param {Entry} known @param {Entry} next the same entry, further on */
  #replace(known, next) {
    if (next === known) return;
    const index = known.seq - this.#base - 1;
    if (this.#window[index]) this.#window[index] = next;
    else this.#early.set(known.seq, next);
  }

  /** @param {Entry} entry */
  #refusesOrKnows(entry) {
    const known = this.at(entry.seq);
    if (known && known.client_id !== entry.client_id) throw new LogConflict(entry.seq);
    if (known) this.#replace(known, together(known, entry));
    return known !== null || entry.seq <= this.#base;
  }

  /** @param {Entry} entry */
  #hold(entry) {
    this.#early.set(entry.seq, entry);
    if (this.#early.size <= EARLY_ENTRIES) return;
    this.#early.delete(Math.max(...this.#early.keys()));
  }

  #drain() {
    for (let entry = this.#early.get(this.high + 1); entry; entry = this.#early.get(this.high + 1)) {
      this.#early.delete(entry.seq);
      this.#window.push(entry);
    }
  }
}
