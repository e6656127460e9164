/**
 * What was asked for and not clearly answered. Asking for the same again goes out under the same client id, so that it
 * happens once, however often it is tried.
 */
import { newClientId } from "./client_id.js";

/** From here on a status says that the server, or what lies before it, is in trouble: it may have done it or not. */
const UNCLEAR_STATUS = 500;

export class Unanswered {
  /** @type {Map<string, string>} what -> client id */
  #ids = new Map();

  /**
   * @template T
   * @param {readonly unknown[]} what two that are alike are the same
   * @param {(clientId: string) => Promise<T>} ask
   * @returns {Promise<T>}
   */
  async once(what, ask) {
    const key = JSON.stringify(what);
    const clientId = this.#ids.get(key) ?? newClientId();
    this.#ids.set(key, clientId);
    try {
      const answer = await ask(clientId);
      this.#ids.delete(key);
      return answer;
    } catch (error) {
      if (isClear(error)) this.#ids.delete(key);
      throw error;
    }
  }

  /** It happened: its entry stands in a log. The same again is something new. @param {string} clientId */
  settle(clientId) {
    for (const [key, id] of this.#ids) if (id === clientId) this.#ids.delete(key);
  }
}

/** Did the server say no? @param {unknown} error */
function isClear(error) {
  const status = error && typeof error === "object" && "status" in error ? Number(error.status) : 0;
  return status > 0 && status < UNCLEAR_STATUS;
}
