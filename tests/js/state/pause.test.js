import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { standingOf } from "../../../static/js/state/connection.js";
import { Pause } from "../../../static/js/state/pause.js";
import { Clock, refusal } from "./outbox_tab.js";

/** @type {Clock} */
let clock;
/** @type {(string | null)[]} */
let changed;
let doubts = 0;
let eased = 0;
/** @type {Pause} */
let pause;

beforeEach(() => {
  clock = new Clock();
  changed = [];
  doubts = 0;
  eased = 0;
  pause = new Pause({
    changed: (conversation) => void changed.push(conversation),
    eased: () => void eased++,
    doubt: () => void doubts++,
    now: () => clock.now,
    later: clock.later,
    cancel: clock.cancel,
  });
});

const STORED = { ok: /** @type {const} */ (true) };

test("what a heartbeat said of everything only a heartbeat unsays, and a post that works asks for one", () => {
  pause.refused();
  pause.refused();
  assert.deepEqual(
    ["c", "d"].map((id) => pause.of(id)),
    [true, true],
  );
  pause.posted("c", STORED, clock.now);
  pause.synced(STORED);
  assert.equal(pause.of("c"), true);
  assert.deepEqual([doubts, eased], [2, 0]);
  pause.beat();
  assert.equal(pause.of("c"), false);
  pause.beat();
  assert.deepEqual([changed, eased], [[null, null], 1]);
});

test("what a post said of its conversation a heartbeat does not unsay", () => {
  pause.posted("c", refusal("degraded"), clock.now);
  assert.deepEqual(
    ["c", "d"].map((id) => pause.of(id)),
    [true, false],
  );
  pause.beat();
  assert.equal(pause.of("c"), true);
  pause.posted("d", STORED, clock.now);
  assert.equal(pause.of("c"), true);
  pause.posted("c", STORED, clock.now);
  assert.equal(pause.of("c"), false);
  assert.equal(doubts, 0);
});

test("accepted and not stored is no pause for ten seconds, and then it is", async () => {
  const askedAt = clock.now;
  clock.now += 8_000;
  pause.posted("c", refusal("pending"), askedAt);
  await clock.pass(1_999);
  assert.equal(pause.of("c"), false);
  await clock.pass(1);
  assert.equal(pause.of("c"), true);
});

test("stored within the ten seconds, it never was one", async () => {
  pause.posted("c", refusal("pending"), clock.now);
  pause.posted("c", STORED, clock.now);
  await clock.pass(60_000);
  assert.equal(pause.of("c"), false);
  assert.deepEqual(changed, []);
});

test("another refusal says nothing about storing, either way", () => {
  pause.posted("c", refusal("not_found"), clock.now);
  pause.posted("c", refusal("timeout"), clock.now);
  assert.equal(pause.of("c"), false);
  pause.hold("c");
  pause.posted("c", refusal("timeout"), clock.now);
  assert.equal(pause.of("c"), true);
});

test("without a connection nothing is known of it, and nothing comes up later", async () => {
  pause.refused();
  pause.hold("c");
  pause.posted("d", refusal("pending"), clock.now);
  pause.forget();
  await clock.pass(60_000);
  assert.deepEqual(
    ["c", "d"].map((id) => pause.of(id)),
    [false, false],
  );
});

test("the server's own word comes before offline and connecting, and says what waits", () => {
  const place = { paused: true, behind: 3, head: 9, queued: 2 };
  for (const state of /** @type {const} */ (["connecting", "online", "offline"]))
    assert.deepEqual(standingOf({ state, since: 1 }, place), { kind: "paused", queued: 2 });
});
