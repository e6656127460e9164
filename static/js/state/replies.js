/**
 * The thread that is open beside its conversation: what is at hand at once, then what the browser kept and what the server
 * has. It goes on with the log.
 */
/** @import { Entry } from "../types.d.ts" */
/** @import { Ranges } from "./ranges.js" */
import { together } from "../domain/revisions.js";
import { answers } from "../domain/threads.js";

/**
 * @typedef {object} Ports
 * @property {Pick<Ranges, "thread" | "threadSeen">} ranges
 * @property {(conversation: string) => readonly Entry[]} atHand the entries in memory
 * @property {(conversation: string) => void} changed
 */

export class Replies {
  #ports;
  #conversation = "";
  #root = 0;
  /** @type {Map<number, Entry>} the root and its replies */
  #entries = new Map();
  /** @type {number | null} where the page of earlier ones begins */
  #next = null;
  /** @type {"loading" | "here" | "failed"} */
  #state = "loading";
  /** an answer that comes after another thread was opened is for nobody */
  #turn = 0;

  /** @param {Ports} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  /** @param {string} conversation @param {number | null} root null: none */
  open(conversation, root) {
    this.#turn += 1;
    this.#conversation = root ? conversation : "";
    this.#root = root ?? 0;
    this.#entries.clear();
    this.#next = null;
    this.#state = "loading";
    if (!root) return;
    this.hear(conversation, this.#ports.atHand(conversation));
    void this.#remember();
    void this.refresh();
  }

  /** What is open of this conversation. @param {string} conversation */
  of(conversation) {
    if (this.#root === 0 || conversation !== this.#conversation) return null;
    const entries = [...this.#entries.values()].sort((a, b) => a.seq - b.seq);
    // Behind a page that is still to come, what was seen would stand with a hole in it.
    const shown = entries.filter(({ seq }) => seq === this.#root || seq >= (this.#next ?? 0));
    return { root: this.#root, entries: shown, more_before: this.#next !== null, state: this.#state };
  }

  /** The log went on, or came again. @param {string} conversation @param {readonly Entry[]} entries */
  hear(conversation, entries) {
    if (this.#root === 0 || conversation !== this.#conversation) return;
    for (const entry of entries) {
      if (entry.seq !== this.#root && !answers(entry, this.#root)) continue;
      const known = this.#entries.get(entry.seq);
      this.#entries.set(entry.seq, known ? together(known, entry) : entry);
    }
  }

  /** The end of it as the server has it: at first, and when it answers again. */
  refresh() {
    return this.#root === 0 ? Promise.resolve() : this.#load(null);
  }

  /** The page before those that are here. */
  async loadEarlier() {
    if (this.#next !== null) await this.#load(this.#next);
  }

  async #remember() {
    const turn = this.#turn;
    const seen = await this.#ports.ranges.threadSeen(this.#conversation, this.#root);
    if (turn !== this.#turn) return;
    this.hear(this.#conversation, seen);
    this.#ports.changed(this.#conversation);
  }

  /** @param {number | null} before */
  async #load(before) {
    const turn = this.#turn;
    const conversation = this.#conversation;
    try {
      const { entries, next } = await this.#ports.ranges.thread(conversation, this.#root, before);
      if (turn !== this.#turn) return;
      this.hear(conversation, entries);
      // Asked again, the end says nothing of the pages that are here already.
      if (before !== null || this.#state !== "here") this.#next = next;
      else if (next !== null && !this.#entries.has(next)) this.#next = next;
      this.#state = "here";
    } catch {
      if (turn !== this.#turn) return;
      if (this.#state !== "here") this.#state = "failed";
    }
    this.#ports.changed(conversation);
  }
}
