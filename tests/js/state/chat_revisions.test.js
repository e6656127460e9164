import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { messageOf } from "../../../static/js/domain/revisions.js";
import { browser, opened, server } from "./each_test.js";
import { until } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */
/** @import { Entry, ThreadItem } from "../../../static/js/types.d.ts" */

beforeEach(() => {
  server.addConversation("c", 2);
  server.say("c", { sender: "me", body: "mine", client_id: "own" }, false);
});

const items = (/** @type {Chat} */ chat) => chat.thread("c").items;
const item = (/** @type {Chat} */ chat, seq = 3) =>
  /** @type {ThreadItem} */ (items(chat).find(({ entry }) => entry?.seq === seq));
const message = (/** @type {Chat} */ chat, seq = 3) => item(chat, seq)?.message;
const preview = (/** @type {Chat} */ chat) => chat.conversation("c")?.last;
const settled = (/** @type {Chat} */ chat) => until(() => !items(chat).some(({ changing }) => changing), "settled");

test("an edit shows at once as changing, and stays when it is stored, here and in the other tab", async () => {
  const chat = await opened();
  const other = await opened();
  chat.edit("c", 3, " better ");
  assert.deepEqual([message(chat)?.body, item(chat).changing, item(chat).key], ["better", true, "own"]);
  await settled(chat);
  await until(() => message(other)?.body === "better", "the other tab shows it");
  assert.equal(message(chat)?.body, "better");
  assert.equal(items(chat).length, 3, "a revision is no row");
  assert.deepEqual([preview(chat)?.seq, messageOf(/** @type {Entry} */ (preview(chat))).body], [3, "better"]);
});

test("others' edits, reactions and deletions change the message and the list's last line, and move nothing", async () => {
  const chat = await opened();
  const before = chat.conversation("c")?.activity;
  server.say("c", { kind: "edited", target: 2, body: "said otherwise" });
  server.say("c", { kind: "reacted", target: 3, body: "👍" });
  await until(() => message(chat)?.reactions.length === 1, "the reaction shows");
  assert.equal(message(chat, 2)?.body, "said otherwise");
  server.say("c", { kind: "deleted", target: 2, body: "" });
  await until(() => message(chat, 2)?.deleted_at, "it is gone");
  const { activity, unread, last } = /** @type {any} */ (chat.conversation("c"));
  assert.deepEqual([activity, unread, last.seq], [before, 0, 3]);
});

test("a revision of what only the browser's store holds changes it there", async () => {
  const first = await opened();
  first.stop();
  server.say("c", { kind: "deleted", target: 1, body: "" });
  const chat = await browser.tab(server);
  await until(() => chat.conversation("c")?.standing.kind === "up_to_date", "caught up");
  await until(() => message(chat, 1)?.deleted_at, "heard");
  await new Promise((resolve) => setTimeout(resolve, 120));
  chat.stop();
  server.cut();
  const offline = await browser.tab(server);
  offline.open("c");
  await until(() => items(offline).length === 3 && message(offline, 1)?.deleted_at, "painted from the store");
  assert.equal(message(offline, 1)?.body, "");
});

test("what is changed offline survives a reload and is sent once, in order", async () => {
  const before = await opened();
  server.cut();
  await until(() => before.conversation("c")?.standing.kind === "offline", "offline");
  before.edit("c", 3, "one");
  before.edit("c", 3, "two");
  before.react("c", 2, "🎉", true);
  before.stop();
  const after = await browser.tab(server);
  after.open("c");
  await until(() => items(after).length === 3 && message(after)?.body === "two", "painted with what waits");
  assert.equal(item(after).changing, true);
  server.restore();
  await until(() => after.conversation("c")?.standing.kind === "up_to_date" && !item(after).changing, "sent");
  const sent = server.logs
    .get("c")
    ?.slice(3)
    .map(({ kind, target, body }) => [kind, target, body]);
  assert.deepEqual(sent, [
    ["edited", 3, "one"],
    ["edited", 3, "two"],
    ["reacted", 2, "🎉"],
  ]);
  assert.deepEqual([message(after)?.body, message(after, 2)?.reactions], ["two", [{ user: "me", emoji: "🎉" }]]);
});

