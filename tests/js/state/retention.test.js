import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { pinsAfter } from "../../../static/js/domain/pins.js";
import { messageOf, together } from "../../../static/js/domain/revisions.js";
import { Directory } from "../../../static/js/state/directory.js";
import { History } from "../../../static/js/state/history.js";
import { Log } from "../../../static/js/state/log.js";
import { Thread } from "../../../static/js/state/thread.js";
import { threadWindow } from "../../../static/js/state/thread_window.js";
import { rowsOf } from "../../../static/js/views/thread_rows.js";
import { deleteDB, openDB } from "../../../static/vendor/idb.js";
import { conversation, entries, entry, user } from "./entries.js";

/** @import { Entry } from "../../../static/js/types.d.ts" */

/** @param {number} seq @param {number} target */
const expired = (seq, target) =>
  entry(seq, { kind: "expired", sender: "administrator", body: "1000", target, ordinal: 3 });

const ranges = /** @type {any} */ ({ before: async () => [], after: async () => [], tail: async () => [] });

/** @param {Entry[]} log @param {object} [more] */
function opened(log, more = {}) {
  const thread = new Thread("c", ranges, log.length, 1);
  thread.seedWith(log);
  const view = conversation("c", { head: log.length, ...more });
  thread.expire(view.expired ?? 0);
  return { thread, view };
}

test("what is no longer kept says nothing in the window, whichever came first", () => {
  const edit = entry(4, { kind: "edited", target: 1, body: "secret edit" });
  for (const order of [
    [...entries(1, 3), edit, expired(5, 2)],
    [expired(5, 2), edit, ...entries(1, 3).reverse()],
  ]) {
    const log = new Log(0);
    for (const one of order) log.apply([structuredClone(one)]);
    assert.deepEqual(
      log.entries().map(({ body }) => body),
      ["", "", "message 3", "", "1000"],
    );
    log.apply([entry(6, { kind: "reacted", target: 1, body: "👍" })]);
    assert.equal(log.at(1)?.later, undefined);
  }
});

test("it cannot be said again by an older copy, and its thread is counted on", () => {
  const gone = { ...entry(1, { body: "" }), expired: true };
  assert.equal(together(gone, entry(1)), gone);
  const both = together(entry(1, { replies: 2, replies_rev: 9 }), gone);
  assert.deepEqual([both.body, both.expired, both.replies], ["", true, 2]);
  assert.equal(messageOf(gone).deleted_by, "expired");
});

test("a thread begins behind it, with one line, and loads nothing older", () => {
  const log = [...entries(2, 4), expired(5, 2), entry(6)];
  const { thread, view } = opened(log, { expired: 2, expired_at: 1000 });
  const window = threadWindow(view, thread, [], "me");
  assert.deepEqual(
    window.items.map(({ entry }) => entry?.seq),
    [3, 4, 6],
  );
  assert.equal(window.more_before, false);
  const rows = rowsOf(window, { start: 0, end: window.items.length }, null);
  assert.deepEqual(rows[0], { key: "edge", type: "edge", kind: "expired", at: 1000 });
  assert.equal(rows.filter(({ type }) => type === "edge").length, 1);
  const before = opened(log);
  assert.equal(threadWindow(before.view, before.thread, [], "me").expired_at, null);
});

test("the list's last message is gone, the entry that says so is not the last, and neither goes back", () => {
  const directory = new Directory(user("me"));
  directory.mergeConversation(conversation("c", { head: 2, last: entry(2) }));
  directory.revise("c", [expired(3, 2)]);
  const view = directory.conversation("c");
  assert.deepEqual([view?.expired, view?.expired_at, view?.last?.body], [2, 1000, ""]);
  directory.mergeConversation(conversation("c", { head: 3, last: entry(2), expired: 1, expired_at: 5 }));
  const after = directory.conversation("c");
  assert.deepEqual([after?.expired, after?.last?.body, after?.last?.seq], [2, "", 2]);
});

test("it is pinned no more", () => {
  const pins = [2, 5].map((seq) => ({ seq, by: "me" }));
  assert.deepEqual(pinsAfter(pins, expired(9, 4)), [{ seq: 5, by: "me" }]);
  assert.equal(pinsAfter(pins, expired(9, 1)), pins);
});

/** @returns {Promise<string>} all that the browser's store holds */
async function everything() {
  const database = await openDB("chatter-me", 1);
  const all = JSON.stringify([await database.getAll("entries"), await database.getAll("conversations")]);
  database.close();
  return all;
}

async function seen() {
  globalThis.indexedDB = new IDBFactory();
  const history = new History({ openDB, deleteDB }, "me");
  await history.open();
  await history.putViews([conversation("c", { head: 3, last: entry(3) })], []);
  const edit = entry(5, { kind: "edited", target: 2, body: "message 2, edited" });
  history.put("c", [...entries(1, 4), edit]);
  await history.flush();
  assert.match(await everything(), /message 2, edited/);
  return history;
}

for (const [how, hear] of /** @type {[string, (history: History) => Promise<unknown>][]} */ ([
  ["the log", async (history) => history.put("c", [expired(6, 3)])],
  ["a view", async (history) => history.putViews([conversation("c", { expired: 3, expired_at: 1000 })], [])],
])) {
  test(`the browser's store holds nothing of it once ${how} says so`, async () => {
    const history = await seen();
    await hear(history);
    await history.flush();
    const all = await everything();
    assert.doesNotMatch(all, /message [123]/);
    assert.match(all, /message 4/);
    history.put("c", [entry(1)]);
    await history.flush();
    assert.doesNotMatch(await everything(), /message 1/);
    assert.equal(
      (await history.after("c", 0, 3)).every(({ body }) => body === ""),
      true,
    );
    history.close();
  });
}
