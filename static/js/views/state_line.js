/** Where a conversation stands, in words: never stale shown as current. */
/** @import { Standing } from "../types.d.ts" */
import { part, setText } from "./markup.js";
import { counted } from "./text.js";
import { clockTime } from "./time.js";

/** A message that is acknowledged faster than this is not worth a change of the line (ms). */
const PATIENCE_MS = 500;

/**
 * @param {Standing} standing
 * @param {string} [locale]
 */
export function standingWords(standing, locale) {
  switch (standing.kind) {
    case "up_to_date":
      return "Connected · everything sent, in order";
    case "sending":
      return `Sending ${counted(standing.count, "message")}…`;
    case "behind":
      return `Catching up · ${counted(standing.count, "message")} behind`;
    case "connecting":
      return "Connecting…";
    case "paused":
      if (standing.queued === 0) return "Sending is paused · what you write is kept and sent later";
      return `Sending is paused · ${counted(standing.queued, "message")} waiting · what is here can be read`;
    case "offline": {
      const since = `Offline since ${clockTime(standing.since, locale)}`;
      if (standing.queued === 0) return `${since} · what you write is kept and sent later`;
      return `${since} · ${counted(standing.queued, "message")} waiting to be sent`;
    }
  }
}

export class StateLine {
  #root;
  #words;
  #head;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#words = part(root, "words");
    this.#head = part(root, "head");
  }

  /**
   * @param {Standing} standing
   * @param {number} head the newest number known
   */
  show(standing, head) {
    setText(this.#head, `#${head.toLocaleString("en")}`);
    clearTimeout(this.#timer);
    const fromRest = this.#root.dataset.kind === "up_to_date" && standing.kind === "sending";
    if (fromRest) this.#timer = setTimeout(() => this.#paint(standing), PATIENCE_MS);
    else this.#paint(standing);
  }

  /** Another conversation: nothing of the former one's may linger. */
  reset() {
    clearTimeout(this.#timer);
    delete this.#root.dataset.kind;
  }

  /** @param {Standing} standing */
  #paint(standing) {
    this.#root.dataset.kind = standing.kind;
    setText(this.#words, standingWords(standing));
  }
}
