import assert from "node:assert/strict";
import { test } from "node:test";
import { bodies, browser, opened, server, standing } from "./each_test.js";
import { entry, until } from "./entries.js";

test("what is there is listed, and the open conversation is fetched", async () => {
  server.addConversation("c", 3);
  server.addConversation("d", 0);
  const chat = await opened();
  assert.deepEqual(bodies(chat), ["message 1", "message 2", "message 3"]);
  assert.deepEqual(
    chat.conversations().map(({ id }) => id),
    ["c", "d"],
  );
  assert.equal(chat.conversation("c")?.name, "Maya");
});

test("a message shows at once as sending, and the same row becomes sent", async () => {
  server.addConversation("c", 1);
  const chat = await opened();
  const item = chat.post("c", "hello");
  const [, row] = chat.thread("c").items;
  assert.deepEqual([row.key, row.tick, row.entry], [item.client_id, "sending", null]);
  await until(() => chat.thread("c").items[1].tick === "sent", "sent");
  assert.equal(chat.thread("c").items[1].key, item.client_id);
  assert.equal(chat.thread("c").items.length, 2);
  assert.equal(browser.values.getItem(`chatter:outbox:${item.client_id}`), null);
});

test("offline, five are queued, the page is loaded anew, back online: five, once each, in order", async () => {
  server.addConversation("c", 1);
  const before = await opened();
  server.cut();
  await until(() => standing(before) === "offline", "offline is said");
  for (const n of [1, 2, 3, 4, 5]) before.post("c", `mine ${n}`);
  assert.deepEqual(before.conversation("c")?.standing, {
    kind: "offline",
    since: before.connection().since,
    queued: 5,
  });
  before.stop();
  const after = await browser.tab(server);
  after.open("c");
  await until(() => bodies(after).length === 6, "the history and the queue are painted without a network");
  server.restore();
  await until(() => standing(after) === "up_to_date", "all is sent");
  assert.deepEqual(
    server.logs.get("c")?.map(({ body }) => body),
    ["message 1", "mine 1", "mine 2", "mine 3", "mine 4", "mine 5"],
  );
  assert.deepEqual(
    bodies(after),
    server.logs.get("c")?.map(({ body }) => body),
  );
});

test("a gap: what came early is held apart, the hole is marked, fetched and closed", async () => {
  server.addConversation("c", 9);
  const chat = await opened();
  server.say("c");
  server.dropPushes = true;
  server.say("c");
  server.dropPushes = false;
  server.say("c");
  assert.deepEqual(chat.thread("c").gap, { after: 10, before: 12 });
  assert.equal(standing(chat), "behind");
  const { asked } = server;
  assert.ok(!asked.some(({ event, payload }) => event === "sync" && payload.until === 11), "it waits a moment first");
  await until(() => chat.thread("c").gap === null, "the hole is filled");
  assert.deepEqual(bodies(chat).slice(-3), ["message 10", "message 11", "message 12"]);
  assert.deepEqual(
    asked.filter(({ event, payload }) => event === "sync" && payload.after === 10).map(({ payload }) => payload),
    [{ conversation: "c", after: 10, until: 11 }],
  );
  server.push("entries", { conversation: "c", entries: [server.logs.get("c")?.[10]] });
  assert.equal(bodies(chat).length, 12, "replaying 11 adds nothing");
});

