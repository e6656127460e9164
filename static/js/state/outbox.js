/**
 * Messages that have no number yet: first in first out, one in flight per conversation, asked again with the same
 * client id until the answer is definite. Pure but for the ports it is given.
 */
/** @import { Ack, OutboxItem } from "../types.d.ts" */
/** @import { OutboxStorage } from "./outbox_storage.js" */
import { backoff } from "./backoff.js";
import { isMoot, isRefused } from "./commands.js";
import { inOrder } from "./outbox_storage.js";

/**
 * @typedef {{ seq: number, ordinal: number, conversation: string, client_id: string, created_at: number }} Receipt
 * @typedef {Pick<OutboxItem, "client_id" | "conversation" | "kind" | "target" | "targets" | "root" | "body" | "forwarded">} NewItem
 * @typedef {object} Ports
 * @property {OutboxStorage} storage
 * @property {(item: OutboxItem) => Promise<Ack<Receipt>>} post
 * @property {(item: OutboxItem, receipt: Receipt) => void} settled the server has it, under this number
 * @property {(item: OutboxItem) => void} changed
 * @property {() => void} makeRoom localStorage is full: drop what can be fetched again
 * @property {() => number} now ms
 * @property {() => number} random
 * @property {(run: () => void, ms: number) => unknown} later
 * @property {(timer: any) => void} cancel
 */

export class Outbox {
  #ports;
  /** @type {Map<string, OutboxItem>} */
  #items = new Map();
  /** @type {Map<string, string>} conversation -> client id that was asked for and not answered */
  #inFlight = new Map();
  /** @type {Map<string, unknown>} conversation -> timer of the next try */
  #waits = new Map();
  /** @type {Set<string>} items the browser had no room for */
  #unsaved = new Set();
  #leads = false;
  #connected = false;

  /** @param {Ports} ports */
  constructor(ports) {
    this.#ports = ports;
  }

