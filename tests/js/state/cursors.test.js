import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { Cursors } from "../../../static/js/state/cursors.js";
import { Typing } from "../../../static/js/state/typing.js";
import { ordinalAt, unreadOf } from "../../../static/js/state/unread.js";
import { conversation, entry } from "./entries.js";

/** @type {object[]} */
let asked;
/** @type {any} */
let answer;
/** @type {Cursors} */
let cursors;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const pass = async (/** @type {number} */ ms) => {
  mock.timers.tick(ms);
  await settled();
};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  asked = [];
  answer = { ok: true, conversation: "c", delivered: 0, read: 0, read_ordinal: 0 };
  cursors = new Cursors(
    async (id, moved) => {
      asked.push({ id, ...moved });
      return answer;
    },
    () => undefined,
  );
});

test("a burst is told once, at its highest", async () => {
  for (let seq = 1; seq <= 20; seq++) cursors.delivered("c", seq);
  assert.deepEqual(asked, []);
  await pass(300);
  await pass(10_000);
  assert.deepEqual(asked, [{ id: "c", delivered: 20 }]);
});

test("reading is told sooner than arriving, and tells both", async () => {
  cursors.delivered("c", 5);
  cursors.read("c", 4);
  await pass(150);
  assert.deepEqual(asked, [{ id: "c", delivered: 5, read: 4 }]);
});

test("what the server knows is not told again", async () => {
  cursors.known("c", { delivered: 9, read: 7 });
  cursors.read("c", 7);
  cursors.delivered("c", 8);
  await pass(1_000);
  assert.deepEqual(asked, []);
});

test("what could not be told is told later, and then no more", async () => {
  answer = { ok: false, code: "offline", message: "." };
  cursors.read("c", 3);
  await pass(150);
  answer = { ok: true, conversation: "c", delivered: 3, read: 3, read_ordinal: 3 };
  cursors.flush();
  await settled();
  cursors.flush();
  await settled();
  assert.equal(asked.length, 2);
});

test("a server that caps the cursor at its head is not asked for ever", async () => {
  answer = { ok: true, conversation: "c", delivered: 2, read: 2, read_ordinal: 2 };
  cursors.read("c", 5);
  await pass(150);
  cursors.flush();
  await settled();
  assert.equal(asked.length, 1);
});

test("typing is told at once, every four seconds while it lasts, and ends after five idle ones", async () => {
  /** @type {boolean[]} */
  const sent = [];
  const typing = new Typing(
    (_, active) => sent.push(active),
    () => undefined,
  );
  for (let ms = 0; ms < 8_000; ms += 500) {
    typing.set("c", true);
    await pass(500);
  }
  assert.deepEqual(sent, [true, true]);
  await pass(5_000);
  assert.deepEqual(sent, [true, true, false]);
  typing.set("c", false);
  assert.equal(sent.length, 3, "stopping twice is told once");
});

test("another's typing ends by itself when the end was lost", async () => {
  const typing = new Typing(
    () => undefined,
    () => undefined,
  );
  typing.heard("c", "maya", true);
  await pass(5_900);
  assert.deepEqual(typing.of("c"), ["maya"]);
  await pass(200);
  assert.deepEqual(typing.of("c"), []);
});

test("unread is the head's ordinal less what was read, or written", () => {
  const view = conversation("c", { head: 12, head_ordinal: 10 });
  assert.equal(unreadOf(view, 0), 10);
  view.me.read_ordinal = 4;
  assert.equal(unreadOf(view, 0), 6);
  assert.equal(unreadOf(view, 9), 1);
  view.me.read_ordinal = 11;
  assert.equal(unreadOf(view, 0), 0, "never below zero");
  assert.equal(unreadOf({ ...view, blocked: true, head_ordinal: 99 }, 0), 0);
});

test("where the entry read is not at hand, unread is never told too small", () => {
  const view = { head: 100, head_ordinal: 90 };
  assert.equal(ordinalAt(view, 95, entry(95, { ordinal: 86 })), 86);
  assert.ok(ordinalAt(view, 95) <= 86);
  assert.equal(ordinalAt(view, 100), 90);
  assert.equal(ordinalAt(view, 0), 0);
});
