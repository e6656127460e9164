/**
 * Where unsent messages live: one localStorage key per item, so that two tabs never overwrite each other's.
 * Synchronous on purpose: what was typed is safe before anything else happens.
 */
/** @import { OutboxItem } from "../types.d.ts" */

export const OUTBOX_PREFIX = "chatter:outbox:";

/** @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} KeyValues */

export class OutboxStorage {
  #values;
  #user;

  /**
   * @param {KeyValues} values
   * @param {string} user whose messages
   */
  constructor(values, user) {
    this.#values = values;
    this.#user = user;
  }

  /**
   * Never written while it is being sent: that is one tab's knowledge, and to all others the item waits.
   * @param {OutboxItem} item
   * @throws {DOMException} QuotaExceededError where the browser has no room
   */
  write(item) {
    this.#values.setItem(OUTBOX_PREFIX + item.client_id, JSON.stringify({ ...item, user: this.#user }));
  }

  /**
   * Write it; where the browser has no room, once more after some was made.
   * @param {OutboxItem} item
   * @param {() => void} makeRoom
   * @returns {boolean} is it kept?
   */
  keep(item, makeRoom) {
    try {
      this.write(item);
      return true;
    } catch {
      // Full, most likely.
    }
    try {
      makeRoom();
      this.write(item);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {string} clientId @returns {OutboxItem | null} */
  read(clientId) {
    const item = parse(this.#values.getItem(OUTBOX_PREFIX + clientId));
    if (item?.user !== this.#user) return null;
    const { user: _, ...own } = item;
    return own;
  }

  /** @param {string} clientId */
  remove(clientId) {
    this.#values.removeItem(OUTBOX_PREFIX + clientId);
  }

  /** The user's items, first in first. @returns {OutboxItem[]} */
  all() {
    const items = [];
    for (const clientId of this.#ids()) {
      const item = this.read(clientId);
      if (item) items.push(item);
    }
    return items.sort(inOrder);
  }

  #ids() {
    const ids = [];
    for (let index = 0; index < this.#values.length; index++) {
      const key = this.#values.key(index);
      if (key?.startsWith(OUTBOX_PREFIX)) ids.push(key.slice(OUTBOX_PREFIX.length));
    }
    return ids;
  }
}

/** @param {OutboxItem} a @param {OutboxItem} b */
export function inOrder(a, b) {
  return a.created_at - b.created_at || (a.client_id < b.client_id ? -1 : 1);
}

/**
 * @param {string | null} text
 * @returns {(OutboxItem & { user: string }) | null}
 */
function parse(text) {
  if (text === null) return null;
  try {
    const item = JSON.parse(text);
    const whole = [item.client_id, item.conversation, item.body, item.user].every((part) => typeof part === "string");
    return whole && Number.isFinite(item.created_at) ? item : null;
  } catch {
    return null;
  }
}
