import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { browser, server } from "./each_test.js";
import { conversation, until } from "./entries.js";

/** @import { Level } from "../../../static/js/types.d.ts" */

/** A tab asks the others for this long what is on their screens before it raises anything. */
const SETTLED_MS = 300;
const QUIET = { show_text: true, quiet_until: Date.now() + 3_600_000, quiet_daily: null };
const OPEN = { show_text: true, quiet_until: null, quiet_daily: null };

/** @type {string[]} what any tab raised */
let notes;

beforeEach(() => {
  notes = [];
});

async function tab() {
  const chat = await browser.tab(server, { visible: false });
  await until(() => chat.connection().state === "online", "online");
  chat.on("notify", ({ body }) => notes.push(body));
  return chat;
}

/** @param {string} id @param {Level} notify @param {number} [length] */
function add(id, notify, length = 0) {
  server.addConversation(id, length, { me: { ...conversation(id).me, notify } });
}

/** Everything that could be raised was, and a last message shows that it was not for want of time. @param {string[]} expected */
async function raised(expected) {
  server.say("loud", { body: "the last one" });
  await until(() => notes.includes("the last one"), "the last one");
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  assert.deepEqual(notes.sort(), [...expected, "the last one"].sort());
}

test("a chat that calls for mentions alone is silent until a message names one", async () => {
  add("c", "mentions");
  add("loud", "all");
  server.me = "AdaAdaAdaAdaAdaAdaAdaA";
  await tab();
  server.say("c", { body: "to all" });
  server.say("c", { body: "to @[BenBenBenBenBenBenBenB]" });
  server.say("c", { body: "to @[AdaAdaAdaAdaAdaAdaAdaA]" });
  await raised(["to @[AdaAdaAdaAdaAdaAdaAdaA]"]);
});

test("of several that come at once it is the one that names me that is told", async () => {
  add("c", "mentions");
  add("loud", "all");
  server.me = "AdaAdaAdaAdaAdaAdaAdaA";
  await tab();
  const said = ["before", "@[AdaAdaAdaAdaAdaAdaAdaA], look", "after"].map((body) => server.say("c", { body }, false));
  server.push("entries", { conversation: "c", entries: said });
  await raised(["@[AdaAdaAdaAdaAdaAdaAdaA], look"]);
});

test("an answer to a message of mine is a mention, and an answer to somebody else's is not", async () => {
  add("c", "mentions");
  add("loud", "all");
  await tab();
  server.say("c", { sender: "me", body: "mine" });
  server.say("c", { body: "theirs" });
  server.say("c", { body: "an answer to theirs", target: 2 });
  server.say("c", { body: "an answer to mine", target: 1 });
  await raised(["an answer to mine"]);
});

test("an answer to a message of mine that this browser does not hold is one, too", async () => {
  add("c", "mentions");
  add("loud", "all");
  server.say("c", { sender: "me", body: "long ago" }, false);
  for (let n = 0; n < 400; n++) server.say("c", {}, false);
  await tab();
  server.say("c", { body: "an answer after all", target: 1 });
  await raised(["an answer after all"]);
  assert.ok(
    server.fetched.some((path) => path.includes("/conversations/c/entries?after=0")),
    "it was asked for",
  );
});

test("a chat that calls for nothing, or is muted, stays silent also where one is named, and counts nowhere", async () => {
  add("none", "none");
  server.addConversation("muted", 0, { me: { ...conversation("muted").me, muted_until: Date.now() + 60_000 } });
  add("loud", "all");
  server.me = "AdaAdaAdaAdaAdaAdaAdaA";
  const chat = await tab();
  for (const id of ["none", "muted"]) server.say(id, { body: "@[AdaAdaAdaAdaAdaAdaAdaA]" });
  await raised([]);
  assert.equal(chat.totalUnread(), 1, "the last one");
});

