/**
 * The tabs of one browser and one person: one leads (Web Locks), all hear each other (BroadcastChannel).
 * A tab that closes or crashes lets go of its lock by itself, and the next one leads.
 */

const ANSWER_MS = 150;

/**
 * What tabs tell each other. Unsent messages and drafts are not among it: those are in localStorage, whose own event
 * comes when they can be read.
 * @typedef {{ kind: "settled", conversation: string, entry: import("../types.d.ts").Entry }
 *   | { kind: "read", conversation: string, seq: number, ordinal: number }
 *   | { kind: "changed", conversation: string }
 *   | { kind: "paused", conversation: string, paused: boolean }
 *   | { kind: "signed_out", explicit: boolean }
 *   | { kind: "who_sees" , question: string }
 *   | { kind: "sees", question: string, conversation: string | null, visible: boolean }} Note
 */

/**
 * @typedef {object} TabEvents
 * @property {(leads: boolean) => void} leads
 * @property {(note: Note) => void} note
 * @property {() => { conversation: string | null, visible: boolean }} sees what is on this tab's screen
 */

/**
 * @typedef {object} TabPorts
 * @property {LockManager | undefined} locks missing on plain http
 * @property {(name: string) => BroadcastChannel | null} channel
 */

export class Tabs {
  #events;
  #ports;
  #user;
  /** @type {BroadcastChannel | null} */
  #channel = null;
  #stop = new AbortController();
  /** @type {Map<string, (answer: { conversation: string | null, visible: boolean }) => void>} */
  #questions = new Map();
  leading = false;

  /** @param {TabPorts} ports @param {string} user @param {TabEvents} events */
  constructor(ports, user, events) {
    this.#ports = ports;
    this.#user = user;
    this.#events = events;
  }

  start() {
    this.#channel = this.#ports.channel(`chatter:${this.#user}`);
    this.#channel?.addEventListener("message", this.#heard);
    void this.#lead();
  }

  stop() {
    this.#stop.abort();
    this.#channel?.close();
    this.#channel = null;
    this.#setLeading(false);
  }

  /** @param {Note} note */
  tell(note) {
    this.#channel?.postMessage(note);
  }

  /**
   * The conversations that stand on the screen of any tab of this browser, this one included, and whether any is visible.
   * @returns {Promise<{ conversations: Set<string>, visible: boolean }>}
   */
  async onScreen() {
    const conversations = new Set();
    let visible = false;
    const count = (/** @type {{ conversation: string | null, visible: boolean }} */ seen) => {
      if (!seen.visible) return;
      visible = true;
      if (seen.conversation) conversations.add(seen.conversation);
    };
    count(this.#events.sees());
    const question = String(Math.random());
    this.#questions.set(question, count);
    this.tell({ kind: "who_sees", question });
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    this.#questions.delete(question);
    return { conversations, visible };
  }

  async #lead() {
    const locks = this.#ports.locks;
    // Without locks every tab sends: the server takes each client id once, so that costs requests, not messages.
    if (!locks) return this.#setLeading(true);
    const { signal } = this.#stop;
    try {
      await locks.request(`chatter:leader:${this.#user}`, { signal }, async () => {
        this.#setLeading(true);
        await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      });
    } catch (error) {
      if (!signal.aborted) console.error(error);
    }
  }

  /** @param {boolean} leading */
  #setLeading(leading) {
    if (leading === this.leading || (leading && this.#stop.signal.aborted)) return;
    this.leading = leading;
    this.#events.leads(leading);
  }

  #heard = (/** @type {MessageEvent<Note>} */ { data }) => {
    if (data.kind === "who_sees") this.tell({ kind: "sees", question: data.question, ...this.#events.sees() });
    else if (data.kind === "sees") this.#questions.get(data.question)?.(data);
    else this.#events.note(data);
  };
}
