import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { browser, opened, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

beforeEach(() => {
  server.addConversation("c", 3);
});

const items = (/** @type {Chat} */ chat) => chat.replies("c")?.items ?? [];
const said = (/** @type {Chat} */ chat) => items(chat).map(({ message }) => message?.body);
const count = (/** @type {Chat} */ chat, seq = 2) =>
  chat.thread("c").items.find(({ entry }) => entry?.seq === seq)?.replies;
const here = (/** @type {Chat} */ chat) => until(() => chat.replies("c")?.state === "here", "here");

test("a thread is its root and what answers it, a reply to a reply among them, and follows the log", async () => {
  server.say("c", { target: 2, body: "one" });
  const chat = await opened();
  assert.equal(chat.replies("c"), null);
  chat.openReplies("c", 2);
  await here(chat);
  server.say("c", { target: 4, body: "two" });
  server.say("c", { body: "elsewhere" });
  await until(() => items(chat).length === 3, "the reply to the reply");
  assert.deepEqual(said(chat), ["message 2", "one", "two"]);
  assert.deepEqual(
    items(chat).map(({ quote }) => quote?.message?.body ?? null),
    [null, null, "one"],
    "what answers the root stands under it",
  );
  assert.equal(count(chat), 2);
  server.say("c", { kind: "edited", target: 4, sender: "maya", body: "one, better" });
  await until(() => said(chat)[1] === "one, better", "edited");
  server.say("c", { kind: "deleted", target: 5, sender: "maya", body: "" });
  await until(() => count(chat) === 1, "not counted");
  assert.notEqual(items(chat)[2].message?.deleted_at, null, "it stays as a tombstone");
  chat.openReplies("c", null);
  assert.equal(chat.replies("c"), null);
});

test("a reply written offline stands in the thread at once, is counted, and is sent once", async () => {
  const chat = await opened();
  const other = await opened();
  chat.openReplies("c", 2);
  await here(chat);
  server.cut();
  await until(() => chat.conversation("c")?.standing.kind === "offline", "offline");
  chat.post("c", "in the train", 2);
  assert.deepEqual([said(chat), items(chat)[1].tick, count(chat)], [["message 2", "in the train"], "sending", 1]);
  other.openReplies("c", 2);
  await until(() => other.replies("c")?.state === "failed", "there is no network");
  await until(() => said(other).join() === "message 2,in the train", "what is at hand is there without a network");
  server.restore();
  await until(() => items(chat)[1]?.tick === "sent", "sent");
  await until(() => items(other)[1]?.entry !== null, "sent, in the other tab");
  assert.deepEqual([said(chat), count(chat), count(other)], [["message 2", "in the train"], 1, 1]);
  assert.equal(server.logs.get("c")?.length, 4);
  chat.post("c", "an answer to it", 4);
  await until(() => items(chat)[2]?.tick === "sent", "sent");
  assert.deepEqual([server.logs.get("c")?.[4].target, server.logs.get("c")?.[4].root, count(chat)], [4, 2, 2]);
});

test("a long thread comes a page at a time, from its end", async () => {
  server.repliesAtOnce = 2;
  for (let n = 1; n <= 5; n++) server.say("c", { target: 2, body: `reply ${n}` });
  for (let n = 0; n < 900; n++) server.say("c");
  const chat = await opened();
  chat.openReplies("c", 2);
  await until(() => said(chat).length === 3, "the end");
  assert.deepEqual([said(chat), chat.replies("c")?.more_before], [["message 2", "reply 4", "reply 5"], true]);
  await chat.loadEarlierReplies();
  assert.deepEqual(said(chat).slice(1), ["reply 2", "reply 3", "reply 4", "reply 5"]);
  await chat.loadEarlierReplies();
  assert.deepEqual([said(chat).length, chat.replies("c")?.more_before], [6, false]);
});

test("what was said in a thread while one was away is there when one is back", async () => {
  const chat = await opened();
  chat.openReplies("c", 2);
  await here(chat);
  server.cut();
  for (let n = 0; n < 2; n++) server.say("c", { target: 2, body: `missed ${n}` }, false);
  for (let n = 0; n < 900; n++) server.say("c", {}, false);
  server.restore();
  await until(() => said(chat).length === 3, "the missed ones");
  assert.equal(items(chat)[0].replies, 2);
});

test("who cannot be reached and whose thread was never seen is told so", async () => {
  server.say("c", { target: 2, body: "one" });
  const chat = await opened();
  server.rest = (_, path) => (path.endsWith("/replies") ? new Response("", { status: 502 }) : undefined);
  chat.openReplies("c", 2);
  await until(() => chat.replies("c")?.state === "failed", "failed");
  assert.deepEqual(said(chat), ["message 2", "one"], "what is at hand is shown");
});

test("what one deleted for oneself is not in it, and a draft of it stays in this browser", async () => {
  server.say("c", { target: 2, body: "one" });
  const view = /** @type {import("../../../static/js/types.d.ts").ConversationView} */ (server.views.get("c"));
  view.me.hidden = [4];
  const chat = await opened();
  chat.openReplies("c", 2);
  await here(chat);
  assert.deepEqual(said(chat), ["message 2"]);
  chat.setReplyDraft("c", 2, "half a");
  const other = await browser.tab(server);
  assert.deepEqual([other.replyDraft("c", 2), other.replyDraft("c", 3), other.draft("c")], ["half a", "", ""]);
});
