/**
 * One conversation's entries in memory: the tail, which follows the head, and, while the reader is elsewhere, a second
 * window that does not. Where the two meet they become one again.
 */
/** @import { Entry } from "../types.d.ts" */
/** @import { Ranges } from "./ranges.js" */
import { isExpiry } from "../domain/retention.js";
import { isRevision, Revisions, together } from "../domain/revisions.js";
import { Log, LogConflict, WINDOW_ENTRIES } from "./log.js";
import { Quotes } from "./quotes.js";

const PAGE = 50;
/** What stays in memory of a conversation that is not open. */
const CLOSED_ENTRIES = 60;
/** What the tail keeps when the reader's window parts from it. */
const TAIL_ENTRIES = 100;

export class Thread {
  #id;
  #ranges;
  /** @type {Log | null} */
  #elsewhere = null;
  /** @type {Promise<void> | null} */
  #seeding = null;
  #seeded = false;
  #painted = false;
  #revisions = new Revisions();
  loading = 0;

  /**
   * @param {string} id
   * @param {Ranges} ranges
   * @param {number} head as the conversation's view has it
   * @param {number} floor the first number this person may see, 1 and up
   */
  constructor(id, ranges, head, floor) {
    this.#id = id;
    this.#ranges = ranges;
    this.floor = Math.max(1, floor);
    this.quotes = new Quotes((seq) => ranges.one(id, seq));
    this.tail = this.#log(Math.max(head, this.floor - 1));
  }

  /** The window the reader sees. */
  get shown() {
    return this.#elsewhere ?? this.tail;
  }
  get moreBefore() {
    const { size, low, head } = this.shown;
    return size > 0 ? low > this.#first : head >= this.#first;
  }
  /** The first number of which there may be something to see. */
  get #first() {
    return Math.max(this.floor, this.#revisions.expired + 1);
  }
  get moreAfter() {
    return this.#elsewhere !== null;
  }
  get seeded() {
    return this.#seeded;
  }

  /** The number of entries that are known to exist and are not here, at the end that matters. */
  get behind() {
    return this.tail.behind;
  }

  /** The first number this person may see is a later one now: they were away, and came back. @param {number} floor */
  beginAt(floor) {
    if (floor <= this.floor) return;
    const { tail } = this;
    this.floor = floor;
    this.#elsewhere = null;
    this.tail = this.#log(floor - 1);
    this.tail.hear(tail.head);
    this.tail.apply([...tail.entries(), ...tail.early()].filter(({ seq }) => seq >= floor));
  }

  /** Begin with what this browser saw last; the head tells what is missing after it. */
  seed() {
    this.#seeding ??= this.#seed();
    return this.#seeding;
  }

  /** Begin with these, the newest run that was kept for the first paint. @param {Entry[]} entries */
  seedWith(entries) {
    this.#begin(entries);
    this.#painted = entries.length > 0;
  }

