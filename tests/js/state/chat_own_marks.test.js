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
    if (method === "POST" && path.endsWith("/conversations/c/hiding"))
      view.me.hidden = [...(view.me.hidden ?? []), ...body.entries];
    else if (method === "PATCH") view.me.unread = body.unread;
    else return undefined;
    return Response.json(view);
  };
});
afterEach(() => browser.close());

const numbers = (/** @type {Chat} */ chat) => chat.thread("c").items.map(({ entry }) => entry?.seq);

async function opened() {
  const chat = await browser.tab(server);
  chat.open("c");
  await until(() => chat.conversation("c")?.standing.kind === "up_to_date" && numbers(chat).length >= 2, "here");
  return chat;
}

test("a message deleted for oneself is gone in every tab, after a reload, and where others' replies quote it", async () => {
  const chat = await opened();
  const other = await opened();
  server.say("c", { body: "about that", target: 2 });
  await chat.hide("c", 2);
  assert.deepEqual(numbers(chat), [1, 3, 4]);
  await until(() => numbers(other).length === 3, "in the other tab");
  assert.equal(other.thread("c").items.at(-1)?.quote?.message, null);
  chat.stop();
  other.stop();
  assert.deepEqual(numbers(await opened()), [1, 3, 4]);
});

test("an answer that was asked for before does not bring it back", async () => {
  const chat = await opened();
  const older = structuredClone(server.views.get("c"));
  await chat.hide("c", 2);
  server.push("conversation_added", { conversation: older });
  server.say("c", { body: "more" });
  await until(() => numbers(chat).at(-1) === 4, "heard");
  assert.deepEqual(numbers(chat), [1, 3, 4]);
});

test("several are deleted for oneself in one go", async () => {
  const chat = await opened();
  await chat.hide("c", 1, 3);
  assert.deepEqual(numbers(chat), [2]);
  assert.deepEqual(chat.present("c", []), []);
});

test("what was chosen is what it says now, without what was deleted since", async () => {
  const chat = await opened();
  const entries = chat.thread("c").items.flatMap(({ entry }) => (entry ? [entry] : []));
  server.say("c", { kind: "edited", target: 1, body: "said otherwise", sender: "maya" });
  server.say("c", { kind: "deleted", target: 3, body: "", sender: "maya" });
  await until(() => chat.thread("c").head === 5, "heard");
  const left = () => chat.present("c", [...entries].reverse()).map(({ entry, message }) => [entry.seq, message.body]);
  assert.deepEqual(left(), [
    [1, "said otherwise"],
    [2, "message 2"],
  ]);
  await chat.hide("c", 2);
  assert.deepEqual(left(), [[1, "said otherwise"]]);
});

test("marked as unread counts as one, in every tab, until one opens it again", async () => {
  const chat = await opened();
  chat.markRead("c", 3);
  await until(() => chat.conversation("c")?.unread === 0, "read");
  chat.open(null);
  const other = await browser.tab(server);
  const before = other.totalUnread();
  await chat.changeConversation("c", { unread: true });
  assert.deepEqual([chat.conversation("c")?.marked, chat.totalUnread()], [true, 1]);
  await until(() => other.conversation("c")?.marked, "in the other tab");
  assert.ok(other.totalUnread() >= Math.max(1, before));
  other.open("c");
  await until(() => !other.conversation("c")?.marked && !chat.conversation("c")?.marked, "come back to");
  assert.equal(server.views.get("c")?.me.unread, false);
});

test("who reads on elsewhere has come back to it: the mark goes here, too", async () => {
  const chat = await opened();
  chat.markRead("c", 3);
  chat.open(null);
  await chat.changeConversation("c", { unread: true });
  assert.equal(chat.conversation("c")?.marked, true);
  server.push("cursors", { conversation: "c", user: "me", delivered: 3, read: 3 });
  server.say("c");
  await until(() => chat.conversation("c")?.view.head === 4, "heard");
  assert.equal(chat.conversation("c")?.marked, true, "nothing was read");
  server.push("cursors", { conversation: "c", user: "me", delivered: 4, read: 4 });
  await until(() => chat.conversation("c")?.marked === false, "come back to");
});
