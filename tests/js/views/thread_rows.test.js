import assert from "node:assert/strict";
import { test } from "node:test";
import { Divider } from "../../../static/js/views/divider.js";
import { rowsOf } from "../../../static/js/views/thread_rows.js";

/** @import { ThreadItem, ThreadWindow } from "../../../static/js/types.d.ts" */

const NOON = new Date("2026-11-24T12:00:00").getTime();
const MINUTE = 60_000;

/**
 * @param {number} seq
 * @param {string} sender
 * @param {{ minute?: number, kind?: "text" | "created" | "withheld" | "left" }} [more]
 * @returns {ThreadItem}
 */
function item(seq, sender, { minute = seq, kind = "text" } = {}) {
  const created_at = NOON + minute * MINUTE;
  const entry = { seq, ordinal: seq, kind, sender, client_id: `k${seq}`, body: "x", created_at };
  const mine = sender === "me";
  const quiet = { message: null, changing: false, refused: null, quote: null, replies: 0 };
  return { key: `k${seq}`, entry, pending: null, mine, tick: mine ? "sent" : null, ...quiet };
}

/**
 * @param {ThreadItem[]} items
 * @param {Partial<ThreadWindow>} [more]
 * @returns {ThreadWindow}
 */
function thread(items, more = {}) {
  const low = items[0]?.entry?.seq ?? 0;
  const high = items.at(-1)?.entry?.seq ?? 0;
  return {
    conversation: "c",
    items,
    low,
    high,
    head: high,
    more_before: false,
    more_after: false,
    gap: null,
    loading: false,
    revisions: [],
    pins: [],
    ...more,
  };
}

/** @param {ThreadWindow} window @param {string | null} [divider] */
function words(window, divider = null) {
  return rowsOf(window, { start: 0, end: window.items.length }, divider)
    .filter(({ type }) => type !== "edge")
    .map((row) => (row.type === "message" ? `${row.key}${row.first ? "*" : ""}` : row.type));
}

test("messages of one person within five minutes are one group", () => {
  const items = [
    item(1, "ada"),
    item(2, "ada"),
    item(3, "ben"),
    item(4, "ben", { minute: 9 }),
    item(5, "me", { minute: 9 }),
  ];
  assert.deepEqual(words(thread(items)), ["day", "k1*", "k2", "k3*", "k4*", "k5*"]);
});

test("each day has its label once", () => {
  const items = [item(1, "ada"), item(2, "ada", { minute: 2 }), item(3, "ada", { minute: 24 * 60 })];
  assert.deepEqual(words(thread(items)), ["day", "k1*", "k2", "day", "k3*"]);
});

test("a withheld number shows nothing and parts no group", () => {
  assert.deepEqual(words(thread([item(1, "ada"), item(2, "", { kind: "withheld" }), item(3, "ada")])), [
    "day",
    "k1*",
    "k3",
  ]);
});

test("who comes and goes stands between the messages, parts a group and gets no divider", () => {
  const items = [item(1, "ada"), item(2, "ben", { kind: "left" }), item(3, "ada")];
  assert.deepEqual(words(thread(items)), ["day", "k1*", "note", "k3*"]);
  assert.deepEqual(words(thread([item(1, "ada", { kind: "left" }), item(2, "ada")])), ["day", "note", "k2*"]);
  const divider = new Divider(1);
  divider.update(thread(items), "up_to_date", 1);
  assert.equal(divider.key, "k3");
});

test("the gap stands where the numbers are missing, and says how many", () => {
  const window = thread([item(1, "ada"), item(4, "ada")], { gap: { after: 1, before: 4 } });
  assert.deepEqual(words(window), ["day", "k1*", "gap", "k4*"]);
  const gap = rowsOf(window, { start: 0, end: 2 }, null).find(({ type }) => type === "gap");
  assert.equal(gap?.type === "gap" ? gap.count : 0, 2);
});

test("a gap after the last entry stands at the end", () => {
  assert.deepEqual(words(thread([item(1, "ada")], { gap: { after: 1, before: 3 } })), ["day", "k1*", "gap"]);
});

test("the divider stands before its message and begins a group", () => {
  assert.deepEqual(words(thread([item(1, "ada"), item(2, "ada")]), "k2"), ["day", "k1*", "new", "k2*"]);
});

test("a slice that begins in mid-group goes on with it", () => {
  const window = thread([item(1, "ada"), item(2, "ada"), item(3, "ada")]);
  assert.deepEqual(
    rowsOf(window, { start: 1, end: 3 }, null).map(({ type }) => type),
    ["message", "message"],
  );
  assert.equal(
    rowsOf(window, { start: 1, end: 3 }, null).some((row) => row.type === "message" && row.first),
    false,
  );
});

test("the divider is found once, before the first unread of others, and stays there", () => {
  const divider = new Divider(1);
  const items = [item(1, "ada"), item(2, "me"), item(3, "ada"), item(4, "ada")];
  divider.update(thread(items), "up_to_date", 2);
  assert.equal(divider.key, "k3");
  divider.update(thread([...items, item(5, "ada")]), "up_to_date", 3);
  assert.equal(divider.key, "k3");
});

test("what arrives while one is looking gets no divider", () => {
  const divider = new Divider(2);
  const items = [item(1, "ada"), item(2, "ada")];
  divider.update(thread(items), "up_to_date", 0);
  divider.update(thread([...items, item(3, "ada")]), "up_to_date", 1);
  assert.equal(divider.key, null);
});

test("what was missed while away is found when it has caught up", () => {
  const divider = new Divider(2);
  const items = [item(1, "ada"), item(2, "ada")];
  divider.update(thread(items), "connecting", 0);
  divider.update(thread([...items, item(3, "ada")]), "behind", 1);
  assert.equal(divider.key, "k3");
});

test("where the first unread lies before the window, it is asked for once", () => {
  const divider = new Divider(10);
  const window = thread([item(500, "ada"), item(501, "ada")], { more_before: true });
  assert.equal(divider.update(window, "up_to_date", 491), 11);
  assert.equal(divider.update(window, "up_to_date", 491), null);
  assert.equal(divider.key, null);
});
