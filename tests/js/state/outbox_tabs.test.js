import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OutboxStorage } from "../../../static/js/state/outbox_storage.js";
import { MemoryValues } from "../../../static/js/state/store.js";
import { Clock, refusal, settle, TakingServer, tab } from "./outbox_tab.js";

test("a tab that does not lead stores and sends nothing; the next leader sends it", async () => {
  const values = new MemoryValues();
  const follower = tab({ values, leads: false });
  follower.say("hello");
  await settle();
  assert.equal(follower.server.asked, 0);
  const leader = tab({ values });
  await settle();
  assert.deepEqual(
    leader.server.log.map(({ body }) => body),
    ["hello"],
  );
  follower.outbox.absorb();
  assert.deepEqual(follower.outbox.of("c"), []);
});

test("what another tab saw settled in the meantime is not asked again", async () => {
  const { say, values, server, outbox } = tab({ online: false });
  const item = say("hello");
  new OutboxStorage(values, "me").remove(item.client_id);
  outbox.setConnected(true);
  await settle();
  assert.equal(server.asked, 0);
  assert.deepEqual(outbox.of("c"), []);
});

test("the leading tab closes in mid-queue: the other finishes it with the same client ids", async () => {
  const values = new MemoryValues();
  const server = new TakingServer();
  const first = tab({
    values,
    post: (item) => {
      const ack = server.take(item);
      return server.log.length < 3 ? ack : new Promise(() => undefined);
    },
  });
  for (const n of [1, 2, 3, 4, 5]) first.say(`message ${n}`);
  await settle();
  await settle();
  assert.equal(server.log.length, 3, "the third was stored and its answer lost");
  first.outbox.stop();
  tab({ values, post: (item) => server.take(item) });
  await settle();
  assert.deepEqual(
    server.log.map(({ body }) => body),
    [1, 2, 3, 4, 5].map((n) => `message ${n}`),
  );
});

test("messages of somebody else are not this person's to send", async () => {
  const { values, say } = tab({ online: false });
  say("mine");
  assert.deepEqual(new OutboxStorage(values, "another").all(), []);
});

test("nonsense in storage is passed over", () => {
  const values = new MemoryValues();
  values.setItem("chatter:outbox:broken", "{");
  values.setItem("chatter:outbox:odd", '{"client_id":1}');
  assert.deepEqual(tab({ values }).outbox.conversations(), new Set());
});

/** Tells of every change, as the browser does with its storage event. */
class TellingValues extends MemoryValues {
  told() {}
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    super.setItem(key, value);
    this.told();
  }
  /** @param {string} key */
  removeItem(key) {
    super.removeItem(key);
    this.told();
  }
}

test("whatever the answers, reloads and tabs: every message once, in order per conversation", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant("say"), tab: fc.nat(1), to: fc.constantFrom("a", "b") }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant("time") }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("reload"), tab: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("cut"), tab: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("lead"), tab: fc.nat(1) }) },
  );
  const fate = fc.constantFrom("ok", "ok", "lost", "unheard", "pending", "rate_limited");
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(fate, { maxLength: 60 }),
      fc.boolean(),
      async (steps, fates, both) => {
        const values = new TellingValues();
        const clock = new Clock();
        const server = new TakingServer();
        /** @type {string[]} */
        const said = [];
        const post = async (/** @type {any} */ item) => {
          const what = fates.shift() ?? "ok";
          await settle();
          if (what === "unheard") return refusal("timeout");
          if (what === "pending" || what === "rate_limited") return refusal(what, { retry_after: 1 });
          const ack = server.take(item);
          return what === "lost" ? refusal("timeout") : ack;
        };
        /** @type {ReturnType<typeof tab>[]} */
        const tabs = [];
        values.told = () =>
          queueMicrotask(() => {
            for (const { outbox } of tabs) outbox.absorb();
          });
        const open = (/** @type {number} */ index, /** @type {boolean} */ leads) => {
          tabs[index] = tab({ values, clock, post, leads });
        };
        let leader = 0;
        const lead = (/** @type {number} */ index) => {
          leader = index;
          if (!both) tabs[1 - index].outbox.lead(false);
          tabs[index].outbox.lead(true);
        };
        open(0, true);
        open(1, both);
        for (const one of steps) {
          if (one.do === "say") {
            const body = `${said.length}`;
            clock.now += 1;
            tabs[one.tab].say(body, one.to);
            said.push(`${one.to}${body}`);
          } else if (one.do === "time") await clock.pass(2_000);
          else if (one.do === "reload") {
            tabs[one.tab].outbox.stop();
            open(one.tab, both);
            // The lock falls to whoever waited for it.
            if (one.tab === leader) lead(1 - one.tab);
          } else if (one.do === "cut") {
            tabs[one.tab].outbox.setConnected(false);
            tabs[one.tab].outbox.setConnected(true);
          } else lead(one.tab);
        }
        for (let round = 0; new OutboxStorage(values, "me").all().length > 0 && round < 200; round++)
          await clock.pass(31_000);
        for (const conversation of ["a", "b"]) {
          assert.deepEqual(
            server.log.filter((item) => item.conversation === conversation).map(({ body }) => body),
            said.filter((text) => text[0] === conversation).map((text) => text.slice(1)),
          );
        }
        for (const { outbox } of tabs) {
          outbox.absorb();
          assert.equal(outbox.conversations().size, 0);
        }
      },
    ),
    { numRuns: 200 },
  );
});
