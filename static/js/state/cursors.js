/**
 * Telling the server how far this person got. A burst is told once; what could not be told is told when it can.
 */
/** @import { Ack } from "../types.d.ts" */

const DELIVERED_MS = 300;
const READ_MS = 150;

/** @typedef {{ delivered: number, read: number }} Pair */
/** @typedef {{ conversation: string, delivered: number, read: number, read_ordinal: number }} CursorsAck */

export class Cursors {
  #send;
  #told;
  /** @type {Map<string, Pair>} as far as the server knows */
  #known = new Map();
  /** @type {Map<string, Pair>} */
  #wanted = new Map();
  /** @type {Map<string, { timer: ReturnType<typeof setTimeout>, due: number }>} */
  #timers = new Map();
  /** @type {Set<string>} */
  #asking = new Set();

  /**
   * @param {(conversation: string, cursors: { delivered?: number, read?: number }) => Promise<Ack<CursorsAck>>} send
   * @param {(cursors: CursorsAck) => void} told the server answered where they stand
   */
  constructor(send, told) {
    this.#send = send;
    this.#told = told;
  }

  /** The server said where they stand. @param {string} conversation @param {Pair} cursors */
  known(conversation, cursors) {
    const known = this.#known.get(conversation);
    this.#known.set(conversation, {
      delivered: Math.max(known?.delivered ?? 0, cursors.delivered),
      read: Math.max(known?.read ?? 0, cursors.read),
    });
  }

  /** @param {string} conversation @param {number} seq */
  delivered(conversation, seq) {
    this.#want(conversation, { delivered: seq, read: 0 }, DELIVERED_MS);
  }

  /** @param {string} conversation @param {number} seq */
  read(conversation, seq) {
    this.#want(conversation, { delivered: seq, read: seq }, READ_MS);
  }

  /** Try what is still untold: the connection is back, or a heartbeat was answered. */
  flush() {
    for (const conversation of [...this.#wanted.keys()]) void this.#tell(conversation);
  }

  /** The server takes none of this conversation any more. @param {string} conversation */
  forget(conversation) {
    this.#wanted.delete(conversation);
    clearTimeout(this.#timers.get(conversation)?.timer);
    this.#timers.delete(conversation);
  }

  stop() {
    for (const { timer } of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** @param {string} conversation @param {Pair} pair @param {number} ms */
  #want(conversation, pair, ms) {
    const wanted = this.#wanted.get(conversation) ?? { delivered: 0, read: 0 };
    wanted.delivered = Math.max(wanted.delivered, pair.delivered);
    wanted.read = Math.max(wanted.read, pair.read);
    this.#wanted.set(conversation, wanted);
    const due = Date.now() + ms;
    const waiting = this.#timers.get(conversation);
    if (waiting && waiting.due <= due) return;
    clearTimeout(waiting?.timer);
    this.#timers.set(conversation, { timer: setTimeout(() => void this.#tell(conversation), ms), due });
  }

  /** @param {string} conversation */
  async #tell(conversation) {
    clearTimeout(this.#timers.get(conversation)?.timer);
    this.#timers.delete(conversation);
    const news = this.#news(conversation);
    if (!news || this.#asking.has(conversation)) return;
    this.#asking.add(conversation);
    const ack = await this.#send(conversation, news);
    this.#asking.delete(conversation);
    if (ack.ok) {
      // What was asked counts as told even where the server capped it, or it would be asked again for ever.
      this.known(conversation, { delivered: news.delivered ?? 0, read: news.read ?? 0 });
      this.#told(ack);
      if (this.#news(conversation)) void this.#tell(conversation);
    } else if (ack.code === "not_found" || ack.code === "forbidden") this.#wanted.delete(conversation);
  }

  /** @param {string} conversation @returns {{ delivered?: number, read?: number } | null} */
  #news(conversation) {
    const wanted = this.#wanted.get(conversation);
    if (!wanted) return null;
    const known = this.#known.get(conversation) ?? { delivered: 0, read: 0 };
    if (wanted.read > known.read) return { delivered: Math.max(wanted.delivered, wanted.read), read: wanted.read };
    if (wanted.delivered > known.delivered) return { delivered: wanted.delivered };
    this.#wanted.delete(conversation);
    return null;
  }
}
