import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Log, LogConflict, WINDOW_ENTRIES } from "../../../static/js/state/log.js";
import { entries, entry, numbers } from "./entries.js";

test("the next number is applied", () => {
  const log = new Log();
  assert.equal(log.apply([entry(1)]), "applied");
  assert.equal(log.apply([entry(2), entry(3)]), "applied");
  assert.deepEqual(numbers(log.entries()), [1, 2, 3]);
  assert.deepEqual([log.low, log.high, log.head, log.behind], [1, 3, 3, 0]);
});

test("an empty window has no first number", () => {
  const log = new Log(40);
  assert.deepEqual([log.low, log.high, log.head, log.size], [0, 40, 40, 0]);
});

test("10 and 12 arrive: 12 is held back, the hole is known, and 11 fills it", () => {
  const log = new Log(9);
  assert.equal(log.apply([entry(10)]), "applied");
  assert.equal(log.apply([entry(12)]), "gap");
  assert.deepEqual(numbers(log.entries()), [10]);
  assert.deepEqual(numbers(log.early()), [12]);
  assert.deepEqual(log.gap(), { after: 10, before: 12 });
  assert.equal(log.apply([entry(11)]), "applied");
  assert.deepEqual(numbers(log.entries()), [10, 11, 12]);
  assert.equal(log.gap(), null);
  assert.deepEqual(log.early(), []);
});

test("replaying 11 adds nothing", () => {
  const log = new Log(9);
  log.apply(entries(10, 12));
  assert.equal(log.apply([entry(11)]), "duplicate");
  assert.equal(log.apply(entries(10, 12)), "duplicate");
  assert.deepEqual(numbers(log.entries()), [10, 11, 12]);
});

test("what lies before the window is history, not news", () => {
  const log = new Log(9);
  log.apply([entry(10)]);
  assert.equal(log.apply([entry(4)]), "duplicate");
  assert.equal(log.low, 10);
});

test("of two holes the first is told first", () => {
  const log = new Log();
  log.apply([entry(1), entry(5), entry(9)]);
  assert.deepEqual(log.gap(), { after: 1, before: 5 });
  assert.equal(log.apply(entries(2, 4)), "gap");
  assert.deepEqual(log.gap(), { after: 5, before: 9 });
});

test("a head that was heard shows a lost tail, and never goes back", () => {
  const log = new Log();
  log.apply(entries(1, 3));
  assert.equal(log.hear(5), true);
  assert.equal(log.hear(4), false);
  assert.deepEqual([log.head, log.behind], [5, 2]);
  assert.equal(log.gap(), null, "nothing came early, so there is no hole to mark");
});

test("500 behind is caught up with, 501 starts over", () => {
  const log = new Log();
  log.hear(500);
  assert.equal(log.mustRestart, false);
  log.hear(501);
  assert.equal(log.mustRestart, true);
});

test("starting over takes the page, and keeps what came early beyond it", () => {
  const log = new Log();
  log.apply(entries(1, 3));
  log.apply([entry(900), entry(903)]);
  log.reset(880, entries(881, 899));
  assert.deepEqual([log.low, log.high], [881, 900]);
  assert.deepEqual(numbers(log.early()), [903]);
  assert.equal(log.head, 903);
});

test("starting over forgets what the page does not reach", () => {
  const log = new Log();
  log.apply(entries(1, 20));
  log.reset(700, entries(701, 710));
  assert.deepEqual([log.low, log.high, log.size], [701, 710, 10]);
});

test("older entries join only without a hole", () => {
  const log = new Log(50);
  log.apply([entry(51)]);
  assert.equal(log.prepend(entries(30, 40)), 0, "41 to 50 are missing");
  assert.equal(log.low, 51);
  assert.equal(log.prepend(entries(41, 50)), 10);
  assert.equal(log.prepend(entries(35, 51)), 6, "what overlaps is known");
  assert.deepEqual([log.low, log.high], [35, 51]);
  assert.deepEqual(numbers(log.entries()), numbers(entries(35, 51)));
});

test("of older entries with a hole in them only the near run is taken", () => {
  const log = new Log(50);
  assert.equal(log.prepend([...entries(40, 44), ...entries(48, 50)]), 3);
  assert.equal(log.base, 47);
});

