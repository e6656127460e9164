import assert from "node:assert/strict";
import { test } from "node:test";
import { numberOrHandle } from "../../../static/js/views/add_contact.js";
import { hue, initials } from "../../../static/js/views/avatar.js";
import { byLetter } from "../../../static/js/views/contacts_view.js";
import { filtered } from "../../../static/js/views/conversation_list.js";
import { preview } from "../../../static/js/views/conversation_row.js";
import { ranked } from "../../../static/js/views/quick_switcher.js";
import { receipts, receiptWords } from "../../../static/js/views/receipts.js";
import { standingWords } from "../../../static/js/views/state_line.js";
import { typingWords } from "../../../static/js/views/thread_header.js";
import { badgedTitle } from "../../../static/js/views/title_badge.js";
import { FakeChat } from "../fixtures/fake_chat.js";
import { PEOPLE } from "../fixtures/people.js";
import { populated } from "../fixtures/populated.js";

const { amara, jonas, priya, me } = PEOPLE;

test("the title says how much is unread, once", () => {
  assert.equal(badgedTitle("Chatter", 7), "(7) Chatter");
  assert.equal(badgedTitle("(7) Chatter", 8), "(8) Chatter");
  assert.equal(badgedTitle("(8) Chatter", 0), "Chatter");
  assert.equal(badgedTitle("(999+) Contacts · Chatter", 1_000), "(999+) Contacts · Chatter");
});

test("the state line says where a conversation stands and never that all is well when it is not", () => {
  assert.equal(standingWords({ kind: "up_to_date", head: 3 }), "Connected · everything sent, in order");
  assert.equal(standingWords({ kind: "sending", count: 1 }), "Sending 1 message…");
  assert.equal(standingWords({ kind: "behind", count: 1_204 }), "Catching up · 1,204 messages behind");
  assert.match(
    standingWords({ kind: "offline", since: Date.now(), queued: 2 }),
    /^Offline since .* · 2 messages waiting to be sent$/u,
  );
  assert.equal(
    standingWords({ kind: "paused", queued: 2 }),
    "Sending is paused · 2 messages waiting · what is here can be read",
  );
  assert.equal(
    standingWords({ kind: "paused", queued: 0 }),
    "Sending is paused · what you write is kept and sent later",
  );
  for (const standing of /** @type {const} */ ([
    { kind: "paused", queued: 1 },
    { kind: "sending", count: 2 },
    { kind: "behind", count: 2 },
    { kind: "connecting" },
    { kind: "offline", since: 0, queued: 0 },
  ]))
    assert.doesNotMatch(standingWords(standing), /Connected/u);
});

test("who is typing is said by name, up to two", () => {
  assert.equal(typingWords([]), "");
  assert.equal(typingWords(["Ada"]), "Ada is typing…");
  assert.equal(typingWords(["Ada", "Ben"]), "Ada and Ben are typing…");
  assert.equal(typingWords(["Ada", "Ben", "Cy"]), "3 people are typing…");
});

test("a filter shows what it names, and the archive nowhere else", () => {
  const chat = new FakeChat();
  const direct = chat.add("direct", [amara]);
  const group = chat.add("group", [amara, jonas], { title: "Trains" });
  const archived = chat.add("group", [priya], { title: "Old", archived: true });
  chat.say(direct, amara, "hello");
  chat.say(archived, priya, "hello");
  const ids = (
    /** @type {"all" | "unread" | "groups" | "archived"} */ filter,
    /** @type {string | null} */ open = null,
  ) =>
    filtered(chat.conversations(), filter, open)
      .map(({ id }) => id)
      .sort();
  assert.deepEqual(ids("all"), [direct, group].sort());
  assert.deepEqual(ids("unread"), [direct]);
  assert.deepEqual(ids("unread", group), [direct, group].sort());
  assert.deepEqual(ids("groups"), [group]);
  assert.deepEqual(ids("archived"), [archived]);
});

