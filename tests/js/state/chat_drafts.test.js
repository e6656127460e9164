import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { bothTexts } from "../../../static/js/state/draft_merge.js";
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
  assert.equal(bothTexts("a\nb", "a\nb mine", "a\nb\ntheirs"), "a\nb mine\n\ntheirs");
});

test("no word is cut where both went on in the middle of one, and none is lost because another holds it", () => {
  assert.equal(bothTexts("hel", "help", "hello there"), "help\n\nhello there");
  assert.equal(bothTexts("see you tom", "see you tomorrow", "see you tomato"), "see you tomorrow\n\ntomato");
  assert.equal(bothTexts("line\nsec", "line\nsecret", "line\nsecond"), "line\nsecret\n\nsecond");
  assert.equal(bothTexts("from the ph", "from the phone", "from the ph\n\ndesk"), "from the phone\n\ndesk");
  assert.equal(bothTexts("👍", "👍🏽", "👍🏿 ok"), "👍🏽\n\n👍🏿 ok");
  assert.equal(bothTexts("", "no", "I know him"), "I know him\n\nno");
  assert.equal(bothTexts("", "know", "I know him"), "I know him");
});

test("what one changed alone stands once, also in a text that was put together before", () => {
  const base = "from the p\n\non the des";
  assert.equal(
    bothTexts(base, "from the p\n\non the desk", "from the phone\n\non the des"),
    "from the phone\n\non the desk",
  );
  assert.equal(bothTexts("a\nb\nc", "a\nc", "a\nb\nc\nd"), "a\nc\nd");
  assert.equal(bothTexts("a\nb", "a\nmine", "a\ntheirs"), "a\ntheirs\n\nmine");
  const long = Array.from({ length: 2_000 }, (_, n) => `${n}`).join("\n");
  assert.equal(bothTexts(long, `${long} mine`, `${long} theirs`), `${long} mine\n\ntheirs`);
});

test("two that type in the same second leave no beginnings of words behind", async () => {
  const one = await opened(phone);
  const other = await opened(desk);
  const texts = /** @type {const} */ ([
    [one, "from the phone"],
    [other, "on the desk"],
  ]);
  for (let length = 1; length <= 14; length++) {
    for (const [chat, text] of texts) {
      // Each goes on where the caret stands: behind what it typed itself.
      const typed = text.slice(0, length - 1);
      const draft = chat.draft("c");
      const at = draft.lastIndexOf(typed) + typed.length;
      if (length <= text.length) chat.setDraft("c", draft.slice(0, at) + text[length - 1] + draft.slice(at));
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  await until(() => one.draft("c") === other.draft("c") && draft.body === one.draft("c"), "the same", 10_000);
  assert.deepEqual(draft.body.split("\n\n").sort(), ["from the phone", "on the desk"]);
});