test("one number with two client ids breaks the promise: it is thrown, never shown twice", () => {
  const log = new Log();
  log.apply(entries(1, 3));
  assert.throws(() => log.apply([entry(2, { client_id: "another" })]), LogConflict);
  log.apply([entry(6)]);
  assert.throws(() => log.apply([entry(6, { client_id: "another" })]), LogConflict);
  assert.throws(() => log.prepend([entry(3, { client_id: "another" })]), LogConflict);
  assert.deepEqual(numbers(log.entries()), [1, 2, 3]);
  assert.equal(log.at(2)?.client_id, "id-2");
});

test("the window forgets its oldest and stays contiguous", () => {
  const log = new Log();
  log.apply(entries(1, WINDOW_ENTRIES + 30));
  log.trim();
  assert.deepEqual([log.low, log.size, log.high], [31, WINDOW_ENTRIES, WINDOW_ENTRIES + 30]);
  assert.equal(log.at(30), null);
  assert.equal(log.at(31)?.seq, 31);
});

test("what is held back is bounded, and what was dropped is not forgotten to be missing", () => {
  const log = new Log();
  log.apply(entries(3, 1_500).reverse());
  assert.ok(log.early().length <= 1_000);
  assert.equal(log.head, 1_500);
  log.apply(entries(1, 2));
  assert.ok(log.behind > 0);
  log.apply(entries(log.high + 1, 1_500));
  assert.equal(log.behind, 0);
  assert.equal(log.gap(), null);
});

test("shuffled, doubled and dropped pushes end with exactly the list, once healed", () => {
  const plan = fc.record({
    length: fc.integer({ min: 0, max: 60 }),
    base: fc.integer({ min: 0, max: 5 }),
    chunks: fc.array(fc.record({ at: fc.nat(), size: fc.integer({ min: 1, max: 6 }), reversed: fc.boolean() }), {
      maxLength: 60,
    }),
  });
  fc.assert(
    fc.property(plan, ({ length, base, chunks }) => {
      const truth = entries(base + 1, base + length);
      const log = new Log(base);
      for (const { at, size, reversed } of length ? chunks : []) {
        const pushed = truth.slice(at % length, (at % length) + size);
        const outcome = log.apply(reversed ? pushed.reverse() : pushed);
        const shown = numbers(log.entries());
        assert.deepEqual(shown, numbers(truth.slice(0, shown.length)), "the window never has a hole");
        assert.equal(outcome === "gap", log.gap() !== null);
        assert.ok(log.early().every(({ seq }) => seq > log.high + 1));
      }
      log.hear(base + length);
      // The server heals, as `sync` does: hole by hole, then the tail.
      for (let round = 0; log.behind > 0 && round <= length; round++) {
        const gap = log.gap();
        log.apply(truth.filter(({ seq }) => seq > log.high && seq < (gap?.before ?? Number.POSITIVE_INFINITY)));
      }
      assert.deepEqual(log.entries(), truth);
      assert.equal(log.gap(), null);
    }),
    { numRuns: 500 },
  );
});

test("pages before, trims and restarts in any order leave a contiguous window of the truth", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("apply"), at: fc.nat(300), size: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant("prepend"), at: fc.nat(300), size: fc.integer({ min: 1, max: 30 }) }),
    fc.record({ do: fc.constant("reset"), at: fc.nat(300), size: fc.integer({ min: 0, max: 30 }) }),
    fc.record({ do: fc.constant("trim"), at: fc.nat(40), size: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const truth = entries(1, 330);
      const log = new Log(100);
      for (const { do: what, at, size } of steps) {
        const page = truth.slice(at, at + size);
        if (what === "apply") log.apply(page);
        else if (what === "prepend") log.prepend(page);
        else if (what === "reset") log.reset(at, page);
        else log.trim(at);
        assert.deepEqual(log.entries(), truth.slice(log.base, log.high));
        assert.ok(log.head >= log.high);
        for (const held of log.early()) assert.ok(held.seq > log.high + 1);
      }
    }),
    { numRuns: 300 },
  );
});