test("a row shows typing before a draft, a draft before the last message, and what waits with its clock", () => {
  const chat = new FakeChat();
  const id = chat.add("direct", [amara], { draft: "later" });
  chat.say(id, amara, "one\ntwo");
  const summary = /** @type {import("../../../static/js/types.d.ts").ConversationSummary} */ (chat.conversation(id));
  assert.deepEqual(preview(summary, chat, false), { tone: "draft", lead: "Draft: ", text: "later", tick: null });
  assert.equal(preview(summary, chat, true).text, "one two");
  summary.typing = [amara.id];
  assert.equal(preview(summary, chat, false).tone, "typing");
  summary.typing = [];
  chat.setDraft(id, "");
  chat.post(id, "waiting");
  assert.deepEqual(preview(summary, chat, false), { tone: "", lead: "", text: "waiting", tick: "sending" });
  chat.refuse(id, "no");
  assert.equal(preview(summary, chat, false).lead, "Not sent: ");
});

test("what is withheld is not previewed", () => {
  const chat = new FakeChat();
  const id = chat.add("group", [amara, jonas], { title: "Trains" });
  chat.say(id, amara, "", { kind: "withheld" });
  const summary = chat.conversation(id);
  assert.equal(summary && preview(summary, chat, false).text, "");
});

test("a receipt names each person once, under the furthest they got", () => {
  const { chat, group } = populated();
  const summary = /** @type {import("../../../static/js/types.d.ts").ConversationSummary} */ (chat.conversation(group));
  summary.view.members.forEach((member, index) => {
    member.read = index === 1 ? 6 : 0;
    member.delivered = index <= 2 ? 6 : 0;
  });
  const lists = receipts(summary, 6, chat);
  const named = "Read by Amara Okafor. Delivered to Jonas Meyer. Not yet delivered to Priya Shah and Ben Carter.";
  assert.equal(receiptWords(lists, chat), named);
  assert.deepEqual(lists.read, [amara.id]);
});

test("the switcher finds by the beginning of a word first, and accents do not matter", () => {
  const chat = new FakeChat();
  chat.add("group", [amara], { title: "Réunion" });
  chat.add("group", [amara], { title: "Pre-reunion" });
  const names = (/** @type {string} */ query) => ranked(chat.conversations(), query).map(({ name }) => name);
  assert.deepEqual(names("reun"), ["Réunion", "Pre-reunion"]);
  assert.deepEqual(names("nothing"), []);
  assert.equal(names("").length, 2);
});

test("contacts stand under the letter of the name one gave them", () => {
  const contact = (/** @type {string} */ name, /** @type {string | null} */ alias = null) => ({
    user: { ...me, id: name, name },
    alias,
    source: /** @type {const} */ ("manual"),
    blocked: false,
    presence: { state: /** @type {const} */ ("offline"), last_seen: null },
    conversation: null,
  });
  const all = [contact("Zoe"), contact("Émile"), contact("eve"), contact("42"), contact("Bob", "Anna's Bob")];
  assert.deepEqual(
    byLetter(all, "").map(({ letter, contacts }) => [letter, contacts.length]),
    [
      ["A", 1],
      ["E", 2],
      ["Z", 1],
      ["#", 1],
    ],
  );
  assert.deepEqual(
    byLetter(all, "bob").map(({ letter }) => letter),
    ["A"],
  );
  assert.deepEqual(byLetter(all, "x"), []);
});

test("what one types to add somebody is a number or a handle", () => {
  assert.deepEqual(numberOrHandle(" +49 (170) 123-45 67 "), { phone: "+49 (170) 123-45 67" });
  assert.deepEqual(numberOrHandle("@Ada_1"), { handle: "ada_1" });
  assert.deepEqual(numberOrHandle("ada"), { handle: "ada" });
});

test("initials are letters, and a colour belongs to an id for good", () => {
  assert.equal(initials("Ada Lovelace"), "AL");
  assert.equal(initials("Yuki (Osaka)"), "YO");
  assert.equal(initials("élodie"), "É");
  assert.equal(initials(""), "?");
  assert.equal(hue("0000000000000000000000"), "hue-0");
  assert.equal(hue("000000000000000000000z"), "hue-1");
});

test("what strangers began stands apart from everything else", () => {
  const { chat } = populated();
  const [first, second] = chat.conversations();
  first.request = true;
  first.unread = 3;
  const ids = (/** @type {any} */ filter) => filtered(chat.conversations(), filter, null).map(({ id }) => id);
  assert.deepEqual(ids("requests"), [first.id]);
  for (const filter of ["all", "unread", "groups", "archived"]) assert.ok(!ids(filter).includes(first.id), filter);
  assert.ok(ids("all").includes(second.id));
});
