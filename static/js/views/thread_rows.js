/** From the entries of a window to the rows of a thread: days, groups, the divider, the gap. Pure. */
/** @import { ThreadItem, ThreadWindow } from "../types.d.ts" */
import { isNote } from "./entry_words.js";
import { dayKey } from "./time.js";

const GROUP_PAUSE_MS = 5 * 60_000;

/**
 * @typedef {{ key: string, type: "message", item: ThreadItem, first: boolean }} MessageRow
 * @typedef {{ key: string, type: "day", at: number }} DayRow
 * @typedef {{ key: string, type: "note", item: ThreadItem }} NoteRow
 * @typedef {{ key: string, type: "gap", count: number }} GapRow
 * @typedef {{ key: string, type: "new" }} NewRow
 * @typedef {{ key: string, type: "edge", kind: "older" | "beginning" | "expired", at: number }} EdgeRow
 * @typedef {MessageRow | DayRow | NoteRow | GapRow | NewRow | EdgeRow} Row
 */

/** @param {ThreadItem} item */
export function itemTime(item) {
  return item.entry?.created_at ?? item.pending?.created_at ?? 0;
}

/** @param {ThreadItem} item */
function author(item) {
  return item.mine ? "" : (item.entry?.sender ?? "");
}

/** @param {ThreadItem} item */
export function isShown(item) {
  return item.entry?.kind !== "withheld";
}

/** Is it told as a line between the messages? @param {ThreadItem} item */
function isQuiet({ entry }) {
  return entry !== null && isNote(entry);
}

/**
 * Does `item` go on where `before` stopped: the same person, within five minutes, with nothing in between?
 * @param {ThreadItem | null} before
 * @param {ThreadItem} item
 */
function continues(before, item) {
  return (
    before !== null &&
    !isQuiet(before) &&
    before.mine === item.mine &&
    author(before) === author(item) &&
    itemTime(item) - itemTime(before) < GROUP_PAUSE_MS
  );
}

/**
 * The first message of somebody else after the number `read`: where the divider goes.
 * @param {readonly ThreadItem[]} items
 * @param {number} read
 */
export function firstUnread(items, read) {
  for (const item of items) {
    if (item.entry && !item.mine && item.entry.kind === "text" && item.entry.seq > read) return item;
  }
  return null;
}

/** What stands above the first message. @param {{ more_before: boolean, expired_at?: number | null }} thread @returns {EdgeRow} */
function edgeOf({ more_before, expired_at }) {
  const kind = more_before ? "older" : expired_at ? "expired" : "beginning";
  return { key: "edge", type: "edge", kind, at: expired_at ?? 0 };
}

/**
 * Rows for `items[start … end)`.
 * @param {Pick<ThreadWindow, "items" | "gap" | "more_before"> & { expired_at?: number | null }} thread
 * @param {{ start: number, end: number }} slice
 * @param {string | null} divider the key of the item that the divider stands before
 * @returns {Row[]}
 */
export function rowsOf(thread, slice, divider) {
  /** @type {Row[]} */
  const rows = [];
  let before = slice.start > 0 ? thread.items[slice.start - 1] : null;
  if (slice.start === 0) rows.push(edgeOf(thread));
  let gapDue = thread.gap;
  for (let index = slice.start; index < slice.end; index++) {
    const item = thread.items[index];
    if (gapDue && (item.entry === null || item.entry.seq > gapDue.after)) {
      rows.push({ key: "gap", type: "gap", count: gapDue.before - gapDue.after - 1 });
      gapDue = null;
      before = null;
    }
    if (!isShown(item)) continue;
    const at = itemTime(item);
    const newDay = before === null || dayKey(itemTime(before)) !== dayKey(at);
    if (newDay) rows.push({ key: `day:${dayKey(at)}`, type: "day", at });
    if (item.key === divider) rows.push({ key: "new", type: "new" });
    if (isQuiet(item)) rows.push({ key: item.key, type: "note", item });
    else {
      const first = newDay || item.key === divider || !continues(before, item);
      rows.push({ key: item.key, type: "message", item, first });
    }
    before = item;
  }
  if (gapDue && slice.end === thread.items.length) {
    rows.push({ key: "gap", type: "gap", count: gapDue.before - gapDue.after - 1 });
  }
  return rows.filter((row, index) => row.type !== "day" || rows.findIndex((other) => other.key === row.key) === index);
}
