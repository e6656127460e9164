/** A message's text where only text can be shown: in lists, quotes, notifications, and to be copied. Pure. */
/** @import { ChatApi } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { withNames } from "../domain/mentions.js";
import { parse } from "./markdown.js";
import { oneLine } from "./text.js";

/** More is never shown on one line. */
const MOST_READ = 600;
const CUT_MENTION = /@(?:\[[0-9A-Za-z]{0,22})?$/;

/** What stands on lines of its own. @type {ReadonlySet<string>} */
const BLOCKS = new Set(["quote", "item"]);

/**
 * As it was written, with the names of whom it mentions.
 * @param {string} body
 * @param {Pick<ChatApi, "userName">} names
 */
export function messageText(body, names) {
  return withNames(body, (user) => names.userName(user, t("someone")));
}

/**
 * Its beginning on one line, without marks.
 * @param {string} body
 * @param {Pick<ChatApi, "userName">} names
 */
export function plainLine(body, names) {
  const whole = body.length <= MOST_READ;
  const pieces = parse(whole ? body : body.slice(0, MOST_READ).replace(CUT_MENTION, ""));
  /** @type {string[]} */
  const open = [];
  const words = pieces.map((piece) => {
    if (piece.type === "mention") return `@${names.userName(piece.user, t("someone"))}`;
    if (piece.type === "code") return messageText(piece.text, names);
    if (piece.type === "text") return piece.text;
    if (piece.type === "block") return ` ${messageText(piece.text, names)} `;
    if (piece.type === "open") open.push(piece.mark);
    return BLOCKS.has((piece.type === "open" ? piece.mark : open.pop()) ?? "") ? " " : "";
  });
  return oneLine(words.join(""));
}
