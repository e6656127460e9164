import assert from "node:assert/strict";
import { test } from "node:test";
import { isBigEmoji, linkAt, oneLine, safeHref } from "../../../static/js/views/text.js";

/** Every link in a text. @param {string} text */
const links = (text) => [...text].flatMap((_, pos) => linkAt(text, pos) ?? []);

test("a link ends before the sentence does", () => {
  assert.equal(links("See https://a.example/b?c=d, then go.")[0].text, "https://a.example/b?c=d");
  assert.equal(links("(https://a.example/x)")[0].text, "https://a.example/x");
  assert.equal(links("https://en.example/wiki/Foo_(bar)")[0].text, "https://en.example/wiki/Foo_(bar)");
  assert.equal(links("“https://a.example/x”!")[0].text, "https://a.example/x");
});

test("only http and https become links, and none that hides its host behind a name", () => {
  const bodies = [
    "javascript:alert(1)",
    "data:text/html,<script>",
    "file:///etc/passwd",
    "www.example.com",
    "https://bank.example@evil.example/",
    "xhttps://a.example",
  ];
  for (const body of bodies) assert.deepEqual(links(body), [], body);
});

test("an address that nobody would follow is none", () => {
  assert.equal(linkAt(`https://a.example/${"a".repeat(2_000)}`, 0), null);
  assert.equal(safeHref("https://[::1"), null);
  assert.equal(safeHref("HTTPS://A.example"), "https://a.example/");
});

test("several links in one text are all found", () => {
  assert.deepEqual(
    links("http://a.example https://b.example/c").map(({ href }) => href),
    ["http://a.example/", "https://b.example/c"],
  );
});

test("one to three emoji alone are big, anything else is not", () => {
  for (const body of ["👏", "🎉🎉", "👍🏽 👩‍👩‍👧‍👦 ❤️", "🇩🇪", "1️⃣", "🏳️‍🌈"]) assert.ok(isBigEmoji(body), body);
  for (const body of ["", " ", "1", "12", "#", "©", "👏👏👏👏", "ok 👍", "a", "‍"]) assert.ok(!isBigEmoji(body), body);
});

test("a preview is one line", () => {
  assert.equal(oneLine("  a\n\n b\tc "), "a b c");
});
