/**
 * Does the server itself say that it cannot store? A heartbeat, a handshake or a `sync` says so of everything, a `post`
 * of its conversation, as conversations are stored in shards. What said it has to unsay it: a heartbeat the one, a post
 * (or that none is left) the other. Pure but for the ports it is given.
 */
/** @import { Ack } from "../types.d.ts" */

/** A message that is accepted and not stored for longer than this (ms) is worth a word. */
const PENDING_MS = 10_000;

/**
 * @typedef {object} PausePorts
 * @property {(conversation: string | null) => void} changed null: everything
 * @property {() => void} eased a heartbeat says that the server can again
 * @property {() => void} doubt something worked that contradicts the last heartbeat: another one is due
 * @property {() => number} now ms
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {(timer: any) => void} cancel
 */

export class Pause {
  #ports;
  #everything = false;
  /** @type {Set<string>} conversations whose posts are refused, or wait for too long */
  #stuck = new Set();
  /** @type {Map<string, unknown>} conversation -> timer of a post that waits to be stored */
  #pending = new Map();

  /** @param {PausePorts} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  /** @param {string} conversation */
  of(conversation) {
    return this.#everything || this.#stuck.has(conversation);
  }

  /** A heartbeat or a handshake was answered "degraded". */
  refused() {
    if (this.#everything) return;
    this.#everything = true;
    this.#ports.changed(null);
  }

  /** A heartbeat was answered with the heads. */
  beat() {
    if (!this.#everything) return;
    this.#everything = false;
    this.#ports.changed(null);
    this.#ports.eased();
  }

  /**
   * @param {string} conversation
   * @param {Ack<object>} ack the answer to a post
   * @param {number} askedAt ms
   */
  posted(conversation, ack, askedAt) {
    if (ack.ok) {
      this.free(conversation);
      this.#doubt();
    } else if (ack.code === "degraded") this.hold(conversation);
    else if (ack.code === "pending") this.#wait(conversation, askedAt);
  }

  /** @param {Ack<object>} ack the answer to a `sync` */
  synced(ack) {
    if (ack.ok) this.#doubt();
    else if (ack.code === "degraded") this.refused();
  }

  /** A post of this conversation cannot be stored for now. @param {string} conversation */
  hold(conversation) {
    this.#forgetPending(conversation);
    if (this.#stuck.has(conversation)) return;
    this.#stuck.add(conversation);
    this.#ports.changed(conversation);
  }

  /** A post of this conversation was stored, or none is left. @param {string} conversation */
  free(conversation) {
    this.#forgetPending(conversation);
    if (this.#stuck.delete(conversation)) this.#ports.changed(conversation);
  }

  /** The connection is lost: what the server said of itself is not known any more. */
  forget() {
    for (const conversation of [...this.#pending.keys()]) this.#forgetPending(conversation);
    if (!this.#everything && this.#stuck.size === 0) return;
    this.#everything = false;
    this.#stuck.clear();
    this.#ports.changed(null);
  }

  #doubt() {
    if (this.#everything) this.#ports.doubt();
  }

  /** @param {string} conversation @param {number} askedAt ms, of the latest of maybe several */
  #wait(conversation, askedAt) {
    if (this.#pending.has(conversation) || this.#stuck.has(conversation)) return;
    const ms = Math.max(0, askedAt + PENDING_MS - this.#ports.now());
    this.#pending.set(
      conversation,
      this.#ports.later(() => this.hold(conversation), ms),
    );
  }

  /** @param {string} conversation */
  #forgetPending(conversation) {
    this.#ports.cancel(this.#pending.get(conversation));
    this.#pending.delete(conversation);
  }
}
