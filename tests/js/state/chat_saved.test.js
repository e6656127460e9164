import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { Browser } from "./browser.js";
import { until } from "./entries.js";
import { FakeServer } from "./fake_server.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

/** @type {FakeServer} */
let server;
/** @type {Browser} */
let browser;

beforeEach(() => {
  server = new FakeServer();
  browser = new Browser();
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
afterEach(() => browser.close());

const saved = (/** @type {Chat} */ chat) => chat.conversation("c")?.view.me.saved ?? [];

async function opened() {
  const chat = await browser.tab(server);
  chat.open("c");
  await until(() => chat.conversation("c")?.standing.kind === "up_to_date", "here");
  return chat;
}

test("what is saved in one tab is so in the other, and after a reload", async () => {
  const chat = await opened();
  const other = await opened();
  await chat.save("c", [1, 3], true);
  assert.deepEqual(saved(chat), [1, 3]);
  await until(() => saved(other).length === 2, "in the other tab");
  await other.save("c", [3], false);
  await until(() => saved(chat).length === 1, "let go of");
  chat.stop();
  other.stop();
  assert.deepEqual(saved(await opened()), [1]);
});

test("an answer from before does not bring it back, nor take it away", async () => {
  const chat = await opened();
  const never = structuredClone(server.views.get("c"));
  await chat.save("c", [2], true);
  server.push("conversation_added", { conversation: never });
  const before = structuredClone(server.views.get("c"));
  server.say("c", { body: "more" });
  await until(() => chat.thread("c").head === 4, "heard");
  assert.deepEqual(saved(chat), [2]);
  await chat.save("c", [2], false);
  server.push("conversation_added", { conversation: before });
  server.say("c", { body: "more" });
  await until(() => chat.thread("c").head === 5, "heard");
  assert.deepEqual(saved(chat), []);
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
