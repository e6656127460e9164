/**
 * Drafts over devices: what is typed here goes to the server a moment later, and what was typed elsewhere comes here. Where
 * both were typed, both are kept. Offline a draft stays here and follows later.
 *
 * Beside each draft this browser keeps what the server had when they last agreed: a draft that differs from that was typed
 * here since. All tabs share it.
 */
/** @import { KeyValues } from "./outbox_storage.js" */
/** @import { Drafts } from "./drafts.js" */
import { bodyLength, MAX_BODY_CHARACTERS } from "./body.js";
import { bothTexts } from "./draft_merge.js";

export const BASE_PREFIX = "chatter:draft-base:";
const PAUSE_MS = 1_500;

/** @typedef {{ body: string, version: number, sent?: string }} Base `sent`: on its way from this browser */

/**
 * @typedef {object} Ports
 * @property {KeyValues} values
 * @property {string} user
 * @property {Drafts} drafts
 * @property {(conversation: string, body: string, base: number) => Promise<{ body: string, version: number }>} put
 * @property {(conversation: string) => void} changed the draft is another one now
 */

export class DraftSync {
  #ports;
  #prefix;
  /** @type {Map<string, ReturnType<typeof setTimeout>>} conversation -> what will send its draft */
  #timers = new Map();
  /** @type {Set<string>} conversations whose draft is on its way */
  #asking = new Set();
  /** @type {Map<string, Base>} what had no room in storage */
  #unsaved = new Map();
  #stopped = false;

  /** @param {Ports} ports */
  constructor(ports) {
    this.#ports = ports;
    this.#prefix = `${BASE_PREFIX}${ports.user}:`;
  }

  /** It was typed here. @param {string} conversation @param {number} [ms] when to send it */
  typed(conversation, ms = PAUSE_MS) {
    if (this.#stopped || this.#timers.has(conversation)) return;
    const run = () => {
      this.#timers.delete(conversation);
      void this.#send(conversation);
    };
    this.#timers.set(conversation, setTimeout(run, ms));
  }

  /**
   * The server has this one.
   * @param {string} conversation
   * @param {string | undefined} body absent: the server, or what was kept of it, knows nothing of drafts
   * @param {number | undefined} version
   */
  hear(conversation, body, version = 0) {
    if (body !== undefined && version > this.#base(conversation).version) this.#take(conversation, body, version);
  }

  /** The server answers again: what was typed meanwhile follows. */
  flush() {
    for (const conversation of new Set([...this.#ports.drafts.conversations(), ...this.#known()]))
      if (this.#differs(conversation)) this.typed(conversation);
  }

  stop() {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** @param {string} conversation */
  async #send(conversation) {
    const body = this.#ports.drafts.get(conversation);
    const base = this.#base(conversation);
    if (this.#stopped || this.#asking.has(conversation) || body === base.body) return;
    // More than a message may hold is kept here, until it was shortened.
    if (bodyLength(body) > MAX_BODY_CHARACTERS) return;
    this.#asking.add(conversation);
    this.#keep(conversation, { ...base, sent: body });
    try {
      const { version } = await this.#ports.put(conversation, body, base.version);
      if (version >= this.#base(conversation).version) this.#keep(conversation, { body, version });
    } catch (error) {
      this.#refused(conversation, error);
      return;
    } finally {
      this.#asking.delete(conversation);
    }
    if (this.#differs(conversation)) this.typed(conversation);
  }

  /** @param {string} conversation @param {any} error */
  #refused(conversation, error) {
    const { code, details, retry_after: seconds } = error ?? {};
    if (this.#stopped) return;
    if (code === "conflict" && typeof details?.body === "string" && Number.isSafeInteger(details.version))
      this.#take(conversation, details.body, details.version);
    else if (seconds) this.typed(conversation, seconds * 1000);
    // Anything else: it follows with what is typed next, or when the server answers again.
  }

  /** @param {string} conversation @param {string} body @param {number} version */
  #take(conversation, body, version) {
    const { drafts, changed } = this.#ports;
    const base = this.#base(conversation);
    const mine = drafts.get(conversation);
    this.#keep(conversation, { body, version });
    // What this browser sent comes back to it: what was typed since goes on from there.
    const next = body === base.sent ? mine : bothTexts(commonOf(base, mine, body), mine, body);
    if (next !== mine) {
      drafts.set(conversation, next);
      changed(conversation);
    }
    if (this.#differs(conversation)) this.typed(conversation);
  }

  /** @param {string} conversation */
  #differs(conversation) {
    return this.#ports.drafts.get(conversation) !== this.#base(conversation).body;
  }

  /** @param {string} conversation @returns {Base} */
  #base(conversation) {
    const none = { body: "", version: 0 };
    try {
      const kept = this.#ports.values.getItem(this.#prefix + conversation);
      return this.#unsaved.get(conversation) ?? (kept ? JSON.parse(kept) : none);
    } catch {
      return none;
    }
  }

  /** @param {string} conversation @param {Base} base */
  #keep(conversation, base) {
    this.#unsaved.delete(conversation);
    try {
      this.#ports.values.setItem(this.#prefix + conversation, JSON.stringify(base));
    } catch {
      this.#unsaved.set(conversation, base);
    }
  }

  /** Conversations of which something is known here. */
  #known() {
    const { values } = this.#ports;
    const keys = Array.from({ length: values.length }, (_, index) => values.key(index) ?? "");
    return keys.filter((key) => key.startsWith(this.#prefix)).map((key) => key.slice(this.#prefix.length));
  }
}

/** What both were made from: what is on its way from here, where the other already goes on from that. @param {Base} base @param {string} mine @param {string} theirs */
function commonOf({ body, sent }, mine, theirs) {
  return sent && mine.startsWith(sent) && theirs.startsWith(sent) ? sent : body;
}
