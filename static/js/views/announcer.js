/** Says new messages once, and history never, in the page's visually hidden live region. */
/** @import { ChatApi, Entry, ThreadWindow } from "../types.d.ts" */
import { n, t } from "../domain/locale.js";
import { emojiName } from "./emoji.js";
import { isNote, noteWords } from "./entry_words.js";
import { setText } from "./markup.js";
import { plainLine } from "./plain_text.js";

const MOST_SPOKEN = 3;

export class Announcer {
  #region;
  /** the highest number that is known or was said */
  #said = 0;

  /** @param {HTMLElement} region */
  constructor(region) {
    this.#region = region;
  }

  /**
   * What is there when a conversation is opened is history.
   * @param {ThreadWindow} thread
   */
  open(thread) {
    this.#said = Math.max(thread.high, thread.head);
    setText(this.#region, "");
  }

  /**
   * @param {ThreadWindow} thread
   * @param {ChatApi} chat
   */
  hear(thread, chat) {
    if (thread.high <= this.#said) return;
    const reacted = thread.revisions.filter((entry) => entry.seq > this.#said && isForMe(entry, thread, chat));
    // What was said of a text that is deleted now must not stay in the page.
    if (thread.revisions.some(({ kind, seq }) => kind === "deleted" && seq > this.#said)) setText(this.#region, "");
    const fresh = thread.items.flatMap(({ entry, mine }) => (entry && !mine && this.#isNews(entry) ? [entry] : []));
    this.#said = thread.high;
    if (fresh.length + reacted.length === 0) return;
    const words =
      fresh.length > MOST_SPOKEN
        ? [n("{count} new message", "{count} new messages", fresh.length)]
        : fresh.map(
            (entry) => noteWords(entry, chat) || `${chat.userName(entry.sender)}: ${plainLine(entry.body, chat)}`,
          );
    for (const { sender, body } of reacted.slice(-MOST_SPOKEN))
      words.push(
        t("{name} reacted to your message with {emoji}", { name: chat.userName(sender), emoji: emojiName(body) }),
      );
    this.#region.textContent = words.join(". ");
  }

  /** @param {Entry} entry */
  #isNews(entry) {
    return entry.seq > this.#said && (entry.kind === "text" || isNote(entry));
  }
}

/** Did somebody else react to a message of one's own? @param {Entry} entry @param {ThreadWindow} thread @param {ChatApi} chat */
function isForMe({ kind, sender, target }, thread, chat) {
  if (kind !== "reacted" || sender === chat.me.id) return false;
  return thread.items.some(({ mine, entry }) => mine && entry?.seq === target);
}