test("what is missing arrives by itself a moment later: nothing is asked", async () => {
  server.addConversation("c", 1);
  const chat = await opened();
  const before = server.asked.length;
  server.dropPushes = true;
  const late = server.say("c");
  server.dropPushes = false;
  server.say("c");
  await new Promise((resolve) => setTimeout(resolve, 100));
  server.push("entries", { conversation: "c", entries: [late] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(bodies(chat), ["message 1", "message 2", "message 3"]);
  assert.ok(!server.asked.slice(before).some(({ event }) => event === "sync"));
});

test("the last push is lost and silence follows: the heartbeat finds it", async () => {
  server.addConversation("c", 2);
  const chat = await opened();
  server.dropPushes = true;
  server.say("c");
  assert.equal(bodies(chat).length, 2);
  chat.checkConnection();
  await until(() => bodies(chat).length === 3, "found by its head");
});

test("a lost connection is cleared by having caught up, not by a request that worked", async () => {
  server.addConversation("c", 1);
  const chat = await opened();
  server.cut();
  assert.equal(standing(chat), "offline");
  for (let n = 0; n < 5; n++) server.say("c");
  server.interfere = (event) => (event === "sync" ? { ok: false, code: "rate_limited", message: "Wait." } : undefined);
  server.restore();
  await until(() => standing(chat) === "behind", "the heads were heard");
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(standing(chat), "behind");
  server.interfere = () => undefined;
  await until(() => standing(chat) === "up_to_date", "caught up");
  assert.equal(bodies(chat).length, 6);
});

test("a heartbeat without an answer means the connection is lost", async () => {
  server.addConversation("c", 1);
  const chat = await opened();
  server.silent = true;
  chat.checkConnection();
  await until(() => standing(chat) === "offline", "said");
  server.silent = false;
  await until(() => standing(chat) === "up_to_date", "a new connection was made");
});

test("more than 500 behind, the open conversation starts over at the newest page", async () => {
  server.addConversation("c", 10);
  const chat = await opened();
  server.cut();
  for (let n = 0; n < 900; n++) server.say("c", {}, false);
  server.restore();
  await until(() => standing(chat) === "up_to_date", "caught up");
  const { low, high, more_before: more } = chat.thread("c");
  assert.deepEqual([low > 800, high, more], [true, 910, true]);
  await chat.loadOlder("c");
  assert.equal(chat.thread("c").low, low - 50);
  assert.equal(chat.conversation("c")?.unread, 910);
});

test("1,000 messages read upwards stay within 600 in memory, and the way down meets the tail again", async () => {
  server.addConversation("c", 1_000);
  const chat = await opened();
  while (chat.thread("c").more_before) {
    await chat.loadOlder("c");
    assert.ok(chat.thread("c").items.length <= 600);
  }
  assert.equal(chat.thread("c").low, 1);
  assert.equal(chat.thread("c").more_after, true);
  server.say("c");
  assert.ok(!bodies(chat).includes("message 1001"), "what comes at the tail does not jump into another window");
  while (chat.thread("c").more_after) {
    const before = chat.thread("c").high;
    await chat.loadNewer("c");
    assert.ok(chat.thread("c").high > before);
    assert.ok(chat.thread("c").items.length <= 600);
  }
  assert.equal(chat.thread("c").high, 1_001);
  assert.equal(bodies(chat).at(-1), "message 1001");
});

test("jumping to a number shows what is around it, and back to the tail", async () => {
  server.addConversation("c", 900);
  const chat = await opened();
  await chat.jumpToSeq("c", 300);
  const { low, high, more_after: more } = chat.thread("c");
  assert.ok(low < 300 && high > 300 && more);
  assert.ok(bodies(chat).includes("message 300"));
  await chat.jumpToTail("c");
  assert.equal(chat.thread("c").high, 900);
});

test("a conversation that somebody else begins is listed and joined", async () => {
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  server.addConversation("n", 1);
  server.push("conversation_added", { conversation: server.views.get("n") });
  await until(
    () => server.asked.some(({ event, payload }) => event === "sync" && payload.conversation === "n"),
    "joined",
  );
  assert.equal(chat.conversation("n")?.unread, 1);
});

test("a conversation whose announcement was lost is found by its head", async () => {
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  server.addConversation("n", 2);
  chat.checkConnection();
  await until(() => chat.conversation("n")?.unread === 2, "found");
});

test("an empty conversation that somebody else opened is not fetched again and again", async () => {
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  server.addConversation("n", 0);
  const before = server.fetched.length;
  chat.checkConnection();
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(server.fetched.slice(before), []);
});

test("one number with two client ids is never shown twice: the browser forgets and asks again", async () => {
  server.addConversation("c", 3);
  const chat = await opened();
  const { error } = console;
  console.error = () => undefined;
  server.push("entries", { conversation: "c", entries: [entry(2, { client_id: "forged", body: "forged" })] });
  console.error = error;
  await until(() => chat.thread("c").items.length === 3, "fetched anew");
  assert.ok(!bodies(chat).includes("forged"));
});

test("a message beyond the limit is refused at once and never goes out", async () => {
  server.addConversation("c", 0);
  const chat = await opened();
  const item = chat.post("c", "👋".repeat(8_001));
  assert.deepEqual([item.state, item.code], ["refused", "too_large"]);
  chat.post("c", "👋".repeat(8_000));
  await until(() => server.logs.get("c")?.length === 1, "8,000 characters are taken");
  assert.equal(server.asked.filter(({ event }) => event === "post").length, 1);
});

test("a text of nothing visible is not sent", async () => {
  server.addConversation("c", 0);
  const chat = await opened();
  assert.equal(chat.post("c", " \u200b ").state, "refused");
  assert.equal(server.asked.filter(({ event }) => event === "post").length, 0);
});

test("an address of a conversation that is not there is said at once", async () => {
  const chat = await browser.tab(server);
  const missing = /** @type {string[]} */ ([]);
  chat.on("missing", (id) => missing.push(id));
  chat.open("nowhere");
  await until(() => missing.length > 0, "said");
  assert.deepEqual(missing, ["nowhere"]);
});
