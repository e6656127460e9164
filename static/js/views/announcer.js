/** Says new messages once, and history never, in the page's visually hidden live region. */
/** @import { ChatApi, Entry, ThreadWindow } from "../types.d.ts" */
import { isNote, noteWords } from "./entry_words.js";
import { setText } from "./markup.js";
import { counted, oneLine } from "./text.js";

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
    const fresh = thread.items.flatMap(({ entry, mine }) => (entry && !mine && this.#isNews(entry) ? [entry] : []));
    this.#said = thread.high;
    if (fresh.length === 0) return;
    const words =
      fresh.length > MOST_SPOKEN
        ? [counted(fresh.length, "new message")]
        : fresh.map((entry) => noteWords(entry, chat) || `${chat.userName(entry.sender)}: ${oneLine(entry.body)}`);
    this.#region.textContent = words.join(". ");
  }

  /** @param {Entry} entry */
  #isNews(entry) {
    return entry.seq > this.#said && (entry.kind === "text" || isNote(entry));
  }
}
