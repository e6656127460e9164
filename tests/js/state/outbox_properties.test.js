import { test } from "node:test";
import fc from "fast-check";
import { settle } from "./outbox_tab.js";
import { OutboxWorld } from "./outbox_world.js";

/** @import { Fate } from "./outbox_world.js" */

const tab = fc.nat(1);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("say"), tab, to: fc.constantFrom("a", "a", "b") }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("time"), ms: fc.constantFrom(0, 600, 3_000, 40_000, -5_000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("news"), tab, told: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("push"), tab }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("arrive"), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reload"), tab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("lead"), tab }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("connect"), tab, connected: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("click"),
      tab,
      pick: fc.nat(),
      what: fc.constantFrom(/** @type {const} */ ("retry"), "retry", "discard"),
    }),
  },
);
/** @type {fc.Arbitrary<Fate>} */
const fate = fc.oneof(
  { weight: 3, arbitrary: fc.constant(/** @type {const} */ ("ok")) },
  { weight: 6, arbitrary: fc.constantFrom("lost", "unheard", "late", "accepted", "degraded", "rate_limited") },
  { weight: 2, arbitrary: fc.constantFrom("not_found", "invalid", "internal", "internal") },
);
const fates = fc.oneof(
  { weight: 8, arbitrary: fc.array(fate, { maxLength: 80, size: "max" }) },
  // A server's bug that stays: after eight times the person decides. One that is only away is waited for.
  { weight: 1, arbitrary: fc.constantFrom(...["internal", "unheard", "degraded"].map((one) => Array(60).fill(one))) },
);

/** @param {OutboxWorld} world @param {any} one */
async function take(world, one) {
  if (one.do === "say") world.say(one.tab, one.to);
  else if (one.do === "time") await world.clock.pass(one.ms);
  else if (one.do === "news") world.news(one.tab, one.told);
  else if (one.do === "push") world.push(one.tab);
  else if (one.do === "arrive") world.arrive(one.pick);
  else if (one.do === "reload") world.reload(one.tab);
  else if (one.do === "lead") world.lead(one.tab);
  else if (one.do === "connect") world.connect(one.tab, one.connected);
  else world.click(one.tab, one.pick, one.what);
}

for (const locks of [true, false]) {
  const name = locks ? "one tab leads" : "every tab sends (no Web Locks)";
  test(`${name}; whatever the answers, reloads, late news and clicks: each once, in order, none lost`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50, size: "max" }), fates, async (steps, drawn) => {
        const world = new OutboxWorld(drawn, locks);
        for (const one of steps) {
          await take(world, one);
          world.check();
          await settle();
          world.check();
        }
        for (let round = 0; round < 10; round++) await world.clock.pass(40_000);
        await world.heal();
      }),
      { numRuns: 150 },
    );
  });
}
