import assert from "node:assert/strict";
import { test } from "node:test";
import { preview } from "../../../static/js/views/conversation_row.js";
import { noteWords, shortNoteWords } from "../../../static/js/views/entry_words.js";
import { reason } from "../../../static/js/views/toasts.js";
import { FakeChat } from "../fixtures/fake_chat.js";
import { PEOPLE } from "../fixtures/people.js";
import { entry } from "../state/entries.js";

/** @import { ConversationSummary, Entry } from "../../../static/js/types.d.ts" */

const { me, amara, jonas, priya, ben, yuki } = PEOPLE;
const chat = new FakeChat();
const STRANGER = "s".repeat(22);

/** @param {Entry["kind"]} kind @param {string} sender @param {string} [body] */
const said = (kind, sender, body = "") => noteWords(entry(1, { kind, sender, body }), chat);
const ids = (/** @type {{ id: string }[]} */ ...people) => people.map(({ id }) => id).join(" ");

test("who came and went is told by name, and as you where it is me", () => {
  assert.equal(said("created", me.id, "Trains"), "You created the group “Trains”");
  assert.equal(said("added", amara.id, ids(ben, jonas)), "Amara Okafor added Ben Carter and Jonas Meyer");
  assert.equal(said("added", me.id, ben.id), "You added Ben Carter");
  assert.equal(said("added", amara.id, ids(ben, me)), "Amara Okafor added you and Ben Carter");
  assert.equal(said("removed", me.id, ben.id), "You removed Ben Carter");
  assert.equal(said("removed", amara.id, me.id), "Amara Okafor removed you");
  assert.equal(said("left", ben.id), "Ben Carter left");
  assert.equal(said("left", me.id), "You left");
});

test("roles and titles are told", () => {
  assert.equal(said("role", amara.id, `${me.id} admin`), "Amara Okafor made you an admin");
  assert.equal(said("role", me.id, `${ben.id} member`), "You made Ben Carter an ordinary member again");
  assert.equal(said("role", amara.id, `${ben.id} owner`), "Amara Okafor handed the group to Ben Carter");
  assert.equal(said("role", amara.id, `${me.id} owner`), "Amara Okafor handed the group to you");
  assert.equal(said("titled", me.id, "Two words"), "You changed the title to “Two words”");
});

test("how a group presents itself, what it allows and its end are told", () => {
  assert.equal(said("described", amara.id, "We row."), "Amara Okafor changed the description");
  assert.equal(said("described", me.id), "You removed the description");
  assert.equal(said("pictured", me.id, "p".repeat(22)), "You changed the photo");
  assert.equal(said("pictured", ben.id), "Ben Carter removed the photo");
  assert.equal(said("joined", ben.id, amara.id), "Ben Carter joined by Amara Okafor’s link");
  assert.equal(said("joined", ben.id, me.id), "Ben Carter joined by your link");
  assert.equal(said("settings", me.id, '{"posts":"admins"}'), "You let only admins write");
  assert.equal(
    said("settings", me.id, '{"adds":"everyone","slow_seconds":300}'),
    "You let everyone add people and set slow mode to 5 minutes",
  );
  assert.equal(said("settings", me.id, '{"slow_seconds":0}'), "You turned slow mode off");
  assert.equal(said("settings", me.id, '{"colour":"red"}'), "You changed the settings");
  assert.equal(said("closed", amara.id), "Amara Okafor deleted the group");
  assert.equal(said("closed", amara.id, "administrator"), "An administrator deleted the group");
});

test("whose name is not known is somebody, and several are counted", () => {
  assert.equal(said("left", STRANGER), "Someone left");
  assert.equal(said("removed", STRANGER, STRANGER), "Someone removed someone");
  assert.equal(said("added", amara.id, STRANGER), "Amara Okafor added someone");
  assert.equal(said("added", amara.id, `${STRANGER} ${STRANGER}x`), "Amara Okafor added 2 people");
  assert.equal(said("added", amara.id, `${STRANGER} ${ben.id}`), "Amara Okafor added Ben Carter and 1 other");
});

test("many are named in part, and never to leave out one", () => {
  const five = ids(amara, jonas, priya, ben, yuki);
  assert.equal(
    said("added", me.id, five),
    "You added Amara Okafor, Jonas Meyer, Priya Shah, Ben Carter and Yuki (Osaka)",
  );
  assert.equal(
    said("added", ben.id, `${five} ${me.id}`),
    "Ben Carter added you, Amara Okafor, Jonas Meyer, Priya Shah and 2 others",
  );
});

test("a message has no such words", () => {
  assert.equal(said("text", amara.id, "hello"), "");
  assert.equal(said("withheld", amara.id), "");
});

test("a row of the list says the same with first names, and no tick", () => {
  const id = chat.add("group", [amara, ben], { title: "Trains" });
  chat.say(id, me, "New title", { kind: "titled" });
  const summary = /** @type {ConversationSummary} */ (chat.conversation(id));
  assert.deepEqual(preview(summary, chat, false), {
    tone: "",
    lead: "",
    text: "You changed the title to “New title”",
    tick: null,
  });
  chat.say(id, amara, ben.id, { kind: "removed" });
  assert.equal(preview(summary, chat, false).text, "Amara removed Ben");
  assert.equal(shortNoteWords(entry(1, { kind: "created", sender: amara.id }), chat), "Amara created the group");
  assert.equal(summary.unread, 0);
});

test("a draft is not shown of a group one is out of", () => {
  const id = chat.add("group", [amara, ben], { title: "Trains", draft: "later" });
  chat.say(id, amara, me.id, { kind: "removed" });
  const summary = /** @type {ConversationSummary} */ (chat.conversation(id));
  assert.equal(preview(summary, chat, false).text, "Amara removed you");
});

test("a refusal that speaks to programs is put into words for people", () => {
  const pending = { code: "pending", message: "Not stored yet. Ask again with the same client id." };
  assert.equal(reason(pending), "That is not stored yet. Try again in a moment: it will be done once.");
  assert.equal(reason({ code: "forbidden", message: "You may not do that." }), "You may not do that.");
});
