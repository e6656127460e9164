/**
 * When to call the person's attention: one tab speaks for all, never about what stands on a screen, never about one's
 * own messages or those that they do not want to hear of, never while they want quiet, and never one by one about what
 * was missed while away.
 */
/** @import { ConversationSummary, Entry } from "../types.d.ts" */
/** @import { Tabs } from "./tabs.js" */
import { n, t } from "../domain/locale.js";
import { calls, mentions } from "../domain/notifications.js";

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
   * @param {(conversation: string, seq: number) => Promise<boolean>} ports.isMine did this person write that entry?
   * @param {{ readonly quiet: boolean, readonly showsText: boolean }} ports.choices
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
    if (missed <= 0 || !this.#ports.tabs.leading || this.#ports.choices.quiet) return;
    const [latest] = this.#ports.summaries().filter((summary) => summary.unread > 0 && callsForAll(summary));
    if (!latest || (await this.#ports.tabs.onScreen()).visible) return;
    this.#ports.raise({ conversation: latest.id, title: "Chatter", body: newMessages(missed) });
  }

  /** Entries came, live or by catching up. @param {string} conversation @param {readonly Entry[]} entries */
  async came(conversation, entries) {
    const known = this.#known.get(conversation) ?? 0;
    const news = entries.filter(({ seq, kind, sender }) => seq > known && kind === "text" && sender !== this.#ports.me);
    this.#raiseKnown(conversation, Math.max(0, ...entries.map(({ seq }) => seq)));
    const summary = this.#ports.summary(conversation);
    const silent = !summary || summary.muted || summary.blocked || summary.request || this.#ports.choices.quiet;
    if (news.length === 0 || silent || this.#wasAway || !this.#ports.tabs.leading) return;
    // Where everything calls, what is on the screens is asked for at this very moment.
    const last = callsForAll(summary) ? news[news.length - 1] : await this.#lastMention(summary, news);
    if (!last) return;
    const { conversations } = await this.#ports.tabs.onScreen();
    if (conversations.has(conversation)) return;
    this.#ports.raise({ conversation, title: summary.name, body: this.#textOf(summary, last) });
  }

  /** @param {ConversationSummary} summary @param {Entry[]} news */
  async #lastMention({ id, level, muted }, news) {
    for (const entry of [...news].reverse())
      if (calls(level, muted, true) && (await this.#concernsMe(id, entry))) return entry;
    return null;
  }

  /** Does it name this person, or answer them? @param {string} conversation @param {Entry} entry */
  async #concernsMe(conversation, { body, target }) {
    return mentions(body, this.#ports.me) || (target ? this.#ports.isMine(conversation, target) : false);
  }

  /** @param {ConversationSummary} summary @param {Entry} entry */
  #textOf(summary, entry) {
    if (!this.#ports.choices.showsText) return t("New message");
    const text = entry.body.slice(0, BODY_CHARACTERS);
    return summary.peer ? text : `${this.#ports.userName(entry.sender)}: ${text}`;
  }

  #unread() {
    return this.#ports.summaries().reduce((sum, summary) => sum + (callsForAll(summary) ? summary.unread : 0), 0);
  }

  /** @param {string} conversation @param {number} seq */
  #raiseKnown(conversation, seq) {
    this.#known.set(conversation, Math.max(this.#known.get(conversation) ?? 0, seq));
  }
}

/** @param {ConversationSummary} summary */
function callsForAll({ level, muted }) {
  return calls(level, muted, false);
}

/** @param {number} count */
function newMessages(count) {
  return n("{count} new message", "{count} new messages", count);
}
