/**
 * The Socket.IO connection: requests that always get an answer, facts that are checked, a heartbeat that notices silence.
 */
/** @import { Ack, Refusal } from "../types.d.ts" */
import { FACTS, heads, isAck, isFact } from "./protocol.js";

const HEARTBEAT_MS = 15_000;
const HEARTBEAT_ANSWER_MS = 5_000;
const REQUEST_MS = 10_000;
const RECONNECT_FIRST_MS = 500;
const RECONNECT_MOST_MS = 10_000;

/**
 * What is used of socket.io-client's Socket.
 * @typedef {object} Transport
 * @property {boolean} connected
 * @property {boolean} active will it reconnect by itself?
 * @property {() => unknown} connect
 * @property {() => unknown} disconnect
 * @property {(event: string, listener: (...args: any[]) => void) => unknown} on
 * @property {(ms: number) => { emitWithAck: (event: string, payload: unknown) => Promise<unknown> }} timeout
 */

/**
 * @typedef {object} SocketEvents
 * @property {() => void} connected
 * @property {(degraded: boolean) => void} disconnected also where connecting failed; did the server say that it cannot?
 * @property {() => void} degraded the server answered a heartbeat by saying that it cannot
 * @property {(fact: string, payload: any) => void} fact
 * @property {(heads: Record<string, number>) => void} heads
 * @property {() => void} signedOut the server does not know this browser any more
 */

/** @param {string} code @param {string} message @returns {Refusal} */
const refusal = (code, message) => ({ ok: false, code, message });

/** Options for socket.io-client's `io`. @param {readonly string[]} transports */
export const socketOptions = (transports) => ({
  transports: [...transports],
  autoConnect: false,
  withCredentials: true,
  reconnectionDelay: RECONNECT_FIRST_MS,
  reconnectionDelayMax: RECONNECT_MOST_MS,
  randomizationFactor: 0.5,
});

export class ChatSocket {
  #transport;
  #events;
  #visible = true;
  #stopped = true;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #heartbeat;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #reconnect;
  #failures = 0;
  #beating = false;

  /** @param {Transport} transport @param {SocketEvents} events */
  constructor(transport, events) {
    this.#transport = transport;
    this.#events = events;
    transport.on("connect", () => this.#connected());
    transport.on("disconnect", () => this.#disconnected());
    transport.on("connect_error", (error) => this.#refused(error));
    for (const fact of FACTS) transport.on(fact, (payload) => this.#heard(fact, payload));
  }

  get connected() {
    return this.#transport.connected;
  }

  start() {
    this.#stopped = false;
    this.#transport.connect();
  }

  stop() {
    this.#stopped = true;
    this.#silence();
    this.#transport.disconnect();
  }

  /**
   * Ask and be answered: a refusal with code "timeout" or "offline" where nobody did. Never rejects, and nothing is
   * kept for later: whoever asks knows best what is still worth asking once the connection is back.
   * @template T
   * @param {string} command
   * @param {object} payload
   * @param {number} [timeoutMs]
   * @returns {Promise<Ack<T>>}
   */
  async request(command, payload, timeoutMs = REQUEST_MS) {
    if (!this.#transport.connected) return refusal("offline", "Not connected.");
    try {
      const ack = await this.#transport.timeout(timeoutMs).emitWithAck(command, payload);
      if (isAck(command, ack)) return /** @type {Ack<T>} */ (ack);
      console.error(`not an acknowledgement of ${command}`);
    } catch {
      // socket.io-client rejects when the time is over and when the connection is lost: both may or may not have worked.
    }
    return refusal("timeout", "No answer in time.");
  }

  /** @param {boolean} visible is this tab looked at? */
  setVisible(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    void this.beat();
  }

  /**
   * Ask for every head now. The network may be back, or the machine awake: silence means the connection is lost.
   * @param {number} [withinMs] how long to wait for the answer
   */
  async beat(withinMs = HEARTBEAT_ANSWER_MS) {
    if (this.#stopped) return;
    if (!this.#transport.connected) return this.#hurry();
    if (this.#beating) return;
    this.#beating = true;
    const ack = await this.request("heads", heads(this.#visible), withinMs);
    this.#beating = false;
    if (ack.ok) this.#events.heads(/** @type {{ heads: Record<string, number> }} */ (ack).heads);
    else if (ack.code === "not_signed_in") this.#events.signedOut();
    else if (ack.code === "timeout") this.#renew();
    else if (ack.code === "degraded") this.#events.degraded();
  }

  #connected() {
    this.#failures = 0;
    this.#silence();
    this.#heartbeat = setInterval(() => void this.beat(), HEARTBEAT_MS);
    this.#events.connected();
  }

  #disconnected() {
    this.#silence();
    this.#events.disconnected(false);
    // Closed by the server or by us: socket.io does not come back from either by itself.
    if (!this.#transport.active) this.#connectLater(0);
  }

  /** @param {{ data?: { code?: string, retry_after?: number } }} error */
  #refused(error) {
    if (error?.data?.code === "not_signed_in") {
      this.stop();
      this.#events.signedOut();
      return;
    }
    this.#events.disconnected(error?.data?.code === "degraded");
    if (!this.#transport.active) this.#connectLater(error?.data?.retry_after ?? 0);
  }

  /** The other end is silent: let go of the connection and take a new one. */
  #renew() {
    if (this.#stopped || !this.#transport.connected) return;
    this.#transport.disconnect();
  }

  /** Connect now instead of when the wait is over. */
  #hurry() {
    // socket.io waits longer and longer by itself, too; having let go it begins at once.
    if (!this.#reconnect) this.#transport.disconnect();
    clearTimeout(this.#reconnect);
    this.#reconnect = undefined;
    this.#transport.connect();
  }

  /** @param {number} atLeastSeconds */
  #connectLater(atLeastSeconds) {
    if (this.#stopped) return;
    const own = Math.min(RECONNECT_MOST_MS, RECONNECT_FIRST_MS * 2 ** this.#failures++);
    clearTimeout(this.#reconnect);
    const ms = Math.max(own, atLeastSeconds * 1_000) * (0.5 + Math.random());
    this.#reconnect = setTimeout(() => {
      this.#reconnect = undefined;
      this.#transport.connect();
    }, ms);
  }

  #silence() {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#reconnect);
    this.#reconnect = undefined;
  }

  /** @param {string} fact @param {unknown} payload */
  #heard(fact, payload) {
    if (isFact(fact, payload)) this.#events.fact(fact, payload);
    else console.error(`not a fact of this wire: ${fact}`);
  }
}
