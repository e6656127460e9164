import assert from "node:assert/strict";
import { test } from "node:test";
import { OutboxStorage } from "../../../static/js/state/outbox_storage.js";
import { MemoryValues } from "../../../static/js/state/store.js";
import { refusal, settle, tab } from "./outbox_tab.js";

test("a message is in storage before add returns, offline too", () => {
  const { say, values } = tab({ online: false });
  const item = say("hello");
  const stored = new OutboxStorage(values, "me").all();
  assert.deepEqual(stored, [item]);
  assert.equal(item.state, "waiting");
});

test("offline, five, a reload, online: five, once each, in order", async () => {
  const before = tab({ online: false });
  for (const n of [1, 2, 3, 4, 5]) before.say(`message ${n}`);
  const after = tab({ values: before.values });
  await settle();
  assert.deepEqual(
    after.server.log.map(({ body }) => body),
    [1, 2, 3, 4, 5].map((n) => `message ${n}`),
  );
  assert.equal(after.server.asked, 5);
  assert.deepEqual(new OutboxStorage(before.values, "me").all(), []);
});

test("one is in flight per conversation, and conversations do not wait for each other", async () => {
  /** @type {((ack: any) => void)[]} */
  const answers = [];
  /** @type {string[]} */
  const asked = [];
  const { say } = tab({
    post: (item) => {
      asked.push(item.body);
      return new Promise((resolve) => answers.push(resolve));
    },
  });
  say("a1", "a");
  say("a2", "a");
  say("b1", "b");
  await settle();
  assert.deepEqual(asked, ["a1", "b1"]);
  answers[0]({ ok: true, seq: 1 });
  await settle();
  assert.deepEqual(asked, ["a1", "b1", "a2"]);
});

for (const code of ["pending", "degraded", "timeout", "rate_limited", "slow_mode", "offline"]) {
  test(`after "${code}" the same client id is asked again, later, and none overtakes it`, async () => {
    /** @type {{ client_id: string, body: string }[]} */
    const asked = [];
    const { say, clock, outbox } = tab({
      post: (item) => {
        asked.push(item);
        return asked.length === 1 ? refusal(code, { retry_after: 3 }) : { ok: true, seq: asked.length };
      },
    });
    say("first");
    say("second");
    await settle();
    assert.equal(asked.length, 1);
    assert.equal(outbox.of("c")[0].state, "waiting");
    await clock.pass(2_900);
    assert.equal(asked.length, 1, "retry_after is respected");
    await clock.pass(1_000);
    assert.deepEqual(
      asked.map(({ body }) => body),
      ["first", "first", "second"],
    );
    assert.equal(asked[0].client_id, asked[1].client_id);
  });
}

test("the wait grows, with a limit", async () => {
  const { say, clock } = tab({ post: () => refusal("timeout") });
  say("hello");
  await settle();
  const waits = [];
  for (let round = 0; round < 10; round++) {
    const wait = clock.timers[0].at - clock.now;
    waits.push(wait);
    await clock.pass(wait);
  }
  assert.ok(waits[1] > waits[0] && waits[3] > waits[2]);
  assert.ok(Math.max(...waits) <= 30_000);
});

for (const code of ["invalid", "not_found", "forbidden", "client_id_reused", "too_large"]) {
  test(`"${code}" is definite: refused, kept, not asked again, and the next goes on`, async () => {
    const { say, clock, outbox, values } = tab({
      post: (item) => (item.body === "bad" ? refusal(code) : { ok: true, seq: 1 }),
    });
    const bad = say("bad");
    say("good");
    await settle();
    await clock.pass(60_000);
    assert.deepEqual(
      outbox.of("c").map(({ body, state, code: why }) => [body, state, why]),
      [["bad", "refused", code]],
    );
    assert.equal(new OutboxStorage(values, "me").read(bad.client_id)?.state, "refused", "also after a reload");
  });
}

test("a server's bug is asked again, and given to the person in the end", async () => {
  const { say, clock, outbox } = tab({ post: () => refusal("internal") });
  say("hello");
  await settle();
  for (let round = 0; round < 20; round++) await clock.pass(30_000);
  assert.equal(outbox.of("c")[0].state, "refused");
  assert.equal(outbox.of("c")[0].attempts, 8);
});

