/** Where a conversation stands, in words: never stale shown as current. */
/** @import { Standing } from "../types.d.ts" */
import { n, number, t } from "../domain/locale.js";
import { part, setText } from "./markup.js";
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
      return t("Connected · everything sent, in order");
    case "sending":
      return n("Sending {count} message…", "Sending {count} messages…", standing.count);
    case "behind":
      return n("Catching up · {count} message behind", "Catching up · {count} messages behind", standing.count);
    case "connecting":
      return t("Connecting…");
    case "paused":
      if (standing.queued === 0) return t("Sending is paused · what you write is kept and sent later");
      return n(
        "Sending is paused · {count} message waiting · what is here can be read",
        "Sending is paused · {count} messages waiting · what is here can be read",
        standing.queued,
      );
    case "offline": {
      const time = clockTime(standing.since, locale);
      if (standing.queued === 0) return t("Offline since {time} · what you write is kept and sent later", { time });
      return n(
        "Offline since {time} · {count} message waiting to be sent",
        "Offline since {time} · {count} messages waiting to be sent",
        standing.queued,
        { time },
      );
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
    setText(this.#head, `#${number(head)}`);
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
