import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "../../../static/js/views/markdown.js";

const ADA = "AdaAdaAdaAdaAdaAdaAdaA";
const MOST_MS = 250;

/** The pieces, written as tags. @param {string} text */
function tagged(text) {
  /** @type {string[]} */
  const open = [];
  const parts = parse(text).map((piece) => {
    if (piece.type === "open") {
      open.push(piece.mark);
      return `<${piece.mark}${piece.href ? ` ${piece.href}` : ""}>`;
    }
    if (piece.type === "close") return `</${open.pop()}>`;
    if (piece.type === "mention") return `<@${piece.user}>`;
    if (piece.type === "code") return `<code>${piece.text}</code>`;
    if (piece.type === "block") return `<block ${piece.language}>${piece.text}</block>`;
    return piece.text;
  });
  assert.deepEqual(open, [], "everything is closed");
  return parts.join("");
}

/** @type {Record<string, [string, string][]>} */
const CASES = {
  "marks in a line": [
    [
      "**bold** *it* _it_ ~~gone~~ `a*b*`",
      "<strong>bold</strong> <em>it</em> <em>it</em> <s>gone</s> <code>a*b*</code>",
    ],
    ["***both***", "<em><strong>both</strong></em>"],
    ["**a *b* c**", "<strong>a <em>b</em> c</strong>"],
    ["这是**粗体**文字", "这是<strong>粗体</strong>文字"],
  ],
  "what only looks like marks": [
    ["2*3*4 = 24, 2**3 and 4**5", "2*3*4 = 24, 2**3 and 4**5"],
    ["__init__ snake_case_name _", "__init__ snake_case_name _"],
    ["¯\\_(ツ)_/¯", "¯\\_(ツ)_/¯"],
    ["* not closed, ** neither, ` nor this", "<bullets><item>not closed, ** neither, ` nor this</item></bullets>"],
    ["\\*literally\\* \\`this\\`", "*literally* `this`"],
    ["C:\\temp\\new \\\\server", "C:\\temp\\new \\\\server"],
    ["# no heading\n---\n<b>no html</b> &amp; ![no](image)", "# no heading\n---\n<b>no html</b> &amp; ![no](image)"],
    [">", ">"],
    ["- \n-", "- \n-"],
    ["*", "*"],
    ["+1", "+1"],
  ],
  "lines as they were typed": [
    ["one\n  two\n\n\nthree", "one\n  two\n\n\nthree"],
    ["*a*\n  two\n\n\nthree", "<em>a</em>\n  two\n\n\nthree"],
    ["    indented *a*", "indented <em>a</em>"],
  ],
  quotes: [
    ["> said\nanswered", "<quote>said</quote>answered"],
    ["> a\n> b\n\nc", "<quote>a\nb</quote>c"],
    ["> > deep\n> less", "<quote><quote>deep</quote>less</quote>"],
    ["a > b", "a > b"],
  ],
  lists: [
    ["- a\n- b\nafter", "<bullets><item>a</item><item>b</item></bullets>after"],
    ["3. c\n4. d", "<numbers><item>c</item><item>d</item></numbers>"],
    ["- a\n  - b", "<bullets><item>a<bullets><item>b</item></bullets></item></bullets>"],
    ["To buy:\n* milk", "To buy:<bullets><item>milk</item></bullets>"],
  ],
  "blocks of code": [
    ["```js\nlet a = `1`;\n```\nend", "<block js>let a = `1`;</block>end"],
    ["```\n  kept  \n\n```", "<block >  kept  \n</block>"],
    ["see:\n```\nopen", "see:<block >open</block>"],
    ["```\na\nb```", "<block >a\nb</block>"],
    ["```first line\nsecond```", "<block >first line\nsecond</block>"],
    ["~~~\n**a**\n~~~", "<block >**a**</block>"],
  ],
  links: [
    ["see https://a.example/b_c_d.", "see <link https://a.example/b_c_d>https://a.example/b_c_d</link>."],
    ["**https://a.example/x**", "<strong><link https://a.example/x>https://a.example/x</link></strong>"],
    ["[words *it*](https://a.example/)", "<link https://a.example/>words <em>it</em></link>"],
    ["[https://b.example](https://a.example/)", "<link https://a.example/>https://b.example</link>"],
    ["[a](javascript:alert(1)) [b](data:x) [c](//a.example)", "[a](javascript:alert(1)) [b](data:x) [c](//a.example)"],
    ["[a](https://b@a.example)", "[a](https://b@a.example)"],
    ["[a]()", "a"],
    ["xhttps://a.example", "xhttps://a.example"],
  ],
  mentions: [
    [`hi @[${ADA}]!`, `hi <@${ADA}>!`],
    [`**@[${ADA}]** \`@[${ADA}]\``, `<strong><@${ADA}></strong> <code>@[${ADA}]</code>`],
    ["@[short] @ada", "@[short] @ada"],
    [`@[${ADA}](https://a.example)`, `<@${ADA}>(<link https://a.example/>https://a.example</link>)`],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  test(name, () => {
    for (const [text, wanted] of cases) assert.equal(tagged(text), wanted, JSON.stringify(text));
  });
}

test("nothing of a deeply nested text is left out, and little of it becomes elements", () => {
  const quotes = `${">".repeat(500)} the end`;
  assert.match(tagged(quotes), /the end(<\/quote>)+$/);
  const lists = `${"- ".repeat(500)}the end\nand after`;
  assert.match(tagged(lists), /the end/);
  assert.match(tagged(lists), /<\/bullets>and after$/);
  const stars = `${"*a ".repeat(300)}middle${" a*".repeat(300)}`;
  let depth = 0;
  let deepest = 0;
  for (const piece of parse(stars)) {
    depth += piece.type === "open" ? 1 : piece.type === "close" ? -1 : 0;
    deepest = Math.max(deepest, depth);
  }
  assert.ok(deepest > 1 && deepest <= 16, String(deepest));
  assert.match(tagged(stars), /middle/);
});

const HOSTILE = {
  quotes: ">".repeat(8_000),
  "quotes by line": "> ".repeat(20).concat("\n").repeat(190),
  brackets: "[".repeat(8_000),
  "closed brackets": "[".repeat(4_000) + "](".repeat(1_000),
  "links in links": "[a](".repeat(2_000),
  stars: "*".repeat(8_000),
  "stars and letters": "*a ".repeat(2_666),
  "both marks": "*a_ ".repeat(2_000),
  "nested marks": "**a *b ".repeat(571) + "c* d** ".repeat(571),
  tildes: "~~a ".repeat(2_000),
  ticks: Array.from({ length: 125 }, (_, n) => "`".repeat(n)).join(" "),
  lists: "- ".repeat(4_000),
  numbers: "1. ".repeat(2_666),
  "list by line": Array.from({ length: 120 }, (_, n) => `${" ".repeat(n)}- a`).join("\n"),
  fences: "```\n".repeat(2_000),
  addresses: "http://".repeat(1_142),
  "an address and brackets": `http://a.example/${")".repeat(7_900)}`,
  "an address and dots": `http://a.example/${".a".repeat(3_900)}`,
  backslashes: "\\*".repeat(4_000),
  mentions: "@[".repeat(4_000),
  "blank lines": `*${"\n".repeat(7_998)}*`,
  spaces: `*a${" ".repeat(7_990)}b*`,
};

for (const [name, text] of Object.entries(HOSTILE)) {
  test(`the longest text takes no time: ${name}`, () => {
    assert.ok(text.length <= 8_000, String(text.length));
    const from = process.cpuUsage();
    parse(text);
    const { user, system } = process.cpuUsage(from);
    assert.ok((user + system) / 1_000 < MOST_MS, `${(user + system) / 1_000} ms`);
  });
}
