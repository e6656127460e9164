/**
 * What whoever runs this Chatter says to everybody, by the server's clock: from when it begins until it ends, and until this person closes it,
 * on whichever of their devices.
 */
/** @import { AnnouncementView } from "../types.d.ts" */

/** A longer wait overflows the browser's timers; then is looked again. */
const LONGEST_WAIT_MS = 24 * 3_600_000;

export class Announcements {
  #ports;
  /** @type {readonly AnnouncementView[]} */
  #all = [];
  /** @type {Set<string>} */
  #closed = new Set();
  /** how far the server's clock is ahead, ms */
  #ahead = 0;
  /** @type {unknown} */
  #timer;

  /**
   * @param {object} ports
   * @param {() => void} ports.changed
   * @param {(id: string) => Promise<unknown>} ports.close tells the server
   * @param {() => number} ports.now ms
   * @param {(run: () => void, ms: number) => unknown} ports.later
   * @param {(timer: any) => void} ports.cancel
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** Those that run now and are not closed, the oldest first. */
  get current() {
    const now = this.#now;
    return this.#all.filter((one) => one.begins_at <= now && now < one.ends_at && !this.#closed.has(one.id));
  }

  /**
   * The server's word.
   * @param {readonly AnnouncementView[] | null | undefined} all absent: an older server
   * @param {number} serverTime ms
   * @param {readonly string[]} [closed] by this person
   */
  set(all, serverTime, closed = []) {
    this.#all = all ?? [];
    this.#ahead = serverTime - this.#ports.now();
    for (const id of closed) this.#closed.add(id);
    this.look();
  }

  /** It was closed, here or on another device. @param {string} id */
  heardClosed(id) {
    this.#closed.add(id);
    this.look();
  }

  /** @param {string} id */
  async close(id) {
    await this.#ports.close(id);
    this.heardClosed(id);
  }

  /** Time may have passed: tell what runs now, and look again when the next one begins or ends. */
  look() {
    this.#ports.cancel(this.#timer);
    this.#ports.changed();
    const now = this.#now;
    const turns = this.#all.flatMap((one) => [one.begins_at, one.ends_at]).filter((moment) => moment > now);
    if (turns.length === 0) return;
    this.#timer = this.#ports.later(() => this.look(), Math.min(LONGEST_WAIT_MS, Math.min(...turns) - now));
  }

  stop() {
    this.#ports.cancel(this.#timer);
  }

  get #now() {
    return this.#ports.now() + this.#ahead;
  }
}
