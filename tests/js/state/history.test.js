import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { repliesTo } from "../../../static/js/domain/threads.js";
import { databaseName, History } from "../../../static/js/state/history.js";
import * as idb from "../../../static/vendor/idb.js";
import { conversation, entries, entry, numbers } from "./entries.js";

/** @type {History} */
let history;

beforeEach(async () => {
  globalThis.indexedDB = new IDBFactory();
  history = new History(idb, "me");
  await history.open();
});

test("what was put comes back as it was, by another tab too", async () => {
  history.put("c", entries(1, 3));
  await history.flush();
  const other = new History(idb, "me");
  await other.open();
  assert.deepEqual(await other.before("c", 4, 50), entries(1, 3));
});

test("what was deleted is gone from the list that is kept, too", async () => {
  await history.putViews(
    [conversation("c", { head: 4, last: entry(4) }), conversation("d", { head: 4, last: entry(4) })],
    [],
  );
  history.put("c", [entry(4), entry(5, { kind: "deleted", target: 4, body: "" })]);
  await history.flush();
  const bodies = (await history.views()).conversations.map(({ last }) => last?.body);
  assert.deepEqual(bodies, ["", "message 4"]);
});

test("before: the run that ends there, and nothing beyond a hole", async () => {
  history.put("c", [...entries(1, 5), ...entries(8, 20)]);
  assert.deepEqual(numbers(await history.before("c", 21, 50)), numbers(entries(8, 20)));
  assert.deepEqual(numbers(await history.before("c", 16, 4)), [12, 13, 14, 15]);
  assert.deepEqual(await history.before("c", 8, 50), [], "7 is missing, so nothing joins");
  assert.deepEqual(await history.before("c", 1, 50), []);
});

test("after: the run that begins there, and nothing beyond a hole", async () => {
  history.put("c", [...entries(1, 5), ...entries(8, 20)]);
  assert.deepEqual(numbers(await history.after("c", 2, 50)), [3, 4, 5]);
  assert.deepEqual(await history.after("c", 5, 50), []);
  assert.deepEqual(numbers(await history.after("c", 7, 2)), [8, 9]);
});

test("the tail is the newest run", async () => {
  history.put("c", [...entries(1, 5), ...entries(8, 20)]);
  assert.deepEqual(numbers(await history.tail("c", 5)), [16, 17, 18, 19, 20]);
  assert.deepEqual(numbers(await history.tail("c", 50)), numbers(entries(8, 20)));
  assert.deepEqual(await history.tail("never seen", 50), []);
});

test("a root that is kept is counted on when replies come, and a thread is its root and those", async () => {
  history.put("c", entries(1, 3));
  await history.flush();
  history.put("c", [entry(4, { target: 2, root: 2 }), entry(5), entry(6, { target: 4, root: 2 })]);
  await history.flush();
  history.put("c", [entry(7, { kind: "deleted", target: 4, root: 2, body: "" }), entry(6, { target: 4, root: 2 })]);
  const thread = await history.thread("c", 2);
  assert.deepEqual(numbers(thread), [2, 4, 6]);
  assert.equal(repliesTo(thread[0]), 1);
  assert.notEqual(thread[1].deleted_at, undefined);
});

test("conversations do not run into each other", async () => {
  history.put("c", entries(1, 3));
  history.put("d", entries(4, 6));
  assert.deepEqual(await history.after("c", 3, 50), []);
  await history.drop("c");
  assert.deepEqual(await history.tail("c", 50), []);
  assert.equal((await history.tail("d", 50)).length, 3);
});

test("dropping forgets what was not written yet, too", async () => {
  history.put("c", [entry(1)]);
  await history.drop("c");
  await history.flush();
  assert.deepEqual(await history.tail("c", 50), []);
});

test("views are replaced whole", async () => {
  await history.putViews([conversation("a"), conversation("b")], []);
  await history.putViews([conversation("b")], []);
  assert.deepEqual(
    (await history.views()).conversations.map(({ id }) => id),
    ["b"],
  );
});

test("wiped, nothing is left, though another tab has it open", async () => {
  history.put("c", entries(1, 3));
  const other = new History(idb, "me");
  await other.open();
  await history.wipe();
  assert.deepEqual(await indexedDB.databases(), []);
  assert.deepEqual(await other.tail("c", 50), []);
});

test("one person's history is another database than another's", () => {
  assert.notEqual(databaseName("me"), databaseName("you"));
});

test("where the browser refuses, everything answers that nothing is known", async () => {
  const blocked = new History({ openDB: () => Promise.reject(new Error("blocked")), deleteDB: idb.deleteDB }, "me");
  await blocked.open();
  blocked.put("c", entries(1, 3));
  assert.deepEqual(await blocked.tail("c", 50), []);
  assert.deepEqual(await blocked.before("c", 4, 50), []);
  assert.deepEqual(await blocked.views(), { conversations: [], contacts: [] });
  await blocked.wipe();
});