  async #seed() {
    const entries = await this.#ranges.tail(this.#id, PAGE);
    this.#begin(entries.filter(({ seq }) => seq >= this.floor));
    this.#seeded = true;
  }

  /** @param {Entry[]} entries oldest first, without a hole */
  #begin(entries) {
    const last = entries.at(-1);
    if (!last) return;
    const { tail } = this;
    const after = entries[0].seq - 1;
    const older = last.seq < tail.base;
    // A page that went too soon kept its end for the first paint alone, which is then more than what was kept before it.
    if (older && this.#painted) return;
    this.#within(() => {
      if (tail.size === 0 || older || after > tail.high) return tail.reset(after, entries);
      tail.prepend(entries);
      tail.apply(entries);
    });
  }

  /**
   * Entries older than those shown.
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async loadOlder() {
    const log = this.shown;
    if (!this.moreBefore) return;
    const entries = await this.#load(() => this.#ranges.before(this.#id, log.base + 1, PAGE, this.#elsewhere !== null));
    if (log !== this.shown) return;
    this.#within(() => log.prepend(entries.filter(({ seq }) => seq >= this.floor)));
    if (log.size > WINDOW_ENTRIES) this.#part();
  }

  /**
   * Entries newer than those shown, where the reader is not at the tail.
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async loadNewer() {
    const log = this.#elsewhere;
    if (!log) return;
    const entries = await this.#load(() => this.#ranges.after(this.#id, log.high, PAGE, true));
    if (log !== this.#elsewhere) return;
    this.#within(() => log.apply(entries));
    log.trim();
    this.#meet();
  }

  /**
   * Show the entries around `seq`.
   * @param {number} seq
   * @throws {import("../net/api.js").ApiRefusal}
   */
  async goTo(seq) {
    const wanted = Math.max(this.#first, seq);
    if (this.shown.at(wanted) && wanted <= this.shown.high) return;
    if (this.tail.at(wanted) && wanted <= this.tail.high) return this.goToTail();
    const after = Math.max(this.floor - 1, wanted - PAGE);
    const log = await this.#load(() => this.#around(after, wanted));
    if (log.size === 0) return;
    this.#elsewhere = log;
    this.#meet();
  }

  /**
   * A window that begins after `after` and reaches beyond `wanted`, if the log does.
   * @param {number} after
   * @param {number} wanted
   */
  async #around(after, wanted) {
    const log = this.#log(after);
    while (log.high < wanted + PAGE) {
      const entries = await this.#ranges.after(this.#id, log.high, after + 2 * PAGE - log.high, true);
      if (log.apply(entries) !== "applied") break;
    }
    return log;
  }

  goToTail() {
    this.#elsewhere = null;
  }

  /** The reader left: what is kept is the end. */
  close() {
    this.#elsewhere = null;
    this.tail.trim(CLOSED_ENTRIES);
  }

  /** Texts up to the number `upTo` are no longer kept. @param {number} upTo */
  expire(upTo) {
    if (!this.#revisions.expire(upTo)) return;
    this.tail.expire(upTo);
    this.#elsewhere?.expire(upTo);
  }

  /** What the tail heard about texts shows in the reader's window, too. @param {readonly Entry[]} entries */
  revise(entries) {
    for (const entry of entries) {
      if (isExpiry(entry)) this.#elsewhere?.expire(entry.target ?? 0);
      if (isRevision(entry) && entry.target) this.#elsewhere?.refresh(entry.target);
      if (entry.root) this.#elsewhere?.refresh(entry.root);
    }
  }

  /** What stands at the number `seq`, as it is now; null: it is being fetched, or not to be had. @param {number} seq @param {() => void} came */
  quoted(seq, came) {
    if (seq < this.floor) return null;
    const entry = this.shown.at(seq) ?? this.tail.at(seq) ?? this.quotes.at(seq, came);
    return entry && this.#revisions.current(entry);
  }

  /** An entry that was seen here, as it is now, also where it is in no window any more. @param {Entry} entry */
  current(entry) {
    const here = this.shown.at(entry.seq) ?? this.tail.at(entry.seq);
    return this.#revisions.current(here ? together(here, entry) : entry);
  }

  /** Keep memory bounded after entries came. @param {boolean} open */
  trim(open) {
    this.tail.trim(open ? WINDOW_ENTRIES + PAGE : CLOSED_ENTRIES);
  }

  /** What is here contradicts the server: forget it, here and in the browser's store. */
  async forget() {
    const { head } = this.tail;
    this.#elsewhere = null;
    this.tail = this.#log(this.floor - 1);
    this.tail.hear(head);
    await this.#ranges.forget(this.#id);
  }

  /** @param {number} after */
  #log(after) {
    return new Log(after, this.#revisions);
  }

  /** The reader's window grew too large at the old end: it parts from the tail. */
  #part() {
    const entries = this.shown.entries();
    const kept = this.#log(this.shown.base);
    kept.apply(entries.slice(0, WINDOW_ENTRIES));
    if (!this.#elsewhere) this.tail.trim(TAIL_ENTRIES);
    this.#elsewhere = kept;
  }

  /** Does the reader's window touch the tail? Then it is the tail. */
  #meet() {
    const log = this.#elsewhere;
    if (!log || this.tail.size === 0 || log.high < this.tail.base) return;
    this.#within(() => this.tail.prepend(log.entries()));
    this.#elsewhere = null;
    this.tail.trim();
  }

  /** The browser's store may hold what the server never kept; the server's word stands. @param {() => unknown} change */
  #within(change) {
    try {
      change();
    } catch (error) {
      if (!(error instanceof LogConflict)) throw error;
      console.error(this.#id, error);
      void this.forget();
    }
  }

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  async #load(work) {
    this.loading += 1;
    try {
      return await work();
    } finally {
      this.loading -= 1;
    }
  }
}
