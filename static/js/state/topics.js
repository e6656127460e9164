/** Who listens to what. A burst of changes is told once: listeners run in the next microtask, never inside the change. */
/** @import { Topic } from "../types.d.ts" */

/** Topics whose argument says what changed; the same argument is told once per burst. */
const COALESCED = new Set([
  "conversations",
  "thread",
  "contacts",
  "connection",
  "presence",
  "me",
  "notifications",
  "notices",
  "announcements",
  "signed_out",
]);

export class Topics {
  /** @type {Map<Topic, Set<(...args: any[]) => void>>} */
  #listeners = new Map();
  /** @type {Map<string, { topic: Topic, value: unknown }>} */
  #due = new Map();
  #scheduled = false;
  #serial = 0;

  /**
   * @param {Topic} topic
   * @param {(...args: any[]) => void} listener
   * @returns {() => void} ends the listening
   */
  on(topic, listener) {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners);
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** Does anybody listen? @param {Topic} topic */
  isHeard(topic) {
    return (this.#listeners.get(topic)?.size ?? 0) > 0;
  }

  /**
   * @param {Topic} topic
   * @param {unknown} [value]
   */
  tell(topic, value) {
    const key = COALESCED.has(topic) ? `${topic}:${String(value ?? "")}` : `${topic}#${this.#serial++}`;
    this.#due.set(key, { topic, value });
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#flush());
  }

  #flush() {
    this.#scheduled = false;
    const due = [...this.#due.values()];
    this.#due.clear();
    for (const { topic, value } of due) {
      for (const listener of [...(this.#listeners.get(topic) ?? [])]) {
        try {
          listener(value);
        } catch (error) {
          // One view's bug must not keep the others from hearing.
          console.error(error);
        }
      }
    }
  }
}
