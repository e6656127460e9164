import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { browser, opened, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

beforeEach(() => {
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

const numbers = (/** @type {Chat} */ chat) => chat.thread("c").items.map(({ entry }) => entry?.seq);

const settled = () => until(() => server.views.get("c")?.me.hidden?.length, "stored");

test("a message deleted for oneself is gone in every tab, after a reload, and where others' replies quote it", async () => {
  const chat = await opened();
  const other = await opened();
  server.say("c", { body: "about that", target: 2 });
  await until(() => numbers(chat).length === 4, "heard");
  chat.hide("c", 2);
  assert.deepEqual(numbers(chat), [1, 3, 4], "at once");
  await until(() => numbers(other).length === 3, "in the other tab");
  await settled();
  assert.equal(other.thread("c").items.at(-1)?.quote?.message, null);
  chat.stop();
  other.stop();
  assert.deepEqual(numbers(await opened()), [1, 3, 4]);
});

test("an answer that was asked for before does not bring it back", async () => {
  const chat = await opened();
  const older = structuredClone(server.views.get("c"));
  chat.hide("c", 2);
  await settled();
  server.push("conversation_added", { conversation: older });
  server.say("c", { body: "more" });
  await until(() => numbers(chat).at(-1) === 4, "heard");
  assert.deepEqual(numbers(chat), [1, 3, 4]);
});

test("what is deleted for oneself offline is gone at once, also after a reload, and for good once the network is back", async () => {
  const chat = await opened();
  chat.persist();
  server.cut();
  await until(() => chat.conversation("c")?.standing.kind === "offline", "offline");
  chat.hide("c", 2);
  assert.deepEqual(numbers(chat), [1, 3]);
  assert.deepEqual(server.views.get("c")?.me.hidden ?? [], []);
  chat.stop();
  const again = await browser.tab(server);
  again.open("c");
  await until(() => numbers(again).length === 2, "after a reload");
  assert.deepEqual(numbers(again), [1, 3]);
  server.restore();
  await settled();
  await until(() => again.conversation("c")?.standing.kind === "up_to_date", "sent");
  assert.deepEqual([numbers(again), server.views.get("c")?.me.hidden], [[1, 3], [2]]);
});

test("what is refused is there again, and the person is told why, once", async () => {
  const chat = await opened();
  /** @type {unknown[]} */
  const told = [];
  chat.on("refused", (refused) => told.push(refused));
  server.rest = () => Response.json({ code: "forbidden", message: "These would be more." }, { status: 403 });
  chat.hide("c", 2);
  assert.deepEqual(numbers(chat), [1, 3]);
  await until(() => numbers(chat).length === 3, "taken back");
  await until(() => told.length > 0, "told");
  chat.setVisible(false);
  chat.hide("c", 1);
  await until(() => numbers(chat).length === 3, "taken back");
  assert.deepEqual(told, [{ kind: "hidden", message: "These would be more." }]);
  chat.setVisible(true);
  await until(() => told.length === 2, "told when it is looked at");
  assert.equal(chat.conversation("c")?.standing.kind, "up_to_date");
});

test("several are deleted for oneself in one go", async () => {
  const chat = await opened();
  chat.hide("c", 1, 3);
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
  chat.hide("c", 2);
  await settled();
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
