import assert from "node:assert/strict";
import { test } from "node:test";
import { bodies, browser, opened, server } from "./each_test.js";
import { conversation, until } from "./entries.js";

test("reading in one tab clears the other", async () => {
  server.addConversation("c", 4);
  const a = await opened();
  const b = await browser.tab(server);
  assert.equal(b.totalUnread(), 4);
  a.markRead("c", 4);
  await until(() => b.totalUnread() === 0, "cleared", 2_000);
});

test("sent in a tab that does not lead, it is sent once and shows once in both as one's own", async () => {
  server.addConversation("c", 1);
  const a = await opened();
  const b = await opened();
  b.post("c", "from b");
  await until(() => [a, b].every((tab) => tab.thread("c").items.at(-1)?.tick === "sent"), "sent");
  for (const tab of [a, b]) {
    assert.deepEqual(bodies(tab), ["message 1", "from b"]);
    assert.equal(tab.thread("c").items[1].mine, true);
  }
  assert.equal(server.asked.filter(({ event }) => event === "post").length, 1);
});

test("the leading tab closes in mid-queue: the other finishes it", async () => {
  server.addConversation("c", 0);
  const a = await opened();
  const b = await opened();
  server.interfere = (event) => (event === "post" ? null : undefined);
  for (const n of [1, 2, 3]) a.post("c", `mine ${n}`);
  await until(() => b.thread("c").items.length === 3, "the other tab shows the queue");
  a.stop();
  server.interfere = () => undefined;
  await until(() => server.logs.get("c")?.length === 3, "sent by the other");
  assert.deepEqual(
    server.logs.get("c")?.map(({ body }) => body),
    ["mine 1", "mine 2", "mine 3"],
  );
});

test("delivered is told by one tab, after others' messages arrived", async () => {
  server.addConversation("c", 0);
  await opened();
  await opened();
  server.say("c");
  server.say("c");
  await until(() => server.views.get("c")?.me.delivered === 2, "told");
  const told = server.asked.filter(({ event, payload }) => event === "read" && payload.delivered);
  assert.equal(told.length, 1, "a burst is told once, by one tab");
});

test("what came while nobody was there is told as delivered, whatever page is opened, and once", async () => {
  server.addConversation("c", 3);
  for (let n = 0; n < 30; n++) server.addConversation(`later ${n}`, 1);
  await browser.tab(server);
  await until(() => [...server.views.values()].every(({ me, head }) => me.delivered === head), "all told");
  const told = server.asked.filter(({ event }) => event === "read").map(({ payload }) => payload.conversation);
  assert.equal(new Set(told).size, told.length);
});

test("a notification is raised by one tab, for what is on no screen, and not for one's own or muted ones", async () => {
  server.addConversation("c", 0);
  server.addConversation("quiet", 0, { me: { ...conversation("quiet").me, muted_until: Date.now() + 60_000 } });
  const a = await opened();
  const b = await browser.tab(server, { visible: false });
  await until(() => b.connection().state === "online", "online");
  /** @type {string[]} */
  const notes = [];
  for (const tab of [a, b]) tab.on("notify", ({ body }) => notes.push(body));
  server.say("c", { body: "seen at once" });
  server.say("quiet", { body: "muted" });
  a.setVisible(false);
  server.say("c", { body: "look here" });
  server.say("c", { sender: "me", body: "from my phone" });
  await until(() => notes.length > 0, "noted");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(notes, ["look here"]);
});

test("the first message of a conversation that somebody begins is notified, once", async () => {
  const chat = await browser.tab(server, { visible: false });
  await until(() => chat.connection().state === "online", "online");
  /** @type {string[]} */
  const notes = [];
  chat.on("notify", ({ title, body }) => notes.push(`${title}: ${body}`));
  server.addConversation("n", 0);
  server.interfere = (event) => (event === "sync" ? { ok: false, code: "degraded", message: "Wait." } : undefined);
  const first = server.say("n", { body: "knock" }, false);
  server.push("conversation_added", { conversation: server.views.get("n") });
  await until(() => notes.length > 0, "noted");
  server.push("entries", { conversation: "n", entries: [first] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(notes, ["Maya: knock"]);
});

test("what is there when the page opens is not news", async () => {
  server.addConversation("c", 3);
  const chat = await browser.tab(server, { visible: false });
  /** @type {string[]} */
  const notes = [];
  chat.on("notify", ({ body }) => notes.push(body));
  await until(() => server.views.get("c")?.me.delivered === 3, "fetched");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(notes, []);
});

test("what was missed while away is one sentence, not seven", async () => {
  server.addConversation("c", 1);
  const chat = await browser.tab(server, { visible: false });
  await until(() => chat.connection().state === "online", "online");
  /** @type {string[]} */
  const notes = [];
  chat.on("notify", ({ body }) => notes.push(body));
  server.cut();
  for (let n = 0; n < 7; n++) server.say("c");
  server.restore();
  await until(() => notes.length > 0, "noted");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(notes, ["7 new messages"]);
});

test("drafts survive a reload and show in the other tab", async () => {
  server.addConversation("c", 1);
  const a = await opened();
  const b = await browser.tab(server);
  let told = 0;
  b.on("conversations", () => (told += 1));
  a.setDraft("c", "half a thou");
  await until(() => told > 0, "told");
  assert.equal(b.draft("c"), "half a thou");
  assert.equal(b.conversation("c")?.draft, "half a thou");
  a.stop();
  assert.equal((await browser.tab(server)).draft("c"), "half a thou");
});

test("signing out leaves nothing in the browser and reaches every tab", async () => {
  server.addConversation("c", 30);
  const a = await opened();
  const b = await opened();
  a.setDraft("c", "half a thou");
  server.interfere = (event) => (event === "post" ? null : undefined);
  a.post("c", "never sent");
  a.persist();
  browser.values.setItem("chatter:appearance", "{}");
  await a.signOut();
  await until(() => browser.wentTo.length === 2, "both leave");
  b.setDraft("c", "typed while leaving");
  b.persist();
  assert.deepEqual(browser.wentTo, ["/sign-in", "/sign-in"]);
  assert.deepEqual([browser.values.length, browser.values.key(0)], [1, "chatter:appearance"]);
  assert.deepEqual(await indexedDB.databases(), []);
  assert.ok(server.fetched.includes("DELETE /api/v1/session"));
});

test("what the whole list brings, behind the greeting that named it, is told as delivered at once", async () => {
  server.addConversation("c", 1);
  const before = await opened();
  before.stop();
  server.addConversation("n", 1);
  // The page that asks for the one conversation hears of it last.
  const fetch = server.fetch;
  server.fetch = async (url, init) => {
    if (url.includes("/conversations/n")) await new Promise((resolve) => setTimeout(resolve, 400));
    return fetch(url, init);
  };
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  await until(() => server.fetched.length > 0 && chat.conversation("c") !== null, "there");
  server.push("privacy_changed", { privacy: {} });
  await until(() => server.views.get("n")?.me.delivered === 1, "told", 1_500);
});
