import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { opened, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

beforeEach(() => {
  server.addConversation("c", 3);
  server.rest = (method, path, body) => {
    const view = /** @type {import("../../../static/js/types.d.ts").ConversationView} */ (server.views.get("c"));
    if (method === "GET" && path.includes("/me/saved")) {
      const entry = server.logs.get("c")?.[0];
      return Response.json({ saved: [{ conversation: "c", saved_at: 1, entry }], next: null });
    }
    if (method !== "POST" || !path.endsWith("/conversations/c/saved")) return undefined;
    const others = (view.me.saved ?? []).filter((seq) => !body.entries.includes(seq));
    view.me.saved = body.active ? [...others, ...body.entries] : others;
    view.me.saved_rev = (view.me.saved_rev ?? 0) + 1;
    return Response.json(view);
  };
});

const saved = (/** @type {Chat} */ chat) => chat.conversation("c")?.view.me.saved ?? [];

const rev = (/** @type {number} */ wanted) =>
  until(() => server.views.get("c")?.me.saved_rev === wanted, `change ${wanted} is stored`);

test("what is saved in one tab is so in the other, and after a reload", async () => {
  const chat = await opened();
  const other = await opened();
  chat.save("c", [1, 3], true);
  assert.deepEqual(saved(chat), [1, 3], "at once");
  await until(() => saved(other).length === 2, "in the other tab");
  other.save("c", [3], false);
  await rev(2);
  await until(() => saved(chat).length === 1, "let go of");
  chat.stop();
  other.stop();
  assert.deepEqual(saved(await opened()), [1]);
});

test("an answer from before does not bring it back, nor take it away", async () => {
  const chat = await opened();
  const never = structuredClone(server.views.get("c"));
  chat.save("c", [2], true);
  await rev(1);
  server.push("conversation_added", { conversation: never });
  const before = structuredClone(server.views.get("c"));
  server.say("c", { body: "more" });
  await until(() => chat.thread("c").head === 4, "heard");
  assert.deepEqual(saved(chat), [2]);
  chat.save("c", [2], false);
  await rev(2);
  server.push("conversation_added", { conversation: before });
  server.say("c", { body: "more" });
  await until(() => chat.thread("c").head === 5, "heard");
  assert.deepEqual(saved(chat), []);
});

test("what is saved and let go of offline shows at once, and follows in order", async () => {
  const chat = await opened();
  server.cut();
  await until(() => chat.conversation("c")?.standing.kind === "offline", "offline");
  chat.save("c", [1, 2, 3], true);
  chat.save("c", [2], false);
  assert.deepEqual([saved(chat), server.views.get("c")?.me.saved ?? []], [[1, 3], []]);
  server.restore();
  await rev(2);
  await until(() => chat.conversation("c")?.standing.kind === "up_to_date", "sent");
  assert.deepEqual(
    [saved(chat), server.views.get("c")?.me.saved],
    [
      [1, 3],
      [1, 3],
    ],
  );
});

test("two devices that change the same marks at once both get their way", async () => {
  const chat = await opened();
  const answer = server.rest;
  let times = 0;
  server.rest = (method, path, body) =>
    method === "POST" && ++times < 3
      ? Response.json({ code: "conflict", message: "Changed meanwhile." }, { status: 409 })
      : answer(method, path, body);
  chat.save("c", [1], true);
  await rev(1);
  assert.deepEqual([saved(chat), times], [[1], 3]);
});

test("a page of what is saved is checked before it is believed", async () => {
  const chat = await opened();
  assert.deepEqual(
    (await chat.saved(null)).saved.map(({ entry }) => entry.seq),
    [1],
  );
  server.rest = () => Response.json({ saved: [{ conversation: "c" }], next: null });
  await assert.rejects(chat.saved("1-c-1"), TypeError);
});
