import assert from "node:assert/strict";
import { test } from "node:test";
import { markOf, toggled } from "../../../static/js/views/formatting.js";

/** `[` and `]` stand around the selection. @param {string} marked @param {string} mark */
function after(marked, mark) {
  const start = marked.indexOf("[");
  const end = marked.indexOf("]") - 1;
  const value = marked.replace(/[[\]]/g, "");
  const { from, to, text, selected } = toggled(value, start, end, mark);
  const made = value.slice(0, from) + text + value.slice(to);
  return `${made.slice(0, selected[0])}[${made.slice(...selected)}]${made.slice(selected[1])}`;
}

test("marks go around what is selected, and away again", () => {
  for (const mark of ["**", "*", "~~", "`"]) {
    assert.equal(after("a [b c] d", mark), `a ${mark}[b c]${mark} d`);
    assert.equal(after(`a ${mark}[b c]${mark} d`, mark), "a [b c] d");
    assert.equal(after(`a [${mark}b c${mark}] d`, mark), "a [b c] d");
    assert.equal(after("a []", mark), `a ${mark}[]${mark}`, "where nothing is selected one writes between them");
    assert.equal(after(`a ${mark}[]${mark}`, mark), "a []");
  }
});

test("bold and italic do not take each other away", () => {
  assert.equal(after("**[a]**", "*"), "***[a]***");
  assert.equal(after("***[a]***", "*"), "**[a]**");
  assert.equal(after("***[a]***", "**"), "*[a]*");
  assert.equal(after("*[a]*", "**"), "***[a]***");
});

test("marks stand at words, not at the spaces around them", () => {
  assert.equal(after("a[ b ]c", "**"), "a **[b]** c");
});

test("several lines of code get lines of their own", () => {
  assert.equal(after("x [a\nb] y", "`"), "x \n```\n[a\nb]\n```\n y");
  assert.equal(after("[a\nb]", "`"), "```\n[a\nb]\n```");
});

test("keys stand for marks with Ctrl or Cmd alone", () => {
  const key = { key: "b", ctrlKey: true, metaKey: false, shiftKey: false, altKey: false };
  assert.equal(markOf(key), "**");
  assert.equal(markOf({ ...key, ctrlKey: false, metaKey: true }), "**");
  assert.equal(markOf({ ...key, key: "i" }), "*");
  assert.equal(markOf({ ...key, key: "e" }), "`");
  assert.equal(markOf({ ...key, key: "X", shiftKey: true }), "~~");
  for (const other of [{ ctrlKey: false }, { altKey: true }, { shiftKey: true }, { metaKey: true }, { key: "x" }])
    assert.equal(markOf({ ...key, ...other }), null);
});
