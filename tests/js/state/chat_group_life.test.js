import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, server } from "./each_test.js";
import { group, until } from "./entries.js";

/** @import { ConversationView, Entry } from "../../../static/js/types.d.ts" */

const SLOW = /** @type {const} */ ({ posts: "everyone", adds: "admins", slow_seconds: 30 });

/** Ada's group with Ben and me, opened. @param {Partial<ConversationView>} [more] */
async function opened(more = {}) {
  server.addConversation("g", 0, group("g", { ada: "owner", ben: "admin", me: "member" }, more));
  server.say("g", { sender: "ada" }, false);
  const chat = await browser.tab(server);
  chat.open("g");
  await until(() => chat.conversation("g")?.standing.kind === "up_to_date" && chat.thread("g").high === 1, "up");
  return chat;
}

/** @param {Entry["kind"]} kind @param {string} body */
const change = (kind, body = "") => server.say("g", { kind, sender: "ada", body });

test("how a group presents itself is heard at once, in every tab, and nothing is asked for", async () => {
  const a = await opened();
  const b = await browser.tab(server);
  const before = server.fetched.length;
  change("described", "We row.");
  change("pictured", "p".repeat(22));
  change("settings", '{"posts":"admins"}');
  for (const chat of [a, b]) {
    const summary = chat.conversation("g");
    assert.deepEqual(
      [summary?.view.description, summary?.avatar, summary?.view.settings.posts],
      ["We row.", `/photos/${"p".repeat(22)}`, "admins"],
    );
    assert.equal(summary?.unread, 1);
  }
  const asked = server.fetched.slice(before).filter((what) => !what.endsWith("/bootstrap"));
  assert.deepEqual(asked, []);
});

test("an answer that was under way when it changed takes nothing back", async () => {
  const chat = await opened();
  const older = structuredClone(/** @type {ConversationView} */ (server.views.get("g")));
  change("described", "We row.");
  change("settings", '{"adds":"everyone"}');
  server.push("conversation_added", { conversation: older });
  const newer = { ...structuredClone(older), head: 3, description: "We row.", avatar: "/photos/p" };
  newer.settings = { ...older.settings, adds: "everyone" };
  server.push("conversation_added", { conversation: newer });
  server.push("conversation_added", { conversation: older });
  assert.equal(chat.conversation("g")?.avatar, "/photos/p");
  const view = chat.conversation("g")?.view;
  assert.deepEqual([view?.description, view?.settings.adds], ["We row.", "everyone"]);
});

test("a group that is deleted stays to be read, and nothing is typed or read in it any more", async () => {
  const chat = await opened();
  change("closed");
  const view = chat.conversation("g")?.view;
  assert.deepEqual([view?.closed_by, view?.me.until_seq], ["ada", 2]);
  assert.equal(chat.totalUnread(), 0);
  const before = server.asked.length;
  chat.setTyping("g", true);
  chat.markRead("g", 2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const asked = server.asked.slice(before).filter(({ event }) => event === "typing" || event === "read");
  assert.deepEqual(asked, []);
});

test("in slow mode every tab knows until when, and what came too early is sent by itself", async () => {
  const chat = await opened({ settings: SLOW });
  const other = await browser.tab(server);
  assert.equal(chat.slowUntil("g"), 0);
  let early = true;
  server.interfere = (event) =>
    event === "post" && early
      ? { ok: false, code: "slow_mode", message: "Wait a moment.", retry_after: 0.2 }
      : undefined;
  chat.post("g", "hello");
  await until(() => chat.slowUntil("g") > 0, "told to wait");
  assert.equal(chat.thread("g").items.at(-1)?.tick, "sending", "it is not lost");
  early = false;
  server.say("g", { sender: "me", body: "from elsewhere", created_at: Date.now() });
  for (const tab of [chat, other]) assert.ok(tab.slowUntil("g") > Date.now() + 25_000);
  await until(() => chat.thread("g").items.some(({ entry }) => entry?.body === "hello"), "sent after all");
});

test("after a reload the countdown goes on", async () => {
  await opened({ settings: SLOW });
  server.say("g", { sender: "me", body: "just now", created_at: Date.now() - 5_000 });
  server.say("g", { sender: "ada" });
  const again = await browser.tab(server);
  again.open("g");
  await until(() => again.slowUntil("g") > Date.now() + 20_000, "known from the log");
});

test("where only admins write, a refused message says why and may be tried again", async () => {
  const chat = await opened();
  server.interfere = (event) =>
    event === "post" ? { ok: false, code: "forbidden", message: "Only admins write here." } : undefined;
  chat.post("g", "hello");
  await until(() => chat.thread("g").items.at(-1)?.tick === "refused", "refused");
  assert.equal(chat.thread("g").items.at(-1)?.pending?.message, "Only admins write here.");
});

test("of a large group the view is asked for where it is looked at, not wherever somebody joins", async () => {
  const crowd = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`m${n}`, /** @type {const} */ ("member")]));
  server.addConversation("g", 0, group("g", { ada: "owner", me: "member", ...crowd }));
  server.say("g", { sender: "ada" }, false);
  const chat = await browser.tab(server);
  await until(() => chat.conversation("g")?.standing.kind === "up_to_date", "up");
  const views = () => server.fetched.filter((what) => what === "GET /api/v1/conversations/g").length;
  server.say("g", { kind: "joined", sender: "newcomer", body: "ada" });
  await until(() => chat.conversation("g")?.view.head === 2, "heard");
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.equal(views(), 0);
  chat.open("g");
  await until(() => views() === 1, "asked for");
  server.say("g", { kind: "joined", sender: "another", body: "ada" });
  await until(() => views() === 2, "asked for at once");
});

test("each change goes to its route", async () => {
  const chat = await opened();
  /** @type {unknown[]} */
  const asked = [];
  server.rest = (method, path, body) => {
    if (!path.startsWith("/groups")) return undefined;
    const { client_id, ...rest } = body ?? {};
    asked.push([method, path, rest, typeof client_id]);
    if (path.endsWith("/links")) return Response.json(method === "GET" ? { links: [{ id: "t" }] } : { id: "t" });
    return path.includes("/links/") ? new Response(null, { status: 204 }) : Response.json(server.views.get("g"));
  };
  await chat.describeGroup("g", "");
  await chat.pictureGroup("g", null);
  await chat.changeGroupSettings("g", { posts: "admins", slow_seconds: 30 });
  await chat.deleteGroup("g", "Ships");
  assert.deepEqual(await chat.groupLinks("g"), [{ id: "t" }]);
  assert.deepEqual(await chat.makeGroupLink("g", { life_seconds: 3600, most_uses: null }), { id: "t" });
  await chat.revokeGroupLink("g", "t");
  assert.deepEqual(asked, [
    ["PATCH", "/groups/g", { description: "" }, "string"],
    ["DELETE", "/groups/g/photo", {}, "undefined"],
    ["PATCH", "/groups/g/settings", { posts: "admins", slow_seconds: 30 }, "string"],
    ["POST", "/groups/g/deletion", { title: "Ships" }, "string"],
    ["GET", "/groups/g/links", {}, "undefined"],
    ["POST", "/groups/g/links", { life_seconds: 3600, most_uses: null }, "undefined"],
    ["DELETE", "/groups/g/links/t", {}, "undefined"],
  ]);
});
