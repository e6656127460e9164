/** One row of a thread as an element: a message, a day, a line between messages. */
/** @import { ChatApi, ConversationSummary, Entry } from "../types.d.ts" */
/** @import { EdgeRow, Row } from "./thread_rows.js" */
import { n, t } from "../domain/locale.js";
import { createMessage, updateMessage } from "./bubble.js";
import { noteWords } from "./entry_words.js";
import { clone, part, setText } from "./markup.js";
import { dateWords, dayKey, dayLabel } from "./time.js";

/**
 * @param {Row} row
 * @param {ChatApi} chat
 * @param {(day: number) => void} pickDate a day's label was clicked
 */
export function createRow(row, chat, pickDate) {
  if (row.type === "message") return createMessage(row, chat);
  if (row.type === "day") {
    const element = clone("day");
    const label = part(element, "label");
    label.title = t("Go to a date");
    label.addEventListener("click", () => pickDate(row.at));
    element.dataset.day = dayKey(row.at);
    return element;
  }
  if (row.type === "new" || row.type === "gap") return clone(row.type);
  return clone("note");
}

/**
 * @param {HTMLElement} element
 * @param {Row} row
 * @param {ChatApi} chat
 * @param {ConversationSummary | null} summary
 */
export function updateRow(element, row, chat, summary) {
  if (row.type === "message") {
    if (summary) updateMessage(element, row, chat, summary);
  } else if (row.type === "day") setText(part(element, "label"), dayLabel(row.at, Date.now()));
  else if (row.type === "gap") {
    setText(
      part(element, "text"),
      n("{count} message is being fetched…", "{count} messages are being fetched…", row.count),
    );
  } else if (row.type === "note") {
    if (row.item.entry) paintNote(element, row.item.entry, chat);
  } else if (row.type === "edge") {
    setText(part(element, "text"), edgeWords(row, summary));
  }
}

/** @param {EdgeRow} row @param {ConversationSummary | null} summary */
function edgeWords({ kind, at }, summary) {
  if (kind === "older") return t("Loading earlier messages…");
  if (kind === "expired") return t("Messages older than {date} are no longer kept.", { date: dateWords(at) });
  return (summary?.view.me.from_seq ?? 1) > 1 ? t("You joined here") : t("The beginning of this chat");
}

/** A quiet line; who pinned a message leads to it. @param {HTMLElement} element @param {Entry} entry @param {ChatApi} chat */
function paintNote(element, entry, chat) {
  setText(part(element, "text"), noteWords(entry, chat));
  if (entry.kind !== "pinned" || element.querySelector("[data-part=jump]")) return;
  const jump = clone("note-jump");
  jump.dataset.quoted = String(entry.target);
  element.append(jump);
}
