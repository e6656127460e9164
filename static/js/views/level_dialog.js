/** What calls one in a chat: every message, mentions, or nothing; and nothing for a while. Each choice is saved as it is made. */
/** @import { ChatApi, ConversationSummary, Level } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { openDialog } from "./dialogs.js";
import { clone, part, setText } from "./markup.js";
import { clockTime, dayKey, fullDay } from "./time.js";
import { attempt } from "./toasts.js";

const HOUR_MS = 3_600_000;
/** A longer mute is one that was meant for good: nobody waits for its end. */
const FORESEEABLE_MS = 7 * 24 * HOUR_MS;

/**
 * Until when a chat is muted, in words; "" where it is not.
 * @param {number | null} until ms
 * @param {number} now ms
 */
export function mutedWords(until, now) {
  if (until === null || until <= now) return "";
  if (until - now > FORESEEABLE_MS) return t("Muted.");
  const today = dayKey(until) === dayKey(now);
  return today
    ? t("Muted until {time}.", { time: clockTime(until) })
    : t("Muted until {day}, {time}.", { day: fullDay(until), time: clockTime(until) });
}

/** @param {ConversationSummary} summary @param {ChatApi} chat */
export function openLevelDialog(summary, chat) {
  const dialog = /** @type {HTMLDialogElement} */ (clone("level"));
  setText(part(dialog, "name"), summary.name);
  const paint = () => paintLevel(dialog, chat.conversation(summary.id) ?? summary);
  /** @type {Promise<unknown>} one after the other, or an older choice could be stored last */
  let saving = Promise.resolve();
  const change = (/** @type {Parameters<ChatApi["changeConversation"]>[1]} */ what) => {
    saving = saving.then(() => attempt(chat.changeConversation(summary.id, what))).then(paint);
  };
  dialog.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) change({ notify: /** @type {Level} */ (target.value) });
  });
  for (const button of dialog.querySelectorAll("[data-hours]")) {
    const hours = Number(button.getAttribute("data-hours"));
    button.addEventListener("click", () => change({ muted_until: Date.now() + hours * HOUR_MS }));
  }
  part(dialog, "unmute").addEventListener("click", () => {
    change({ muted_until: null });
    part(dialog, "close").focus();
  });
  part(dialog, "close").addEventListener("click", () => dialog.close());
  const end = chat.on("conversations", paint);
  dialog.addEventListener("close", () => {
    end();
    dialog.remove();
  });
  document.body.append(dialog);
  paint();
  openDialog(dialog);
}

/** @param {HTMLElement} dialog @param {ConversationSummary} summary */
function paintLevel(dialog, summary) {
  for (const input of dialog.querySelectorAll("input")) input.checked = input.value === summary.level;
  const words = mutedWords(summary.view.me.muted_until, Date.now());
  setText(part(dialog, "muted"), words);
  part(dialog, "unmute").hidden = words === "";
}
