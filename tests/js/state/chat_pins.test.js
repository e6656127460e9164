import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { pinsNow } from "../../../static/js/domain/pins.js";
import { opened, server } from "./each_test.js";
import { entry, until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

beforeEach(() => {
  server.addConversation("c", 3);
});

const pins = (/** @type {Chat} */ chat) => chat.thread("c").pins.map(({ seq }) => seq);

test("a pin shows at once, and in the other tab when it is stored; who deletes a message unpins it", async () => {
  const chat = await opened();
  const other = await opened();
  chat.pin("c", 1, true);
  assert.deepEqual(pins(chat), [1]);
  await until(() => pins(other).length === 1, "heard");
  server.say("c", { kind: "pinned", target: 3, body: "" });
  await until(() => pins(chat).length === 2, "both");
  assert.deepEqual(other.thread("c").items.at(-1)?.entry?.kind, "pinned");
  server.say("c", { kind: "deleted", target: 1, body: "" });
  await until(() => pins(chat).length === 1 && pins(other).length === 1, "gone");
  assert.deepEqual(pins(other), [3]);
});

test("a refused pin is taken back with the reason", async () => {
  const chat = await opened();
  server.interfere = (event) =>
    event === "pin" ? { ok: false, code: "forbidden", message: "Only the group's admins pin messages." } : undefined;
  chat.pin("c", 2, true);
  await until(() => chat.thread("c").items[1].refused, "refused");
  assert.deepEqual(pins(chat), []);
  assert.equal(chat.thread("c").items[1].message?.reactions.length, 0);
});

test("a pin that waits offline is sent when the network is back", async () => {
  const chat = await opened();
  server.cut();
  await until(() => chat.conversation("c")?.standing.kind === "offline", "offline");
  chat.pin("c", 2, true);
  assert.deepEqual(pins(chat), [2]);
  server.restore();
  await until(() => server.logs.get("c")?.at(-1)?.kind === "pinned", "sent");
  assert.deepEqual(pins(chat), [2]);
});

test("what is pinned does not depend on the order in which it was heard, nor on what the view told already", () => {
  const heard = [
    entry(7, { kind: "unpinned", target: 2 }),
    entry(5, { kind: "pinned", target: 2 }),
    entry(6, { kind: "pinned", target: 3 }),
    entry(8, { kind: "deleted", target: 1 }),
  ];
  const seqs = (/** @type {any} */ view) => pinsNow(view, heard).map(({ seq }) => seq);
  assert.deepEqual(seqs({ pins: [{ seq: 1, by: "me" }], pins_rev: 4 }), [3]);
  assert.deepEqual(
    seqs({
      pins: [
        { seq: 1, by: "me" },
        { seq: 2, by: "me" },
      ],
      pins_rev: 5,
    }),
    [3],
  );
  assert.deepEqual(seqs({ pins: [], pins_rev: 8 }), []);
});
