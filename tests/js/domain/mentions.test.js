import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mentionOf, mentionsOf, withNames } from "../../../static/js/domain/mentions.js";

/** The same cases as tests/domain/test_mentions.py reads. */
const { mentions } = JSON.parse(readFileSync(new URL("../../wire/mentions.json", import.meta.url), "utf-8"));

for (const { body, users } of mentions) {
  test(`who is mentioned in ${JSON.stringify(body)}`, () => assert.deepEqual(mentionsOf(body), users));
}

test("whoever reads it without a page reads names", () => {
  const user = "AdaAdaAdaAdaAdaAdaAdaA";
  assert.deepEqual(mentionsOf(mentionOf(user)), [user]);
  assert.equal(
    withNames(`@[${user}]: not @[${user}`, () => "$& Ada"),
    `@$& Ada: not @[${user}`,
  );
});
