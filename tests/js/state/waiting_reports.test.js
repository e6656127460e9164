import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as settled } from "node:timers/promises";
import { HIDDEN_EVERY_MS, SEEN_EVERY_MS, WaitingReports } from "../../../static/js/state/waiting_reports.js";

class World {
  now = 1_000_000;
  seen = true;
  asked = 0;
  /** @type {(number | string)[]} */
  told = [];
  /** @type {() => Promise<{ status: number, waiting: number }>} */
  answer = async () => ({ status: 200, waiting: 2 });
  /** @type {{ run: () => void, at: number }[]} */
  timers = [];

  reports = new WaitingReports({
    ask: () => {
      this.asked += 1;
      return this.answer();
    },
    tell: (waiting) => this.told.push(waiting),
    end: () => this.told.push("end"),
    seen: () => this.seen,
    now: () => this.now,
    later: (run, ms) => {
      const timer = { run, at: this.now + ms };
      this.timers.push(timer);
      return timer;
    },
    cancel: (timer) => {
      this.timers = this.timers.filter((other) => other !== timer);
    },
  });

  /** @param {number} ms */
  async pass(ms) {
    const until = this.now + ms;
    for (;;) {
      const next = this.timers.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at > until) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.now = next.at;
      next.run();
      await settled();
    }
    this.now = until;
  }

  /** @param {boolean} seen */
  turn(seen) {
    this.seen = seen;
    this.reports.lookedAt();
  }
}

test("the server is asked every half minute while somebody looks, and not before", async () => {
  const world = new World();
  world.reports.start();
  await world.pass(SEEN_EVERY_MS - 1);
  assert.equal(world.asked, 0);
  await world.pass(1);
  assert.deepEqual(world.told, [2]);
  world.answer = async () => ({ status: 200, waiting: 3 });
  await world.pass(SEEN_EVERY_MS);
  assert.deepEqual(world.told, [2, 3]);
});

test("a page that nobody sees asks seldom, and at once where it is overdue when somebody looks", async () => {
  const world = new World();
  world.reports.start();
  world.turn(false);
  await world.pass(HIDDEN_EVERY_MS - 1);
  assert.equal(world.asked, 0);
  world.turn(true);
  await world.pass(0);
  assert.equal(world.asked, 1);
  for (let n = 0; n < 50; n += 1) world.turn(n % 2 === 1);
  await world.pass(SEEN_EVERY_MS - 1);
  assert.equal(world.asked, 1, "turning to and fro does not ask more often");
  await world.pass(1);
  assert.equal(world.asked, 2);
});

test("whoever turns away and back while an answer is on its way asks no second time", async () => {
  const world = new World();
  /** @type {(answer: { status: number, waiting: number }) => void} */
  let answer = () => {};
  world.answer = () => new Promise((resolve) => (answer = resolve));
  world.reports.start();
  await world.pass(SEEN_EVERY_MS);
  world.turn(false);
  world.turn(true);
  await world.pass(10 * SEEN_EVERY_MS);
  assert.equal(world.asked, 1);
  answer({ status: 200, waiting: 5 });
  await settled();
  assert.deepEqual(world.told, [5]);
  await world.pass(SEEN_EVERY_MS);
  assert.equal(world.asked, 2);
});

for (const status of [401, 403, 404])
  test(`after a ${status} nothing is asked any more`, async () => {
    const world = new World();
    world.answer = async () => ({ status, waiting: 0 });
    world.reports.start();
    await world.pass(SEEN_EVERY_MS);
    assert.deepEqual(world.told, ["end"]);
    world.turn(false);
    world.turn(true);
    await world.pass(10 * HIDDEN_EVERY_MS);
    assert.equal(world.asked, 1);
    assert.deepEqual(world.timers, []);
  });

test("a network that is away and a server that is busy say nothing, and are asked again", async () => {
  const world = new World();
  world.reports.start();
  for (const answer of [
    () => Promise.reject(new TypeError("Failed to fetch")),
    async () => ({ status: 429, waiting: 0 }),
    async () => ({ status: 503, waiting: 0 }),
  ]) {
    world.answer = answer;
    await world.pass(SEEN_EVERY_MS);
  }
  assert.deepEqual(world.told, []);
  world.answer = async () => ({ status: 200, waiting: 0 });
  await world.pass(SEEN_EVERY_MS);
  assert.deepEqual(world.told, [0]);
  assert.equal(world.asked, 4);
});

test("an answer that comes after the end tells nothing", async () => {
  const world = new World();
  world.reports.start();
  const looked = world.pass(SEEN_EVERY_MS);
  world.reports.stop();
  await looked;
  assert.deepEqual(world.told, []);
  assert.deepEqual(world.timers, []);
});
