import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { MOST_COLOURED, partsOf } from "../../../static/js/views/highlighting.js";

const MOST_MS = 400;
const VENDOR = new URL("../../../static/vendor/", import.meta.url);
const HOSTILE = [
  "a",
  "_",
  " ",
  '"',
  "'",
  "/",
  "(",
  "`${",
  "f'{",
  'f"{',
  "<a ",
  "$(",
  "a{",
  "a:",
  "/*",
  "a<",
  "\\",
  "\n",
];

test("what the highlighter answers is parts, whatever it holds", () => {
  assert.deepEqual(partsOf('<span class="hljs-string">&quot;&lt;b&gt;&quot;</span> &amp;amp; &nbsp;'), [
    { classes: "hljs-string" },
    { text: '"' },
    { text: "<" },
    { text: "b" },
    { text: ">" },
    { text: '"' },
    null,
    { text: " " },
    { text: "&" },
    { text: "amp; " },
    { text: "&" },
    { text: "nbsp;" },
  ]);
  assert.deepEqual(partsOf("<script>"), [{ text: "<" }, { text: "script>" }]);
});

test("spans are closed as often as they are opened, and none is deep in others", () => {
  const html = `${'<span class="a">x'.repeat(500)}${"</span>".repeat(500)}`;
  const parts = partsOf(html);
  assert.equal(parts.filter((part) => part && "classes" in part).length, 16);
  assert.equal(parts.filter((part) => part === null).length, 16);
  assert.equal(parts.map((part) => (part && "text" in part ? part.text : "")).join(""), "x".repeat(500));
});

const { default: core } = await import(`${VENDOR}hljs-core.js`);
for (const file of readdirSync(VENDOR).filter((name) => /^hljs-(?!core)/.test(name))) {
  const language = file.slice(5, -3);
  core.registerLanguage(language, (await import(`${VENDOR}${file}`)).default);

  test(`the longest code takes little time: ${language}`, () => {
    for (const piece of HOSTILE) {
      const code = piece.repeat(MOST_COLOURED / piece.length);
      const from = process.cpuUsage();
      const parts = partsOf(core.highlight(code, { language, ignoreIllegals: true }).value);
      const { user, system } = process.cpuUsage(from);
      assert.ok((user + system) / 1_000 < MOST_MS, `${piece}: ${(user + system) / 1_000} ms`);
      assert.equal(parts.map((part) => (part && "text" in part ? part.text : "")).join(""), code);
    }
  });
}