test("slow mode is never given up on: it says itself when it is over", async () => {
  const { say, clock, outbox } = tab({ post: () => refusal("slow_mode", { retry_after: 10 }) });
  say("hello");
  await settle();
  for (let round = 0; round < 20; round++) await clock.pass(30_000);
  assert.equal(outbox.of("c")[0].state, "waiting");
});

test("ten clicks on Try again ask once, with the same client id", async () => {
  /** @type {string[]} */
  const asked = [];
  let refuse = true;
  const { say, outbox } = tab({
    post: (item) => {
      asked.push(item.client_id);
      return refuse ? refusal("forbidden") : new Promise(() => undefined);
    },
  });
  const item = say("hello");
  await settle();
  refuse = false;
  for (let click = 0; click < 10; click++) outbox.retry(item.client_id);
  await settle();
  assert.deepEqual(asked, [item.client_id, item.client_id]);
});

test("Delete removes a refused message for good, and never one whose fate is unknown", async () => {
  /** @type {(ack: any) => void} */
  let answer = () => undefined;
  const { say, outbox, values } = tab({ post: () => new Promise((resolve) => (answer = resolve)) });
  const item = say("hello");
  await settle();
  outbox.discard(item.client_id);
  assert.equal(outbox.of("c").length, 1, "it may have been stored already");
  answer(refusal("forbidden"));
  await settle();
  outbox.discard(item.client_id);
  assert.deepEqual(outbox.of("c"), []);
  assert.deepEqual(new OutboxStorage(values, "me").all(), []);
});

test("the entry arrives though the acknowledgement is lost: the item is settled and not asked again", async () => {
  let asked = 0;
  const { say, outbox, clock, values } = tab({
    post: () => {
      asked += 1;
      return refusal("timeout");
    },
  });
  const item = say("hello");
  await settle();
  assert.equal(outbox.settle(item.client_id), item);
  assert.equal(outbox.settle(item.client_id), null, "a second time is harmless");
  await clock.pass(60_000);
  assert.equal(asked, 1);
  assert.deepEqual(outbox.of("c"), []);
  assert.deepEqual(new OutboxStorage(values, "me").all(), []);
});

test("the entry arrives before the acknowledgement: settled once, the late answer does nothing", async () => {
  /** @type {(ack: any) => void} */
  let answer = () => undefined;
  const { say, outbox, settled } = tab({ post: () => new Promise((resolve) => (answer = resolve)) });
  const item = say("hello");
  await settle();
  outbox.settle(item.client_id);
  answer({ ok: true, seq: 1 });
  await settle();
  assert.deepEqual(settled, []);
  assert.deepEqual(outbox.of("c"), []);
});

test("coming back online asks at once and does not wait out the back-off", async () => {
  let asked = 0;
  const { say, outbox } = tab({
    post: () => {
      asked += 1;
      return refusal("timeout");
    },
  });
  say("hello");
  await settle();
  outbox.setConnected(false);
  await settle();
  assert.equal(asked, 1);
  outbox.setConnected(true);
  await settle();
  assert.equal(asked, 2);
});

/** A storage with room for so many characters. */
class SmallValues extends MemoryValues {
  /** @param {number} room */
  constructor(room) {
    super();
    this.room = room;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    if (value.length > this.room) throw new DOMException("full", "QuotaExceededError");
    super.setItem(key, value);
  }
}

test("no room in the browser: the snapshot goes first", async () => {
  const values = new SmallValues(10);
  const { say, outbox } = tab({ values, makeRoom: () => (values.room = 1_000), online: false });
  say("hello");
  assert.equal(outbox.of("c")[0].state, "waiting");
  assert.equal(values.length, 1);
});

test("no room at all: the person is told, nothing is sent behind their back, and Try again works once there is room", async () => {
  const values = new SmallValues(10);
  const { say, outbox, server } = tab({ values });
  const item = say("hello");
  await settle();
  assert.deepEqual([item.state, item.code], ["refused", "storage_full"]);
  assert.match(item.message ?? "", /no room/);
  assert.equal(server.asked, 0);
  outbox.absorb();
  assert.equal(outbox.of("c").length, 1, "another tab's news does not lose it");
  values.room = 1_000;
  outbox.retry(item.client_id);
  await settle();
  assert.equal(server.log.length, 1);
});
