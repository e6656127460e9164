import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, server } from "./each_test.js";
import { group, until, user } from "./entries.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */
/** @import { ConversationView, Entry } from "../../../static/js/types.d.ts" */

const BURST_MS = 200;
/** Sooner than the whole list is compared again. */
const SOON_MS = 500;
const roles = (/** @type {Chat} */ chat) =>
  Object.fromEntries((chat.conversation("g")?.view.members ?? []).map((member) => [member.user.id, member.role]));
/** What was asked for by REST, but for the whole list, which is compared at a time of its own. @param {number} before */
const asked = (before) => server.fetched.slice(before).filter((what) => !what.endsWith("/bootstrap"));
const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Ada's group, with `length` messages of hers, opened. @param {Record<string, "owner" | "admin" | "member">} members @param {number} [length] */
async function opened(members = { ada: "owner", ben: "admin", me: "member" }, length = 2) {
  server.addConversation("g", 0, group("g", members));
  for (let n = 0; n < length; n++) server.say("g", { sender: "ada" }, false);
  const chat = await browser.tab(server);
  chat.open("g");
  await until(() => chat.conversation("g")?.standing.kind === "up_to_date" && chat.thread("g").high === length, "up");
  return chat;
}

/** An entry that is no message. @param {Entry["kind"]} kind @param {string} sender @param {string} body */
const change = (kind, sender, body) => server.say("g", { kind, sender, body });

test("what is heard of a group changes it at once, and nothing is asked for", async () => {
  const chat = await opened();
  const before = server.fetched.length;
  change("removed", "ada", "ben");
  assert.deepEqual(roles(chat), { ada: "owner", me: "member" });
  assert.equal(chat.userName("ben"), "Ben");
  change("titled", "ada", "Ships");
  assert.equal(chat.conversation("g")?.name, "Ships");
  change("role", "ada", "me owner");
  assert.deepEqual(roles(chat), { ada: "admin", me: "owner" });
  assert.equal(chat.conversation("g")?.view.me.role, "owner");
  await pause(BURST_MS);
  assert.deepEqual(asked(before), []);
});

test("what changes a group is not unread, and whoever changes it has not read for that", async () => {
  const chat = await opened();
  assert.equal(chat.conversation("g")?.unread, 2);
  change("titled", "ada", "Ships");
  change("titled", "me", "Boats");
  assert.equal(chat.conversation("g")?.unread, 2);
  assert.deepEqual(
    chat.thread("g").items.map(({ tick }) => tick),
    [null, null, null, null],
  );
});

test("history changes nothing", async () => {
  server.addConversation("g", 0, group("g", { ada: "owner", ben: "admin", me: "member" }));
  change("removed", "ada", "ben");
  change("added", "ada", "ben");
  change("titled", "ada", "A former title");
  server.say("g", { sender: "ada" });
  const chat = await browser.tab(server);
  chat.open("g");
  await until(() => chat.thread("g").items.length === 4, "read");
  assert.deepEqual(roles(chat), { ada: "owner", ben: "admin", me: "member" });
  assert.equal(chat.conversation("g")?.name, "Trains");
});

test("I am removed: the group stays, nothing is typed, read or delivered any more, and nothing counts as unread", async () => {
  const chat = await opened();
  change("removed", "ada", "me");
  const view = chat.conversation("g")?.view;
  assert.deepEqual([view?.me.until_seq, view?.former], [3, []]);
  assert.deepEqual(roles(chat), { ada: "owner", ben: "admin", me: "member" });
  assert.equal(chat.conversation("g")?.unread, 0);
  assert.equal(chat.totalUnread(), 0);
  const before = server.asked.length;
  chat.setTyping("g", true);
  chat.markRead("g", 3);
  await pause(500);
  assert.deepEqual(
    server.asked.slice(before).filter(({ event }) => event === "typing" || event === "read"),
    [],
  );
});

test("names of people who left are known from the server's view", async () => {
  server.addConversation("g", 0, group("g", { ada: "owner", me: "member" }, { former: [user("zoe")] }));
  server.say("g", { sender: "zoe" }, false);
  const chat = await browser.tab(server);
  assert.equal(chat.userName("zoe"), "Zoe");
  assert.equal(chat.userName("nobody"), "Someone");
  assert.equal(chat.userName("nobody", ""), "");
});