  /**
   * First in first.
   * @param {string} conversation
   * @returns {OutboxItem[]}
   */
  of(conversation) {
    return [...this.#items.values()].filter((item) => item.conversation === conversation).sort(inOrder);
  }

  /** Conversations with something unsent. */
  conversations() {
    return new Set([...this.#items.values()].map((item) => item.conversation));
  }

  /** @param {string} clientId @returns {OutboxItem | null} */
  get(clientId) {
    return this.#items.get(clientId) ?? null;
  }

  /**
   * Take a message: in storage before this returns. Where the browser has no room it comes back as refused.
   * @param {NewItem} message
   * @param {{ code: string, message: string } | null} [refusal] known beforehand (too large to be asked at all)
   * @returns {OutboxItem}
   */
  add(message, refusal = null) {
    return this.addAll([message], refusal)[0];
  }

  /**
   * The same of several, in this order; storage is read once for all.
   * @param {readonly NewItem[]} messages
   * @param {{ code: string, message: string } | null} [refusal]
   */
  addAll(messages, refusal = null) {
    // What another tab added a moment ago comes before this.
    this.#readStorage();
    return messages.map((message) => this.#take(message, refusal));
  }

  /** @param {NewItem} message @param {{ code: string, message: string } | null} refusal */
  #take(message, refusal) {
    /** @type {OutboxItem} */
    const item = { ...message, created_at: this.#nextTime(), state: "waiting", attempts: 0 };
    if (refusal) Object.assign(item, { state: "refused", ...refusal });
    this.#items.set(item.client_id, item);
    this.#save(item);
    this.#ports.changed(item);
    this.#drain(item.conversation);
    return item;
  }

  /**
   * The person asks again. Only for refused items; any other is on its way already.
   * @param {string} clientId
   */
  retry(clientId) {
    const item = this.#items.get(clientId);
    if (item?.state !== "refused" || item.code === "too_large") return;
    // What it answers is gone.
    if (!item.kind && item.code === "conflict")
      for (const about of /** @type {const} */ (["target", "root"])) delete item[about];
    Object.assign(item, { state: "waiting", attempts: 0, code: undefined, message: undefined });
    this.#save(item);
    this.#ports.changed(item);
    this.#drain(item.conversation);
  }

  /**
   * The person gives up on a message that was not sent.
   * @param {string} clientId
   */
  discard(clientId) {
    const item = this.#items.get(clientId);
    if (!item || item.state === "sending") return;
    this.#remove(item);
    this.#ports.changed(item);
    this.#drain(item.conversation);
  }

  /**
   * The entry with this client id was seen in the log, or another tab was answered: the item is done, ack or no ack.
   * @param {string} clientId
   * @returns {OutboxItem | null} the item, if it was here
   */
  settle(clientId) {
    const item = this.#items.get(clientId);
    if (!item) return null;
    this.#remove(item);
    this.#ports.changed(item);
    // It was stored, so the next one's wait for that is over.
    this.hurry(item.conversation);
    return item;
  }

  /** The server can store again: ask now instead of when the wait is over. @param {string} conversation */
  hurry(conversation) {
    this.#ports.cancel(this.#waits.get(conversation));
    this.#waits.delete(conversation);
    this.#drain(conversation);
  }

  /**
   * Read what is in storage: at the start, and when the browser says that another tab changed it. (Tabs do not tell each
   * other: a message may arrive before what it tells of can be read in another process.)
   */
  absorb() {
    this.#readStorage();
    this.#drainAll();
  }

  /** @param {boolean} leads only the leading tab sends */
  lead(leads) {
    if (leads === this.#leads) return;
    this.#leads = leads;
    if (leads) this.absorb();
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    if (connected === this.#connected) return;
    this.#connected = connected;
    for (const timer of this.#waits.values()) this.#ports.cancel(timer);
    this.#waits.clear();
    this.#drainAll();
  }

  stop() {
    this.#leads = false;
    this.setConnected(false);
  }

  #readStorage() {
    const stored = new Map(this.#ports.storage.all().map((item) => [item.client_id, item]));
    for (const item of [...this.#items.values()]) {
      if (!stored.has(item.client_id) && !this.#unsaved.has(item.client_id)) this.#forget(item);
    }
    for (const item of stored.values()) this.#adopt(item);
  }

  #nextTime() {
    let last = 0;
    for (const item of this.#items.values()) last = Math.max(last, item.created_at);
    return Math.max(this.#ports.now(), last + 1);
  }

  #drainAll() {
    for (const conversation of this.conversations()) this.#drain(conversation);
  }

  /** @param {string} conversation */
  #drain(conversation) {
    if (!this.#leads || !this.#connected) return;
    if (this.#inFlight.has(conversation) || this.#waits.has(conversation)) return;
    const item = this.#next(conversation);
    if (item) void this.#send(item);
  }

  /** The first that waits, as storage has it now: another tab may have settled or discarded it. @param {string} conversation */
  #next(conversation) {
    for (const item of this.of(conversation)) {
      if (item.state === "refused") continue;
      if (this.#unsaved.has(item.client_id)) return item;
      const stored = this.#ports.storage.read(item.client_id);
      if (!stored) this.#forget(item);
      else if (stored.state === "refused") this.#adopt(stored);
      else return item;
    }
    return null;
  }

  /** @param {OutboxItem} item */
  async #send(item) {
    this.#inFlight.set(item.conversation, item.client_id);
    item.state = "sending";
    item.attempts += 1;
    this.#ports.changed(item);
    const ack = await this.#ask(item);
    this.#inFlight.delete(item.conversation);
    if (this.#items.get(item.client_id) === item) this.#answered(item, ack);
    this.#drain(item.conversation);
  }

  /** @param {OutboxItem} item @returns {Promise<Ack<Receipt>>} */
  async #ask(item) {
    try {
      return await this.#ports.post(item);
    } catch (error) {
      console.error(error);
      return { ok: false, code: "timeout", message: "No answer." };
    }
  }

  /** @param {OutboxItem} item @param {Ack<Receipt>} ack */
  #answered(item, ack) {
    if (ack.ok) {
      this.#remove(item);
      this.#ports.settled(item, ack);
      this.#ports.changed(item);
    } else if (isMoot(item, ack.code)) this.#remove(item);
    else if (isRefused(item, ack.code)) {
      Object.assign(item, { state: "refused", code: ack.code, message: ack.message });
      this.#save(item);
      this.#ports.changed(item);
    } else {
      item.state = "waiting";
      this.#ports.changed(item);
      if (this.#connected) this.#wait(item, ack.retry_after);
    }
  }

  /** @param {OutboxItem} item @param {number} [retryAfter] s */
  #wait(item, retryAfter) {
    const { conversation } = item;
    const ms = backoff(item.attempts, this.#ports.random(), retryAfter);
    const timer = this.#ports.later(() => {
      this.#waits.delete(conversation);
      this.#drain(conversation);
    }, ms);
    this.#waits.set(conversation, timer);
  }

  /** @param {OutboxItem} item */
  #save(item) {
    if (this.#ports.storage.keep(item, this.#ports.makeRoom)) this.#unsaved.delete(item.client_id);
    else {
      this.#unsaved.add(item.client_id);
      if (item.state === "refused") return;
      const message = "This browser has no room left to keep it. Free some space, then try again.";
      Object.assign(item, { state: "refused", code: "storage_full", message });
    }
  }

  /** @param {OutboxItem} stored */
  #adopt(stored) {
    const item = this.#items.get(stored.client_id);
    if (!item) this.#items.set(stored.client_id, stored);
    else if (item.state === "sending" || item.state === stored.state) return;
    else Object.assign(item, { code: undefined, message: undefined }, stored, { attempts: 0 });
    this.#ports.changed(item ?? stored);
  }

  /** @param {OutboxItem} item */
  #remove(item) {
    this.#ports.storage.remove(item.client_id);
    this.#forget(item);
  }

  /** @param {OutboxItem} item */
  #forget(item) {
    this.#items.delete(item.client_id);
    this.#unsaved.delete(item.client_id);
    this.#ports.changed(item);
  }
}
