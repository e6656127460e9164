/**
 * Catching up: compares heads with what is here and asks for what is missing. The open conversation at once, the
 * others one at a time in the background, and of those the newest page only.
 */
/** @import { Ack, Entry } from "../types.d.ts" */
/** @import { Log } from "./log.js" */
/** @import { Thread } from "./thread.js" */
import * as protocol from "../net/protocol.js";
import { backoff } from "./backoff.js";

const GAP_MS = 250;
const AGAIN_MS = 2_000;
/** A page of a conversation that is not open, and of one whose window starts over. */
const PAGE = 60;
const MOST_ROUNDS = 30;

/**
 * @typedef {{ conversation: string, entries: Entry[], head: number, head_ordinal: number, complete: boolean }} SyncAck
 * @typedef {{ after: number, until: number | null, restart: boolean }} Ask
 */

/**
 * @typedef {object} SyncPorts
 * @property {(payload: object) => Promise<Ack<SyncAck>>} request
 * @property {(id: string) => Thread | null} thread
 * @property {(id: string) => boolean} isOpen
 * @property {(id: string, ack: SyncAck, ask: Ask) => void} received
 * @property {(id: string) => void} lost the server says there is no such conversation for this person
 * @property {() => void} idle nothing is being asked for any more
 */

/**
 * What to ask for next; null: nothing is missing. Pure.
 * @param {Log} log
 * @param {number} floor
 * @param {boolean} open
 * @returns {Ask | null}
 */
export function nextAsk(log, floor, open) {
  const empty = log.size === 0 && log.head >= floor;
  if (empty || log.mustRestart || (!open && log.behind > PAGE)) {
    return { after: Math.max(floor - 1, log.head - PAGE), until: null, restart: true };
  }
  const gap = log.gap();
  if (gap) return { after: gap.after, until: gap.before - 1, restart: false };
  return log.behind > 0 ? { after: log.high, until: null, restart: false } : null;
}

export class Sync {
  #ports;
  /** @type {Set<string>} */
  #running = new Set();
  /** @type {Set<string>} asked for while running */
  #again = new Set();
  /** @type {Set<string>} in the background, first in first */
  #queue = new Set();
  /** @type {Set<string>} to be asked once even if nothing is missing: `sync` joins the room */
  #toJoin = new Set();
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #later = new Map();
  /** @type {Map<string, number>} how often it was refused in a row */
  #refusals = new Map();
  #pumping = false;
  #connected = false;

  /** @param {SyncPorts} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  get busy() {
    return this.#running.size > 0 || this.#queue.size > 0;
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    this.#connected = connected;
    this.#refusals.clear();
    if (!connected) this.#queue.clear();
  }

  /**
   * Catch up with a conversation soon.
   * @param {string} id
   * @param {{ join?: boolean }} [how]
   */
  want(id, { join = false } = {}) {
    if (join) this.#toJoin.add(id);
    if (!this.#connected) return;
    if (this.#running.has(id)) this.#again.add(id);
    else if (this.#ports.isOpen(id)) void this.#run(id);
    else {
      this.#queue.add(id);
      void this.#pump();
    }
  }

  /** Something came early: what is missing may be on its way, so wait a moment before asking. @param {string} id */
  gap(id) {
    this.#wantLater(id, GAP_MS);
  }

  stop() {
    this.setConnected(false);
    for (const timer of this.#later.values()) clearTimeout(timer);
    this.#later.clear();
  }

  async #pump() {
    if (this.#pumping) return;
    this.#pumping = true;
    for (const id of this.#queue) {
      this.#queue.delete(id);
      if (!this.#running.has(id)) await this.#run(id);
    }
    this.#pumping = false;
  }

  /** @param {string} id */
  async #run(id) {
    this.#running.add(id);
    try {
      await this.#catchUp(id);
    } finally {
      this.#running.delete(id);
    }
    if (this.#again.delete(id)) this.want(id);
    if (!this.busy) this.#ports.idle();
  }

  /** @param {string} id */
  async #catchUp(id) {
    const thread = this.#ports.thread(id);
    if (!thread) return;
    await thread.seed();
    for (let round = 0; round < MOST_ROUNDS && this.#connected; round++) {
      const ask = nextAsk(thread.tail, thread.floor, this.#ports.isOpen(id)) ?? this.#joining(id, thread.tail);
      if (!ask || !(await this.#ask(id, thread, ask))) return;
    }
  }

  /** @param {string} id @param {Log} log @returns {Ask | null} */
  #joining(id, log) {
    return this.#toJoin.has(id) ? { after: log.high, until: null, restart: false } : null;
  }

  /**
   * @param {string} id
   * @param {Thread} thread
   * @param {Ask} ask
   * @returns {Promise<boolean>} is it worth asking on?
   */
  async #ask(id, thread, ask) {
    const ack = await this.#ports.request(protocol.sync(id, ask.after, ask.until));
    if (!ack.ok) {
      this.#refused(id, ack);
      return false;
    }
    this.#refusals.delete(id);
    this.#toJoin.delete(id);
    const before = thread.tail.high;
    this.#ports.received(id, ack, ask);
    const moved = ask.restart || thread.tail.high > before;
    // No progress with something still missing would ask for ever: wait, then look again.
    if (!moved && nextAsk(thread.tail, thread.floor, true)) this.#wantLater(id, AGAIN_MS);
    return moved && !(ask.restart && ack.entries.length === 0);
  }

  /** @param {string} id @param {import("../types.d.ts").Refusal} refusal */
  #refused(id, refusal) {
    if (refusal.code === "not_found" || refusal.code === "forbidden") {
      this.#toJoin.delete(id);
      this.#ports.lost(id);
      return;
    }
    const refusals = (this.#refusals.get(id) ?? 0) + 1;
    this.#refusals.set(id, refusals);
    const ms = Math.max(AGAIN_MS, backoff(refusals, Math.random(), refusal.retry_after));
    if (this.#connected) this.#wantLater(id, ms);
  }

  /** @param {string} id @param {number} ms */
  #wantLater(id, ms) {
    if (this.#later.has(id)) return;
    const timer = setTimeout(() => {
      this.#later.delete(id);
      this.want(id);
    }, ms);
    this.#later.set(id, timer);
  }
}