test("several are added one after the other: their names are asked for once, and those that are known show at once", async () => {
  const chat = await opened();
  const before = server.fetched.length;
  const view = /** @type {ConversationView} */ (server.views.get("g"));
  /** @type {Parameters<typeof group>[1]} */
  const present = { ada: "owner", ben: "admin", me: "member" };
  for (const who of ["maya", "dan", "eve"]) change("added", "ada", who);
  assert.ok("maya" in roles(chat), "a contact has a name");
  assert.ok(!("dan" in roles(chat)));
  Object.assign(view, { members: group("g", { ...present, maya: "member", dan: "member", eve: "member" }).members });
  await until(() => "eve" in roles(chat), "named");
  assert.deepEqual(Object.keys(roles(chat)).sort(), ["ada", "ben", "dan", "eve", "maya", "me"]);
  await pause(BURST_MS);
  assert.deepEqual(asked(before), ["GET /api/v1/conversations/g"]);
});

test("an answer that was under way when somebody was removed does not bring them back", async () => {
  const chat = await opened();
  const older = structuredClone(/** @type {ConversationView} */ (server.views.get("g")));
  change("removed", "ada", "ben");
  server.push("conversation_added", { conversation: older });
  assert.deepEqual(roles(chat), { ada: "owner", me: "member" });
  server.say("g", { sender: "ada" });
  const newer = structuredClone(/** @type {ConversationView} */ (server.views.get("g")));
  newer.members = newer.members.filter((member) => member.user.id !== "ben");
  server.push("conversation_added", { conversation: newer });
  server.push("conversation_added", { conversation: older });
  assert.deepEqual(roles(chat), { ada: "owner", me: "member" });
});

test("an answer that is older than somebody's coming is asked for again", async () => {
  const chat = await opened();
  const older = structuredClone(/** @type {ConversationView} */ (server.views.get("g")));
  change("added", "ada", "dan");
  server.rest = (_method, path) => {
    if (path !== "/conversations/g") return undefined;
    server.rest = () => undefined;
    return Response.json(older);
  };
  const view = /** @type {ConversationView} */ (server.views.get("g"));
  Object.assign(view, { members: group("g", { ada: "owner", ben: "admin", me: "member", dan: "member" }).members });
  await until(() => "dan" in roles(chat), "named", SOON_MS);
});

test("what came early waits for what is missing before it: the last word stands", async () => {
  const chat = await opened();
  server.dropPushes = true;
  change("role", "ada", "me admin");
  server.dropPushes = false;
  change("role", "ada", "me member");
  assert.equal(chat.conversation("g")?.view.me.role, "member");
  await until(() => chat.thread("g").gap === null, "filled");
  assert.equal(chat.conversation("g")?.view.me.role, "member");
  assert.equal(roles(chat).me, "member");
});

test("a view that was read before its last entry was carried out is taken with it", async () => {
  const chat = await opened();
  server.dropPushes = true;
  change("removed", "ada", "ben");
  server.push("conversation_added", { conversation: server.views.get("g") });
  assert.deepEqual(roles(chat), { ada: "owner", me: "member" });
});

test("far behind, the window starts over, and what it left out is in the server's view", async () => {
  const chat = await opened();
  chat.open(null);
  server.dropPushes = true;
  change("removed", "ada", "ben");
  for (let n = 0; n < 100; n++) server.say("g", { sender: "ada" });
  const view = /** @type {ConversationView} */ (server.views.get("g"));
  Object.assign(view, { members: group("g", { ada: "owner", me: "member" }).members, former: [user("ben")] });
  chat.checkConnection();
  await until(() => !("ben" in roles(chat)), "told", SOON_MS);
  assert.equal(chat.userName("ben"), "Ben");
});

test("I come back: what was said meanwhile is not mine and is not waited for", async () => {
  const chat = await opened();
  change("removed", "ada", "me");
  server.dropPushes = true;
  for (let n = 0; n < 3; n++) server.say("g", { sender: "ada" });
  server.dropPushes = false;
  change("added", "ada", "me");
  server.say("g", { sender: "ada", body: "welcome back" });
  const view = chat.conversation("g")?.view;
  assert.deepEqual([view?.me.until_seq, view?.me.from_seq], [null, 7]);
  assert.equal(chat.thread("g").gap, null);
  assert.deepEqual(
    chat.thread("g").items.map(({ entry }) => entry?.seq),
    [7, 8],
  );
  assert.equal(chat.thread("g").more_before, false);
  assert.equal(chat.conversation("g")?.unread, 1);
});

