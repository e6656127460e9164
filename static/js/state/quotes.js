/** Entries that replies in a thread answer and that stand in none of its windows: fetched one by one, each once. */
/** @import { Entry } from "../types.d.ts" */

/** After a failure (offline, most likely) it is asked for again when it is wanted this much later. */
const AGAIN_MS = 10_000;
const MOST = 200;

export class Quotes {
  #fetch;
  /** @type {Map<number, Entry | null>} */
  #known = new Map();
  /** @type {Map<number, number>} number -> when it may be asked for again, ms */
  #waits = new Map();

  /** @param {(seq: number) => Promise<Entry | null>} fetch */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /**
   * @param {number} seq
   * @param {() => void} came it is here now
   * @returns {Entry | null} null: it is being fetched, or not to be had
   */
  at(seq, came) {
    const known = this.#known.get(seq);
    if (known === undefined && Date.now() >= (this.#waits.get(seq) ?? 0)) {
      this.#waits.set(seq, Date.now() + AGAIN_MS);
      void this.#find(seq, came);
    }
    return known ?? null;
  }

  /** @param {number} seq @param {() => void} came */
  async #find(seq, came) {
    try {
      this.#known.set(seq, await this.#fetch(seq));
    } catch {
      return;
    }
    if (this.#known.size > MOST) this.#known.delete(/** @type {number} */ (this.#known.keys().next().value));
    came();
  }
}
