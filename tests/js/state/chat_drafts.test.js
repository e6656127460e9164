import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { bothTexts } from "../../../static/js/state/draft_sync.js";
import { Browser } from "./browser.js";
import { until } from "./entries.js";
import { FakeServer } from "./fake_server.js";

/** @import { Chat } from "../../../static/js/state/chat.js" */

/** @type {FakeServer} */
let server;
/** @type {Browser} two devices of one person */
let phone;
/** @type {Browser} */
let desk;
/** what the server has */
let draft = { body: "", version: 0 };

beforeEach(() => {
  server = new FakeServer();
  phone = new Browser();
  desk = new Browser();
  draft = { body: "", version: 0 };
  server.addConversation("c", 1);
  server.rest = (method, path, asked) => {
    if (method !== "PUT" || !path.endsWith("/conversations/c/draft")) return undefined;
    if (asked.base !== draft.version && asked.body !== draft.body)
      return Response.json({ code: "conflict", message: "Changed.", details: draft }, { status: 409 });
    if (asked.base === draft.version) draft = { body: asked.body, version: draft.version + 1 };
    const view = /** @type {import("../../../static/js/types.d.ts").ConversationView} */ (server.views.get("c"));
    Object.assign(view.me, { draft: draft.body, draft_rev: draft.version });
    server.push("draft_changed", { conversation: "c", ...draft });
    return Response.json({ conversation: "c", ...draft });
  };
});
afterEach(() => {
  phone.close();
  desk.close();
});

/** @param {Browser} browser */
async function opened(browser) {
  const chat = await browser.tab(server);
  chat.open("c");
  await until(() => chat.conversation("c")?.standing.kind === "up_to_date", "here");
  return chat;
}

/** @param {Chat} chat @param {string} body */
const shows = (chat, body) => until(() => chat.draft("c") === body, `shows ${body}`, 8_000);

test("what is typed on one device shows on the other, and goes when it is sent", async () => {
  const one = await opened(phone);
  const other = await opened(desk);
  one.setDraft("c", "half a");
  one.setDraft("c", "half a thought");
  await shows(other, "half a thought");
  assert.equal(other.conversation("c")?.draft, "half a thought");
  assert.equal(draft.version, 1, "one request for what was typed in one go");
  one.post("c", "half a thought");
  one.setDraft("c", "");
  await shows(other, "");
});

test("who opens it on another device later finds it there", async () => {
  const one = await opened(phone);
  one.setDraft("c", "half a thought");
  await until(() => draft.version === 1, "stored");
  assert.equal((await opened(desk)).draft("c"), "half a thought");
});

test("two devices that typed at once keep both texts, and show the same", async () => {
  const one = await opened(phone);
  const other = await opened(desk);
  one.setDraft("c", "from the phone");
  other.setDraft("c", "from the desk");
  await until(() => one.draft("c") === other.draft("c") && draft.body === one.draft("c"), "the same", 10_000);
  for (const text of ["from the phone", "from the desk"]) assert.ok(draft.body.includes(text), draft.body);
});

test("what is typed offline stays, and is kept beside what was typed elsewhere meanwhile", async () => {
  const one = await opened(phone);
  server.cut();
  await until(() => one.conversation("c")?.standing.kind === "offline", "offline");
  one.setDraft("c", "in the train");
  assert.equal(one.draft("c"), "in the train");
  draft = { body: "at home", version: 4 };
  server.restore();
  await until(() => draft.version === 5, "followed", 10_000);
  assert.equal(draft.body, "at home\n\nin the train");
  assert.equal(one.draft("c"), draft.body);
});

test("what goes on being typed while it is on its way is not taken back by its own echo", async () => {
  const one = await opened(phone);
  const tab = await phone.tab(server);
  const answer = server.rest;
  server.rest = (method, path, body) => {
    if (method === "PUT" && body.body === "hello") one.setDraft("c", "hell");
    return answer(method, path, body);
  };
  one.setDraft("c", "hello");
  await until(() => draft.body === "hell", "stored", 8_000);
  assert.deepEqual([one.draft("c"), tab.draft("c"), draft.version], ["hell", "hell", 2]);
});

test("both texts are kept one below the other, and what both began with stands once", () => {
  assert.equal(bothTexts("", "mine", "theirs"), "theirs\n\nmine");
  assert.equal(bothTexts("both", "both mine", "both theirs"), "both mine\n\ntheirs");
  assert.equal(bothTexts("", "", "theirs"), "theirs");
  assert.equal(bothTexts("", "mine", ""), "mine");
  assert.equal(bothTexts("old", "old", "theirs"), "theirs");
  assert.equal(bothTexts("", "mine", "mine and more"), "mine and more");
  assert.equal(bothTexts("", "mine and more", "mine"), "mine and more");
});
