import assert from "node:assert/strict";
import { test } from "node:test";
import { askedEmoji, askedPerson, peopleFor, wholeEmoji } from "../../../static/js/views/completion.js";
import { shortcodes } from "../../../static/js/views/emoji.js";

/** @param {string} name @param {string | null} handle */
const person = (name, handle = null) => ({ id: name, shown: name, name, handle, avatar: null });

test("an @ at the beginning of a word asks for a person", () => {
  assert.deepEqual(askedPerson("hi @am"), { from: 3, query: "am" });
  assert.deepEqual(askedPerson("@"), { from: 0, query: "" });
  assert.deepEqual(askedPerson("(@Ada Lov"), { from: 1, query: "Ada Lov" });
  for (const text of ["", "mail@example", "@ ada", "@ada\n", "@one two three four", `@${"a".repeat(31)}`])
    assert.equal(askedPerson(text), null, text);
});

test("people are found by name and handle, the beginning of a name first", () => {
  const people = [person("Zoë Amara"), person("Amara Okafor", "okafor"), person("Ben Carter", "ben")];
  const found = (/** @type {string} */ query) => peopleFor(people, query).map(({ name }) => name);
  assert.deepEqual(found("am"), ["Amara Okafor", "Zoë Amara"]);
  assert.deepEqual(found("zoe"), ["Zoë Amara"]);
  assert.deepEqual(found("OKA"), ["Amara Okafor"]);
  assert.deepEqual(found("ben carter"), ["Ben Carter"]);
  assert.deepEqual(found("ben said"), []);
  assert.deepEqual(found(""), ["Amara Okafor", "Ben Carter", "Zoë Amara"]);
});

test("a colon asks for an emoji where a word could begin", () => {
  assert.deepEqual(askedEmoji("so :smi"), { from: 3, query: "smi" });
  for (const text of ["10:30", "https:", ":s", "a:smile", ": smile"]) assert.equal(askedEmoji(text), null, text);
});

test("a whole shortcode is its emoji", () => {
  assert.deepEqual(wholeEmoji("a :tada:"), { from: 2, emoji: "🎉" });
  assert.equal(wholeEmoji(":+1:")?.emoji, "👍");
  assert.equal(wholeEmoji(":heart:")?.emoji, "❤️");
  for (const text of [":nosuchthing:", "10:30:", ":tad:", "a:tada:"]) assert.equal(wholeEmoji(text), null, text);
});

test("what is called exactly so comes first", () => {
  assert.equal(shortcodes("fire", 8)[0].emoji, "🔥");
  assert.equal(shortcodes("wave", 8)[0].emoji, "👋");
  assert.ok(shortcodes("s", 3).length === 3);
  assert.deepEqual(shortcodes("zzz", 8), []);
});
