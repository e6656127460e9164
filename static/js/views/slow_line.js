/** The line above the composer that says how long slow mode makes one wait. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
import { n, t } from "../domain/locale.js";
import { settingsOf } from "../domain/membership.js";
import { part, setText } from "./markup.js";
import { countdown } from "./time.js";

const TICK_MS = 500;

/**
 * @param {number} seconds of the group's slow mode
 * @param {number} leftMs
 */
export function slowWords(seconds, leftMs) {
  if (leftMs > 0) return t("Slow mode · you can write again in {time}", { time: countdown(leftMs) });
  if (seconds < 60)
    return n("Slow mode · one message a second", "Slow mode · one message every {count} seconds", seconds);
  if (seconds < 3600)
    return n("Slow mode · one message every minute", "Slow mode · one message every {count} minutes", seconds / 60);
  return n("Slow mode · one message every hour", "Slow mode · one message every {count} hours", seconds / 3600);
}

export class SlowLine {
  #line;
  #send;
  #chat;
  /** @type {ConversationSummary | null} */
  #summary = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#line = part(root, "slow");
    this.#send = /** @type {HTMLButtonElement} */ (part(root, "send"));
    this.#chat = chat;
  }

  /** @param {ConversationSummary | null} summary null: nobody writes here */
  show(summary) {
    this.#summary = summary;
    this.#paint();
  }

  #paint = () => {
    const view = this.#summary?.view;
    const seconds = view && view.kind === "group" && view.me.role === "member" ? settingsOf(view).slow_seconds : 0;
    const until = view && seconds > 0 ? this.#chat.slowUntil(view.id) : 0;
    const left = Math.max(0, until - Date.now());
    this.#line.hidden = seconds === 0;
    this.#send.disabled = left > 0;
    if (seconds > 0) setText(this.#line, slowWords(seconds, left));
    if (left > 0) this.#timer ??= setInterval(this.#paint, TICK_MS);
    else {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  };
}
