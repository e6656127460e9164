import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Log, LogConflict, WINDOW_ENTRIES } from "../../../static/js/state/log.js";
import { nextAsk } from "../../../static/js/state/sync.js";
import { entries, entry, numbers } from "./entries.js";

/** @import { Entry } from "../../../static/js/types.d.ts" */
/** @import { Ask } from "../../../static/js/state/sync.js" */

/** The most a server answers at once; smaller than the real one, so that catching up takes several rounds. */
const ANSWER = 70;

const size = fc.oneof({ weight: 4, arbitrary: fc.nat(12) }, { weight: 1, arbitrary: fc.nat(700) });
const fate = fc.constantFrom("arrives", "arrives", "lost", "late", "twice");
const step = fc.oneof(
  fc.record({ do: fc.constant("say"), count: size, fates: fc.array(fate, { minLength: 1, maxLength: 6 }) }),
  fc.record({ do: fc.constant("deliver"), pick: fc.nat() }),
  fc.record({ do: fc.constant("heads"), late: fc.nat(30) }),
  fc.record({ do: fc.constant("ask"), open: fc.boolean(), late: fc.boolean() }),
  fc.record({ do: fc.constant("prepend"), count: fc.nat(60), shift: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ do: fc.constant("reset"), pick: fc.nat(), count: fc.nat(80) }),
  fc.record({ do: fc.constant("trim"), limit: fc.option(fc.nat(80), { nil: WINDOW_ENTRIES }) }),
);

/** A server's log, a browser's window on it, and a network that holds things back. */
class World {
  /** @type {Entry[]} */
  truth = [];
  /** @type {(() => void)[]} what is on its way */
  network = [];

  /** @param {number} length @param {number} floor the first number this person may see @param {number} after */
  constructor(length, floor, after) {
    this.truth = entries(1, length);
    this.floor = Math.min(floor, length + 1);
    this.log = new Log(Math.max(this.floor - 1, Math.min(after, length)));
  }

  /** @param {any} one */
  take(one) {
    const { truth, log } = this;
    if (one.do === "say") this.say(one.count, one.fates);
    else if (one.do === "deliver") this.network.splice(one.pick % Math.max(1, this.network.length), 1)[0]?.();
    else if (one.do === "heads") log.hear(Math.max(0, truth.length - one.late));
    else if (one.do === "ask") this.ask(one.open, one.late);
    else if (one.do === "trim") log.trim(one.limit);
    else if (one.do === "prepend") {
      const until = Math.max(this.floor - 1, log.base + one.shift);
      log.prepend(truth.slice(Math.max(this.floor - 1, until - one.count), until));
    } else {
      const after = Math.max(this.floor - 1, one.pick % (truth.length + 1));
      const { base, high } = log;
      const page = truth.slice(after, after + one.count);
      log.reset(after, page);
      const reached = after + page.length;
      const kept = base <= reached && reached <= high;
      assert.ok(log.high >= (kept ? high : reached), "what the page joins is kept");
    }
  }

  /** @param {number} count @param {string[]} fates */
  say(count, fates) {
    const from = this.truth.length;
    this.truth.push(...entries(from + 1, from + count));
    // Committers announce in batches; here of up to five.
    for (let at = from, n = 0; at < from + count; at += 1 + (n % 5), n++) {
      const batch = this.truth.slice(at, Math.min(from + count, at + 1 + (n % 5)));
      const push = () => this.applied(batch);
      const what = fates[n % fates.length];
      if (what === "arrives" || what === "twice") push();
      if (what === "late" || what === "twice") this.network.push(push);
    }
  }

  /** @param {Entry[]} batch */
  applied(batch) {
    const known = new Set([...this.log.entries(), ...this.log.early()].map(({ seq }) => seq));
    const news = batch.some(({ seq }) => seq > this.log.base && !known.has(seq));
    const outcome = this.log.apply(batch);
    if (this.log.gap()) assert.equal(outcome, "gap");
    else assert.equal(outcome, news ? "applied" : "duplicate");
  }

  /** As `sync` does; a late answer is one of a server that knew less than there is now. @param {boolean} open @param {boolean} late */
  ask(open, late) {
    const ask = nextAsk(this.log, this.floor, open);
    if (!ask) return false;
    const answer = this.answer(ask);
    if (late) this.network.push(answer);
    else answer();
    return true;
  }

