/**
 * When to call the person's attention: one tab speaks for all, never about what stands on a screen, never about one's
 * own or muted messages, and never one by one about what was missed while away.
 */
/** @import { ConversationSummary, Entry } from "../types.d.ts" */
/** @import { Tabs } from "./tabs.js" */

const BODY_CHARACTERS = 160;

/** @typedef {{ conversation: string, title: string, body: string }} Notice */

export class Notifier {
  #ports;
  /** @type {Map<string, number>} conversation -> nothing up to this number is news */
  #known = new Map();
  #missedSince = 0;
  #wasAway = false;

  /**
   * @param {object} ports
   * @param {Pick<Tabs, "leading" | "onScreen">} ports.tabs
   * @param {(id: string) => ConversationSummary | null} ports.summary
   * @param {() => ConversationSummary[]} ports.summaries
   * @param {(user: string) => string} ports.userName
   * @param {string} ports.me
   * @param {(notice: Notice) => void} ports.raise
   */
  constructor(ports) {
    this.#ports = ports;
  }

  /** The connection is gone: what comes until the next heads is told in one sentence. */
  away() {
    if (this.#wasAway) return;
    this.#wasAway = true;
    this.#missedSince = this.#unread();
  }

  /** The heads at the time of connecting: up to there it is catching up, beyond it is news. @param {Record<string, number>} heads */
  connected(heads) {
    for (const [conversation, head] of Object.entries(heads)) this.#raiseKnown(conversation, head);
  }

  /** All that was missed is here now. */
  async caughtUp() {
    if (!this.#wasAway) return;
    this.#wasAway = false;
    const missed = this.#unread() - this.#missedSince;
    if (missed <= 0 || !this.#ports.tabs.leading) return;
    const [latest] = this.#ports.summaries().filter(({ unread, muted }) => unread > 0 && !muted);
    if (!latest || (await this.#ports.tabs.onScreen()).visible) return;
    const body = missed === 1 ? "1 new message" : `${missed} new messages`;
    this.#ports.raise({ conversation: latest.id, title: "Chatter", body });
  }

  /** Entries came, live or by catching up. @param {string} conversation @param {readonly Entry[]} entries */
  async came(conversation, entries) {
    const known = this.#known.get(conversation) ?? 0;
    const news = entries.filter(({ seq, kind, sender }) => seq > known && kind === "text" && sender !== this.#ports.me);
    this.#raiseKnown(conversation, Math.max(0, ...entries.map(({ seq }) => seq)));
    const last = news.at(-1);
    const summary = this.#ports.summary(conversation);
    const silent = !summary || summary.muted || summary.blocked || summary.request;
    if (!last || silent || this.#wasAway || !this.#ports.tabs.leading) return;
    const { conversations } = await this.#ports.tabs.onScreen();
    if (conversations.has(conversation)) return;
    this.#ports.raise({ conversation, title: summary.name, body: this.#textOf(summary, last) });
  }

  /** @param {ConversationSummary} summary @param {Entry} entry */
  #textOf(summary, entry) {
    const text = entry.body.slice(0, BODY_CHARACTERS);
    return summary.peer ? text : `${this.#ports.userName(entry.sender)}: ${text}`;
  }

  #unread() {
    return this.#ports.summaries().reduce((sum, { unread, muted }) => sum + (muted ? 0 : unread), 0);
  }

  /** @param {string} conversation @param {number} seq */
  #raiseKnown(conversation, seq) {
    this.#known.set(conversation, Math.max(this.#known.get(conversation) ?? 0, seq));
  }
}
