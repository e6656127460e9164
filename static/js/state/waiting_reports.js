/**
 * How many reports nobody has taken, kept up to date while a page of the dashboard is open. A page that nobody sees asks
 * seldom: its title is read in the row of tabs. Once the server says that it does not tell this browser, nothing is asked any
 * more. Pure but for the ports it is given.
 */

export const SEEN_EVERY_MS = 30_000;
export const HIDDEN_EVERY_MS = 120_000;
/** No one, not lately confirmed, no administrator (any more): asking again would be answered in the same way. */
const CLOSED = new Set([401, 403, 404]);

/**
 * @typedef {object} WaitingPorts
 * @property {() => Promise<{ status: number, waiting: number }>} ask throws where nothing comes back
 * @property {(waiting: number) => void} tell what the server answered
 * @property {() => void} end nothing is known from now on
 * @property {() => boolean} seen does somebody see the page?
 * @property {() => number} now ms
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {(timer: any) => void} cancel
 */

export class WaitingReports {
  #ports;
  #askedAt = 0;
  #asking = false;
  #ended = false;
  /** @type {unknown} */
  #timer = null;

  /** @param {WaitingPorts} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  /** The page came with a number. */
  start() {
    this.#askedAt = this.#ports.now();
    this.lookedAt();
  }

  stop() {
    this.#ended = true;
    this.#ports.cancel(this.#timer);
  }

  /** Somebody began or ceased to see the page. */
  lookedAt() {
    if (this.#ended || this.#asking) return;
    this.#ports.cancel(this.#timer);
    const every = this.#ports.seen() ? SEEN_EVERY_MS : HIDDEN_EVERY_MS;
    const due = this.#askedAt + every - this.#ports.now();
    this.#timer = this.#ports.later(() => void this.#look(), Math.max(0, due));
  }

  async #look() {
    this.#asking = true;
    this.#askedAt = this.#ports.now();
    const answer = await this.#ports.ask().catch(() => null); // the network is away: the next one may come through
    this.#asking = false;
    if (this.#ended) return;
    if (answer?.status === 200) this.#ports.tell(answer.waiting);
    if (answer && CLOSED.has(answer.status)) {
      this.stop();
      this.#ports.end();
    }
    this.lookedAt();
  }
}