test("while one wants quiet nothing is raised, and what was missed then is not told afterwards", async () => {
  add("loud", "all");
  server.notifications = QUIET;
  const chat = await tab();
  assert.equal(chat.quiet(), true);
  server.say("loud", { body: "in the night" });
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  server.notifications = OPEN;
  server.push("notifications_changed", { notifications: OPEN });
  await until(() => !chat.quiet(), "another device ended it");
  await raised([]);
});

test("quiet on one device is quiet on the others, and is known without the server", async () => {
  server.addConversation("c", 1);
  const chat = await tab();
  let told = 0;
  chat.on("notifications", () => (told += 1));
  server.notifications = QUIET;
  server.push("notifications_changed", { notifications: QUIET });
  await until(() => chat.quiet() && told > 0, "told");
  chat.persist();
  chat.stop();
  server.reachable = false;
  const offline = await browser.tab(server);
  assert.equal(offline.quiet(), true);
  assert.deepEqual(offline.notifications(), QUIET);
});

test("a choice is saved on the server, and one that is refused changes nothing", async () => {
  server.addConversation("c", 1);
  const chat = await tab();
  server.rest = (method, path, body) => {
    if (path !== "/me/notifications") return undefined;
    assert.equal(method, "PATCH");
    server.notifications = { ...OPEN, ...body };
    return Response.json(server.notifications);
  };
  await chat.changeNotifications({ show_text: false });
  assert.equal(chat.notifications().show_text, false);
  server.rest = (_, path) =>
    path === "/me/notifications" ? Response.json({ code: "invalid", message: "No." }, { status: 422 }) : undefined;
  await assert.rejects(chat.changeNotifications({ quiet_until: 1 }), { code: "invalid" });
  assert.equal(chat.notifications().quiet_until, null);
});

test("who hides the text is told that there is something, and not what", async () => {
  add("c", "all");
  server.notifications = { ...OPEN, show_text: false };
  await tab();
  server.say("c", { body: "a secret" });
  await until(() => notes.length > 0, "told");
  assert.deepEqual(notes, ["New message"]);
});

test("what was missed while away counts only chats that call for everything", async () => {
  add("loud", "all", 1);
  add("mentions", "mentions", 1);
  const chat = await tab();
  server.cut();
  for (let n = 0; n < 3; n++) server.say("mentions");
  server.say("loud");
  server.restore();
  await until(() => chat.conversation("mentions")?.unread === 4 && chat.totalUnread() === 2, "caught up");
  await until(() => notes.length > 0, "told");
  assert.deepEqual(notes, ["1 new message"]);
});

test("who is edited in is mentioned where the text stands", async () => {
  add("c", "mentions");
  server.me = "AdaAdaAdaAdaAdaAdaAdaA";
  const chat = await tab();
  server.say("c", { body: "to nobody" });
  server.say("c", { body: "@[AdaAdaAdaAdaAdaAdaAdaA]", kind: "edited", target: 1 });
  await until(() => chat.conversation("c")?.mentioned, "mentioned");
  assert.equal(chat.conversation("c")?.view.me.mentioned, 1);
});

test("where mentions alone call one, only that one is mentioned counts in the title", async () => {
  add("c", "mentions");
  server.me = "AdaAdaAdaAdaAdaAdaAdaA";
  const chat = await tab();
  for (const body of ["one", "two"]) server.say("c", { body });
  await until(() => chat.conversation("c")?.unread === 2, "heard");
  assert.equal(chat.totalUnread(), 0);
  for (const body of ["@[AdaAdaAdaAdaAdaAdaAdaA]", "three"]) server.say("c", { body });
  await until(() => chat.conversation("c")?.unread === 4, "heard");
  assert.equal(chat.totalUnread(), 1);
});

test("a mute ends by itself", async (t) => {
  const end = Date.now() + 60_000;
  server.addConversation("c", 2, { me: { ...conversation("c").me, muted_until: end } });
  const chat = await tab();
  assert.deepEqual([chat.conversation("c")?.muted, chat.totalUnread()], [true, 0]);
  t.mock.method(Date, "now", () => end + 1);
  chat.timePassed();
  assert.deepEqual([chat.conversation("c")?.muted, chat.totalUnread()], [false, 2]);
});
