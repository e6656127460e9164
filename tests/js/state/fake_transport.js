/** @import { FakeServer } from "./fake_server.js" */

/** What ChatSocket uses of socket.io-client. */
export class FakeTransport {
  #server;
  /** @type {Map<string, ((payload: any) => void)[]>} */
  #listeners = new Map();
  connected = false;
  active = false;

  /** @param {FakeServer} server */
  constructor(server) {
    this.#server = server;
  }

  /** @param {string} event @param {(payload: any) => void} listener */
  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  /** @param {string} event @param {any} [payload] */
  hear(event, payload) {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload);
  }

  connect() {
    if (this.connected) return;
    this.active = true;
    queueMicrotask(() => {
      if (!this.active || this.connected) return;
      if (!this.#server.reachable) {
        this.#server.wait(this);
        this.hear("connect_error", new Error("unreachable"));
      } else if (!this.#server.signedIn) {
        this.active = false;
        this.hear("connect_error", Object.assign(new Error("refused"), { data: { code: "not_signed_in" } }));
      } else if (this.#server.degraded) {
        this.active = false;
        const data = { code: "degraded", retry_after: 0.1 };
        this.hear("connect_error", Object.assign(new Error("refused"), { data }));
      } else {
        this.connected = true;
        this.#server.transports.add(this);
        this.hear("connect");
        this.hear("heads", { heads: this.#server.heads() });
      }
    });
  }

  disconnect() {
    this.active = false;
    if (this.connected) this.#close();
  }

  /** Lost, not closed: socket.io comes back by itself. */
  lose() {
    this.#close();
    this.#server.wait(this);
  }

  #close() {
    this.connected = false;
    this.#server.transports.delete(this);
    this.hear("disconnect", "transport close");
  }

  /** @param {number} ms */
  timeout(ms) {
    return {
      emitWithAck: async (/** @type {string} */ event, /** @type {any} */ payload) => {
        await Promise.resolve();
        const answer = this.#server.silent ? null : this.#server.answer(event, structuredClone(payload));
        if (answer === null) {
          await new Promise((resolve) => setTimeout(resolve, Math.min(ms, 50)));
          throw new Error("operation has timed out");
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (!this.connected) throw new Error("socket has been disconnected");
        return structuredClone(answer);
      },
    };
  }
}
