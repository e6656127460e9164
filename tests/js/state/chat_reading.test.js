import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, opened, server } from "./each_test.js";
import { conversation, until } from "./entries.js";

test("unread: away for seven, the badge says 7 after reconnecting and after a reload; reading clears it", async () => {
  server.addConversation("c", 3, { me: { ...conversation("c").me, read: 3, delivered: 3, read_ordinal: 3 } });
  const chat = await browser.tab(server);
  await until(() => chat.connection().state === "online", "online");
  assert.equal(chat.totalUnread(), 0);
  server.cut();
  for (let n = 0; n < 7; n++) server.say("c");
  server.restore();
  await until(() => chat.totalUnread() === 7, "seven");
  chat.stop();
  const again = await browser.tab(server);
  assert.equal(again.totalUnread(), 7);
  again.open("c");
  await until(() => again.thread("c").high === 10, "fetched");
  again.markRead("c", 8);
  assert.equal(again.totalUnread(), 2);
  await until(() => server.views.get("c")?.me.read === 8, "the server was told");
});

test("one's own messages are not unread, and writing means having read", async () => {
  server.addConversation("c", 4);
  const chat = await opened();
  assert.equal(chat.totalUnread(), 4);
  server.say("c", { sender: "me", body: "from my phone" });
  assert.equal(chat.totalUnread(), 0, "also before anybody said that it was read");
  server.say("c");
  assert.equal(chat.totalUnread(), 1);
  chat.post("c", "hello");
  await until(() => chat.totalUnread() === 0, "read up to one's own");
  await until(() => server.views.get("c")?.me.read === 7, "the server was told");
});

test("ticks: sent, delivered, read, and never back", async () => {
  server.addConversation("c", 0);
  const chat = await opened();
  chat.post("c", "hello");
  const tick = () => chat.thread("c").items[0].tick;
  await until(() => tick() === "sent", "sent");
  server.push("cursors", { conversation: "c", user: "maya", delivered: 1, read: 0 });
  assert.equal(tick(), "delivered");
  server.push("cursors", { conversation: "c", user: "maya", delivered: 1, read: 1 });
  assert.equal(tick(), "read");
  server.push("cursors", { conversation: "c", user: "maya", delivered: 0, read: 0 });
  server.say("c");
  assert.equal(tick(), "read");
});

test("typing shows until it stops, and its author's message ends it", async () => {
  server.addConversation("c", 0);
  const chat = await opened();
  server.push("typing", { conversation: "c", user: "maya", active: true });
  assert.deepEqual(chat.conversation("c")?.typing, ["maya"]);
  server.say("c");
  assert.deepEqual(chat.conversation("c")?.typing, []);
});
