import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { calls, isQuiet, mentions } from "../../../static/js/domain/notifications.js";

/** The same files as tests/domain/test_notifications.py and test_mentions.py read. */
const read = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../../wire/${name}.json`, import.meta.url), "utf-8"));
const golden = read("notifications");

test("the browser calls for just what the server calls for", () => {
  assert.equal(golden.levels.length, 12);
  for (const { level, muted, mentioned, calls: expected } of golden.levels)
    assert.equal(calls(level, muted, mentioned), expected, `${level} ${muted} ${mentioned}`);
});

test("it is quiet when the server says so", () => {
  assert.ok(golden.quiet.length > 20);
  for (const { at, until, daily, quiet } of golden.quiet) {
    const [begins, ends, zone] = daily ?? [];
    const choices = { quiet_until: until && Date.parse(until), quiet_daily: daily && { begins, ends, zone } };
    assert.equal(isQuiet(choices, Date.parse(at)), quiet, `${at} ${until} ${daily}`);
  }
});

test("somebody is named by their id alone", () => {
  const people = ["AdaAdaAdaAdaAdaAdaAdaA", "BenBenBenBenBenBenBenB"];
  for (const { body, users } of read("mentions").mentions)
    for (const person of people) assert.equal(mentions(body, person), users.includes(person), body);
});
