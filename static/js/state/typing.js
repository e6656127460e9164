/** Who is typing, and telling the others that one is. Both ways it ends by itself: a lost "stopped" shows for seconds. */

const REPEAT_MS = 4_000;
const IDLE_MS = 5_000;
const EXPIRES_MS = 6_000;

export class Typing {
  #send;
  #changed;
  /** @type {Map<string, { at: number, idle: ReturnType<typeof setTimeout> }>} conversation -> told last */
  #own = new Map();
  /** @type {Map<string, Map<string, ReturnType<typeof setTimeout>>>} conversation -> user -> expiry */
  #others = new Map();

  /**
   * @param {(conversation: string, active: boolean) => void} send
   * @param {(conversation: string) => void} changed
   */
  constructor(send, changed) {
    this.#send = send;
    this.#changed = changed;
  }

  /** @param {string} conversation @param {boolean} active */
  set(conversation, active) {
    const told = this.#own.get(conversation);
    clearTimeout(told?.idle);
    if (!active) {
      if (this.#own.delete(conversation)) this.#send(conversation, false);
      return;
    }
    const due = !told || Date.now() - told.at >= REPEAT_MS;
    const idle = setTimeout(() => this.set(conversation, false), IDLE_MS);
    this.#own.set(conversation, { at: due ? Date.now() : told.at, idle });
    if (due) this.#send(conversation, true);
  }

  /** @param {string} conversation @param {string} user @param {boolean} active */
  heard(conversation, user, active) {
    const users = this.#others.get(conversation) ?? new Map();
    this.#others.set(conversation, users);
    const was = users.has(user);
    clearTimeout(users.get(user));
    users.delete(user);
    if (active)
      users.set(
        user,
        setTimeout(() => this.heard(conversation, user, false), EXPIRES_MS),
      );
    if (was !== active) this.#changed(conversation);
  }

  /** @param {string} conversation @returns {string[]} users */
  of(conversation) {
    return [...(this.#others.get(conversation)?.keys() ?? [])];
  }

  stop() {
    for (const { idle } of this.#own.values()) clearTimeout(idle);
    for (const users of this.#others.values()) for (const timer of users.values()) clearTimeout(timer);
    this.#own.clear();
    this.#others.clear();
  }
}