test("what waits for a group one is out of is refused in the end, and goes nowhere", async () => {
  const chat = await opened();
  server.cut();
  chat.post("g", "too late");
  server.interfere = (event) =>
    event === "post" ? { ok: false, code: "not_found", message: "There is nothing here." } : undefined;
  const view = /** @type {ConversationView} */ (server.views.get("g"));
  view.me.until_seq = change("removed", "ada", "me").seq;
  server.restore();
  await until(() => chat.thread("g").items.at(-1)?.tick === "refused", "refused");
  await until(() => chat.thread("g").items.some(({ entry }) => entry?.kind === "removed"), "and why", SOON_MS);
  assert.equal(chat.conversation("g")?.view.me.until_seq, 3);
  assert.equal(server.logs.get("g")?.length, 3);
});

test("a change that was not clearly answered is asked for again as the same one, another as another", async () => {
  const chat = await opened({ me: "owner", ada: "member" });
  const view = structuredClone(server.views.get("g"));
  /** @type {{ method: string, path: string, body: any }[]} */
  const asked = [];
  /** @type {() => Response} */
  let answer = () => Response.json({ code: "pending", message: "Not stored yet." }, { status: 503 });
  server.rest = (method, path, body) => {
    if (!path.startsWith("/groups")) return undefined;
    asked.push({ method, path, body });
    return answer();
  };
  const ids = () => asked.splice(0).map(({ body }) => body.client_id);
  await assert.rejects(chat.removeMember("g", "ada"), { code: "pending" });
  await assert.rejects(chat.removeMember("g", "ada"), { code: "pending" });
  await assert.rejects(chat.appoint("g", "ada", "admin"), { code: "pending" });
  const [first, again, other] = ids();
  assert.match(first, /^[0-9a-f-]{36}$/u);
  assert.equal(again, first);
  assert.notEqual(other, first);
  answer = () => Response.json({ code: "conflict", message: "They are not in the group." }, { status: 409 });
  await assert.rejects(chat.removeMember("g", "ada"), { code: "conflict" });
  answer = () => Response.json(view);
  await chat.removeMember("g", "ada");
  await chat.removeMember("g", "ada");
  const [refused, done, anew] = ids();
  assert.equal(refused, first);
  assert.equal(new Set([refused, done, anew]).size, 3);
});

test("what its entry in the log answers is not asked for as the same again", async () => {
  const chat = await opened({ me: "owner", ada: "member" });
  /** @type {string[]} */
  const ids = [];
  server.rest = (_method, path, body) => {
    if (!path.startsWith("/groups")) return undefined;
    ids.push(body.client_id);
    return Response.json({ code: "pending", message: "Not stored yet." }, { status: 503 });
  };
  await assert.rejects(chat.removeMember("g", "ada"));
  server.say("g", { kind: "removed", sender: "me", body: "ada", client_id: ids[0] });
  await assert.rejects(chat.removeMember("g", "ada"));
  assert.notEqual(ids[1], ids[0]);
});

test("each change goes to its route", async () => {
  const chat = await opened({ me: "owner", ada: "member" });
  /** @type {unknown[]} */
  const asked = [];
  server.rest = (method, path, body) => {
    if (!path.startsWith("/groups")) return undefined;
    const { client_id: _, ...rest } = body;
    asked.push([method, path, rest]);
    return Response.json(server.views.get("g"));
  };
  await chat.addMembers("g", ["ben", "cleo"]);
  await chat.removeMember("g", "ada");
  await chat.appoint("g", "ada", "owner");
  await chat.renameGroup("g", "Ships");
  await chat.leaveGroup("g");
  assert.equal(await chat.createGroup("New", ["ada"]), "g");
  assert.deepEqual(asked, [
    ["POST", "/groups/g/members", { users: ["ben", "cleo"] }],
    ["POST", "/groups/g/members/ada/removal", {}],
    ["PATCH", "/groups/g/members/ada", { role: "owner" }],
    ["PATCH", "/groups/g", { title: "Ships" }],
    ["POST", "/groups/g/leaving", {}],
    ["POST", "/groups", { title: "New", users: ["ada"] }],
  ]);
});

test("every open tab hears it", async () => {
  const a = await opened();
  const b = await browser.tab(server);
  change("removed", "ada", "me");
  for (const tab of [a, b]) assert.equal(tab.conversation("g")?.view.me.until_seq, 3);
});
