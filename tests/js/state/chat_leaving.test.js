import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, opened, server } from "./each_test.js";
import { until } from "./entries.js";

test("offline one cannot sign out: the session would go on behind one's back", async () => {
  server.addConversation("c", 1);
  const chat = await opened();
  server.cut();
  await assert.rejects(chat.signOut(), { code: "offline" });
  assert.deepEqual(browser.wentTo, []);
  assert.notEqual(browser.values.length, 0);
});

test("an expired session keeps what was written and unsent, and shows nothing until somebody signed in", async () => {
  server.addConversation("c", 2);
  const before = await opened();
  before.setDraft("c", "half a thou");
  server.cut();
  before.post("c", "unsent");
  before.persist();
  server.signedIn = false;
  server.restore();
  await until(() => browser.wentTo.length === 1, "led to the sign-in");
  assert.equal(browser.store().snapshot.trusted, false);
  assert.equal(browser.store().snapshot.read("me"), null);
  server.signedIn = true;
  const after = await opened();
  assert.equal(after.draft("c"), "half a thou");
  await until(() => server.logs.get("c")?.length === 3, "sent after signing in again");
});

test("somebody else signs in: nothing of the former person's is shown or sent", async () => {
  server.addConversation("c", 2);
  const before = await opened();
  before.setDraft("c", "private");
  server.cut();
  before.post("c", "unsent");
  before.persist();
  server.signedIn = false;
  server.restore();
  await until(() => browser.wentTo.length === 1, "led to the sign-in");
  Object.assign(server, { signedIn: true, me: "other" });
  server.views.clear();
  server.logs.clear();
  const after = await browser.tab(server);
  assert.equal(after.me.id, "other");
  assert.deepEqual(after.conversations(), []);
  for (let index = 0; index < browser.values.length; index++) {
    assert.ok(!browser.values.getItem(browser.values.key(index) ?? "")?.match(/private|unsent/));
  }
});

test("the page turns out to be somebody else's: it is wiped and loaded anew", async () => {
  server.addConversation("c", 2);
  const before = await opened();
  before.persist();
  before.stop();
  server.me = "other";
  await browser.tab(server);
  await until(() => browser.wentTo.includes("/"), "loaded anew");
  assert.equal(browser.store().snapshot.read("me"), null);
  assert.equal(browser.store().snapshot.user, "other");
});

test("without IndexedDB everything works, from memory and the server", async () => {
  server.addConversation("c", 120);
  // @ts-expect-error: a private window
  globalThis.indexedDB = {
    open: () => {
      throw new DOMException("blocked", "SecurityError");
    },
  };
  const chat = await opened();
  await chat.loadOlder("c");
  assert.ok(chat.thread("c").items.length >= 100);
  chat.post("c", "hello");
  await until(() => chat.thread("c").items.at(-1)?.tick === "sent", "sent");
});
