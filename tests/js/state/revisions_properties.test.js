import assert from "node:assert/strict";
import { test } from "node:test";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { messageOf } from "../../../static/js/domain/revisions.js";
import { repliesTo } from "../../../static/js/domain/threads.js";
import { History } from "../../../static/js/state/history.js";
import { Log } from "../../../static/js/state/log.js";
import { nextAsk } from "../../../static/js/state/sync.js";
import { deleteDB, openDB } from "../../../static/vendor/idb.js";
import { entry } from "./entries.js";
import { expiredIn, folded, page } from "./folding.js";

/** @import { Entry } from "../../../static/js/types.d.ts" */

const said = fc.record({
  kind: fc.constantFrom(
    "text",
    "text",
    "reply",
    "reply",
    "edited",
    "reacted",
    "reacted",
    "unreacted",
    "deleted",
    "expired",
  ),
  pick: fc.nat(),
  sender: fc.constantFrom("maya", "jonas"),
  emoji: fc.constantFrom("👍", "🎉"),
  fate: fc.constantFrom("arrives", "arrives", "lost", "late", "twice"),
});
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("say"), said }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("deliver"), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("ask"), late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("prepend"), count: fc.nat(12), late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("trim"), limit: fc.nat(20) }) },
);

/** A log as the judging server keeps it: nothing is about what is no text, not there, or deleted. */
class Truth {
  /** @type {Entry[]} as they were written */
  log = [];

  /** @param {any} what @returns {Entry | null} */
  say({ kind: what, pick, sender, emoji }) {
    const kind = what === "reply" ? "text" : what;
    const seq = this.log.length + 1;
    const over = expiredIn(this.log);
    if (what === "expired") return this.#expire(over + 1 + (pick % 5));
    const texts = this.log.filter(
      (one) => one.kind === "text" && one.seq > over && folded(one, this.log).deleted_at === undefined,
    );
    const target = texts[pick % Math.max(1, texts.length)]?.seq;
    if (what !== "text" && target === undefined) return null;
    const answered = this.log.find((one) => one.seq === target);
    const thread = what === "reply" ? (answered?.root ?? target) : what === "deleted" ? answered?.root : undefined;
    const body = { text: `text ${seq}`, edited: `edit ${seq}`, deleted: "" }[/** @type {"text"} */ (kind)] ?? emoji;
    const ordinal = (this.log.at(-1)?.ordinal ?? 0) + (kind === "text" ? 1 : 0);
    const one = entry(seq, {
      ordinal,
      kind,
      sender,
      body,
      ...(what === "text" ? {} : { target }),
      ...(thread ? { root: thread } : {}),
    });
    this.log.push(one);
    return one;
  }

  /** @param {number} target */
  #expire(target) {
    const last = this.log.at(-1);
    if (!last || target > last.seq) return null;
    const one = entry(last.seq + 1, {
      ordinal: last.ordinal,
      kind: "expired",
      sender: "administrator",
      body: "1",
      target,
    });
    this.log.push(one);
    return one;
  }
}

/** @param {readonly Entry[]} entries */
const shown = (entries) =>
  entries.map((one) => [one.seq, one.kind, one.kind === "text" ? messageOf(one) : one.body, repliesTo(one)]);

test("whatever of a log comes in whichever order, late, twice or folded: its texts are those of a fresh load", () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 30 }), fc.array(step, { maxLength: 60, size: "max" }), (before, steps) => {
      const truth = new Truth();
      for (const one of before) truth.say(one);
      const log = new Log(Math.floor(truth.log.length / 2));
      /** @type {(() => void)[]} */
      const network = [];
      const when = (/** @type {boolean} */ late, /** @type {() => void} */ run) => (late ? network.push(run) : run());
      for (const one of steps) {
        if (one.do === "say") {
          const raw = truth.say(one.said);
          if (!raw) continue;
          const push = () => log.apply([structuredClone(raw)]);
          if (one.said.fate === "arrives" || one.said.fate === "twice") push();
          if (one.said.fate === "late" || one.said.fate === "twice") network.push(push);
        } else if (one.do === "deliver") network.splice(one.pick % Math.max(1, network.length), 1)[0]?.();
        else if (one.do === "trim") log.trim(one.limit);
        else if (one.do === "prepend") {
          const answer = structuredClone(page(truth.log).slice(Math.max(0, log.base - one.count), log.base));
          when(one.late, () => log.prepend(answer));
        } else ask(log, truth.log, (run) => when(one.late, run));
      }
      log.hear(truth.log.length);
      for (let round = 0; ask(log, truth.log, (run) => run()); round++) assert.ok(round < 200, "asks for ever");
      assert.deepEqual(shown(log.entries()), shown(page(truth.log).slice(log.base)));
    }),
    { numRuns: 600 },
  );
});

/** As `sync` does. @param {Log} log @param {readonly Entry[]} truth @param {(run: () => void) => void} how */
function ask(log, truth, how) {
  const wanted = nextAsk(log, 1, true);
  if (!wanted) return false;
  const { after, until, restart } = wanted;
  const found = structuredClone(page(truth).slice(after, Math.min(until ?? truth.length, after + 20)));
  const head = truth.length;
  how(() => {
    if (restart) log.reset(after, found);
    else log.apply(found);
    log.hear(head);
  });
  return true;
}

test("what the browser keeps of a log is a fresh load's, whichever way and order it was put there", async () => {
  const put = fc.record({
    from: fc.nat(),
    count: fc.integer({ min: 1, max: 8 }),
    read: fc.option(fc.nat()),
    flush: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { minLength: 1, maxLength: 25 }),
      fc.array(put, { maxLength: 25 }),
      async (all, puts) => {
        globalThis.indexedDB = new IDBFactory();
        const truth = new Truth();
        for (const one of all) truth.say(one);
        const { log } = truth;
        const history = new History({ openDB, deleteDB }, "me");
        await history.open();
        const heard = new Set();
        for (const { from, count, read, flush } of puts) {
          const start = from % Math.max(1, log.length);
          // A page that was read when the log was that long; pushed entries are as they were written.
          const whole = read === null ? log : page(log.slice(0, start + count + (read % (log.length + 1))));
          for (const { seq } of whole.slice(start, start + count)) heard.add(seq);
          history.put("c", structuredClone(whole.slice(start, start + count)));
          if (flush) await history.flush();
        }
        history.put(
          "c",
          structuredClone(log.filter(({ kind, root, seq }) => (kind !== "text" || root) && !heard.has(seq))),
        );
        const found = await history.after("c", 0, log.length);
        assert.deepEqual(shown(found), shown(page(log).slice(0, found.length)));
        history.close();
      },
    ),
    { numRuns: 200 },
  );
});
