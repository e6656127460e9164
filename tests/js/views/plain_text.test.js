import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { messageText, plainLine } from "../../../static/js/views/plain_text.js";

const ADA = "AdaAdaAdaAdaAdaAdaAdaA";
const names = { userName: (/** @type {string} */ user, unknown = "Someone") => (user === ADA ? "Ada" : unknown) };

test("a preview has no marks", () => {
  assert.equal(plainLine("**a** _b_ `c` ~~d~~ [e](https://a.example)", names), "a b c d e");
  assert.equal(plainLine("> said\n\n- one\n- two\n```js\ncode\n```\nend", names), "said one two code end");
  assert.equal(plainLine("  plain\n text ", names), "plain text");
  assert.equal(plainLine("__init__", names), "__init__");
});

test("it is the line that a push shows", () => {
  const { plain_texts } = JSON.parse(readFileSync(new URL("../../wire/plain_texts.json", import.meta.url), "utf8"));
  for (const { body, line } of plain_texts) assert.equal(plainLine(body, names), line, body);
});

test("it has names, the present ones", () => {
  assert.equal(plainLine(`hi @[${ADA}] and @[${"x".repeat(22)}]`, names), "hi @Ada and @someone");
  assert.equal(plainLine(`\`@[${ADA}]\``, names), "@Ada");
  assert.equal(messageText(`**@[${ADA}]**`, names), "**@Ada**");
});

test("a long text is cut, and no mention in the middle", () => {
  for (let before = 570; before < 602; before++) {
    const line = plainLine(`${" ".repeat(before)}x @[${ADA}] ${"y".repeat(100)}`, names);
    assert.doesNotMatch(line, /\[/);
  }
  assert.ok(plainLine("word ".repeat(1_500), names).length <= 300);
});