test("a refused edit is taken back with the reason and its text, until the person lets go of it", async () => {
  const chat = await opened();
  server.interfere = (event) =>
    event === "edit" ? { ok: false, code: "conflict", message: "That message was deleted." } : undefined;
  chat.edit("c", 3, "better");
  await until(() => item(chat).refused, "refused");
  assert.equal(message(chat)?.body, "mine");
  assert.deepEqual([item(chat).refused?.body, item(chat).refused?.message], ["better", "That message was deleted."]);
  assert.equal(chat.conversation("c")?.lastPending, null);
  chat.discard(item(chat).refused?.client_id ?? "");
  assert.equal(item(chat).refused, null);
});

test("a reply to what was deleted meanwhile is sent without it, if the person wants to", async () => {
  const chat = await opened();
  server.interfere = (event, { reply_to }) =>
    event === "post" && reply_to ? { ok: false, code: "conflict", message: "That message was deleted." } : undefined;
  const { client_id } = chat.post("c", "an answer", 2);
  await until(() => items(chat).at(-1)?.tick === "refused", "refused");
  assert.equal(items(chat).at(-1)?.pending?.body, "an answer");
  chat.retry(client_id);
  await until(() => items(chat).at(-1)?.tick === "sent", "sent");
  assert.deepEqual([items(chat).at(-1)?.quote, server.logs.get("c")?.at(-1)?.target], [null, undefined]);
});

test("what was so already is no news: a reaction that is there needs no second one", async () => {
  const chat = await opened();
  server.interfere = (event) => (event === "react" ? { ok: false, code: "conflict", message: "Already." } : undefined);
  chat.react("c", 2, "👍", true);
  await settled(chat);
  assert.deepEqual([item(chat, 2).refused, message(chat, 2)?.reactions], [null, []]);
});

test("a reply shows what it answers, fetched where it is far away, and as it is now", async () => {
  server.addConversation("d", 300);
  server.say("d", { kind: "edited", target: 4, body: "long ago, edited" }, false);
  const chat = await browser.tab(server);
  chat.open("d");
  await until(() => chat.thread("d").items.length > 0 && chat.conversation("d")?.standing.kind === "up_to_date", "up");
  chat.post("d", "yes", 4);
  const quote = () => chat.thread("d").items.at(-1)?.quote;
  assert.equal(quote()?.seq, 4);
  await until(() => quote()?.message?.body === "long ago, edited", "fetched");
  await until(() => chat.thread("d").items.at(-1)?.entry, "sent");
  assert.equal(quote()?.message?.body, "long ago, edited");
  assert.equal(server.logs.get("d")?.at(-1)?.target, 4);
  server.say("d", { kind: "deleted", target: 4, body: "" });
  await until(() => quote()?.message?.deleted_at, "gone there, too");
});

test("where one is elsewhere in a long chat, what changes there shows there", async () => {
  server.addConversation("d", 900);
  const chat = await browser.tab(server);
  chat.open("d");
  await until(() => chat.conversation("d")?.standing.kind === "up_to_date" && chat.thread("d").high === 900, "up");
  await chat.jumpToSeq("d", 100);
  const at100 = () => chat.thread("d").items.find(({ entry }) => entry?.seq === 100)?.message;
  assert.equal(at100()?.body, "message 100");
  server.say("d", { kind: "edited", target: 100, body: "edited" });
  await until(() => at100()?.body === "edited", "edited there");
});

test("what happened where this browser was never is asked for before an old copy is shown", async () => {
  server.addConversation("d", 60);
  const first = await browser.tab(server);
  first.open("d");
  await until(() => first.thread("d").high === 60, "seen");
  await new Promise((resolve) => setTimeout(resolve, 120));
  first.stop();
  for (let n = 0; n < 300; n++) server.say("d", {}, false);
  server.say("d", { kind: "edited", target: 30, body: "edited meanwhile" }, false);
  for (let n = 0; n < 700; n++) server.say("d", {}, false);
  const chat = await browser.tab(server);
  chat.open("d");
  await until(() => chat.thread("d").high === 1061 && chat.thread("d").low > 900, "far on");
  await chat.jumpToSeq("d", 30);
  const at30 = () => chat.thread("d").items.find(({ entry }) => entry?.seq === 30)?.message?.body;
  assert.equal(at30(), "edited meanwhile");
});

test("reacting is not reading", async () => {
  const chat = await opened();
  chat.react("c", 1, "👍", true);
  await settled(chat);
  await new Promise((resolve) => setTimeout(resolve, 250));
  chat.post("c", "and now I do");
  const read = () => server.asked.filter(({ event, payload }) => event === "read" && payload.read);
  await until(() => read().length > 0, "read by writing");
  assert.deepEqual(
    read().map(({ payload }) => payload.read),
    [5],
  );
});