  /** @param {Ask} ask */
  answer({ after, until, restart }) {
    const found = this.truth.slice(after, Math.min(until ?? Number.POSITIVE_INFINITY, after + ANSWER));
    const head = this.truth.length;
    return () => {
      if (restart) this.log.reset(after, found);
      else this.log.apply(found);
      this.log.hear(head);
    };
  }

  check() {
    const { log, truth } = this;
    const shown = log.entries();
    assert.ok(log.base >= this.floor - 1, "nothing before this person's time");
    assert.equal(log.high, log.base + shown.length);
    shown.forEach((one, index) => {
      assert.equal(one.seq, log.base + index + 1, "a hole or a double in the window");
      assert.equal(one, truth[one.seq - 1]);
    });
    const held = numbers(log.early());
    held.forEach((seq, index) => {
      assert.ok(seq > (index ? held[index - 1] : log.high + 1), "held back: rising, and not what is next");
    });
    assert.deepEqual(log.gap(), held.length ? { after: log.high, before: held[0] } : null);
    assert.ok(log.head >= Math.max(log.high, held.at(-1) ?? 0));
    assert.ok(log.head <= truth.length, "never more than there is");
    assert.equal(log.behind, log.head - log.high);
  }

  /** The network works again. What was under way is lost; the heartbeat tells the head. */
  heal() {
    this.log.hear(this.truth.length);
    const most = 3 + this.log.early().length + Math.ceil(this.log.behind / ANSWER);
    for (let round = 0; this.ask(true, false); round++) {
      assert.ok(round < most, `asks for ever: ${JSON.stringify(nextAsk(this.log, this.floor, true))}`);
      this.check();
    }
    assert.deepEqual([this.log.high, this.log.gap(), this.log.behind], [this.truth.length, null, 0]);
    assert.deepEqual(this.log.entries(), this.truth.slice(this.log.base));
    if (this.truth.length >= this.floor) assert.ok(this.log.size > 0, "an empty window of what is not empty");
  }
}

const begin = fc.record({ length: fc.nat(150), floor: fc.integer({ min: 1, max: 40 }), after: fc.nat(150) });

test("whatever is pushed, lost, doubled, late, asked, put before or forgotten: a window of the truth, whole once healed", () => {
  fc.assert(
    fc.property(begin, fc.array(step, { maxLength: 40, size: "max" }), ({ length, floor, after }, steps) => {
      const world = new World(length, floor, after);
      for (const one of steps) {
        world.take(one);
        world.check();
      }
      world.heal();
    }),
    { numRuns: 400 },
  );
});

test("a number that comes with another client id is refused wherever it is known, and what is shown stays the truth", () => {
  fc.assert(
    fc.property(
      begin,
      fc.array(step, { maxLength: 25, size: "max" }),
      fc.nat(),
      fc.boolean(),
      ({ length, floor, after }, steps, pick, older) => {
        const world = new World(length, floor, after);
        for (const one of steps) world.take(one);
        const known = [...world.log.entries(), ...world.log.early()];
        fc.pre(known.length > 0);
        const { seq } = known[pick % known.length];
        const shown = numbers(world.log.entries());
        const before = world.truth.slice(Math.max(world.floor, seq - 2) - 1, seq - 1);
        const forged = [...before, entry(seq, { client_id: "another" })];
        const take = () => (older ? world.log.prepend(forged) : world.log.apply(forged));
        assert.throws(take, (error) => error instanceof LogConflict && error.seq === seq);
        for (const one of [...world.log.entries(), ...world.log.early()]) {
          assert.equal(one.client_id, `id-${one.seq}`, "the forged one is nowhere");
        }
        assert.ok(
          shown.every((number) => world.log.at(number)?.seq === number),
          "nothing shown is lost",
        );
        world.heal();
      },
    ),
    { numRuns: 300 },
  );
});

test("what a restart brings stands against whatever was held", () => {
  const forgeries = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 10 });
  fc.assert(
    fc.property(forgeries, fc.nat(59), fc.nat(60), fc.nat(60), (forged, from, after, count) => {
      const truth = entries(1, 60);
      const log = new Log(from);
      log.apply(truth.map((one) => (forged.includes(one.seq) ? entry(one.seq, { client_id: "another" }) : one)));
      log.reset(after, truth.slice(after, after + count));
      assert.equal(log.base, after);
      for (let seq = after + 1; seq <= Math.min(60, after + count); seq++) assert.equal(log.at(seq), truth[seq - 1]);
      log.entries().forEach((one, index) => {
        assert.equal(one.seq, after + index + 1);
      });
    }),
    { numRuns: 300 },
  );
});
