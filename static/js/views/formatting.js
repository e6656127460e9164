/** Marks around what is selected while one writes. Pure. */

/**
 * @typedef {object} Change
 * @property {number} from what is replaced begins here
 * @property {number} to and ends here
 * @property {string} text by what
 * @property {[number, number]} selected what is selected afterwards
 */

/** @type {Record<string, string>} key, with Ctrl or Cmd -> mark */
const MARKS = { b: "**", i: "*", e: "`", "shift+x": "~~" };
const FENCE = "```";

/**
 * The mark that these keys stand for.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">} event
 * @returns {string | null}
 */
export function markOf({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  if (ctrlKey === metaKey || altKey) return null;
  return MARKS[(shiftKey ? "shift+" : "") + key.toLowerCase()] ?? null;
}

/**
 * Puts the mark around the selection, or takes it away where it stands there.
 * @param {string} value
 * @param {number} start
 * @param {number} end
 * @param {string} mark
 * @returns {Change}
 */
export function toggled(value, start, end, mark) {
  const chosen = value.slice(start, end);
  if (chosen.trim() !== "") {
    start += chosen.length - chosen.trimStart().length;
    end -= chosen.length - chosen.trimEnd().length;
  }
  const inner = value.slice(start, end);
  const size = mark.length;
  const around = Math.min(runBefore(value, start, mark[0]), runAfter(value, end, mark[0]));
  if (holds(around, mark)) {
    return { from: start - size, to: end + size, text: inner, selected: [start - size, end - size] };
  }
  const within = Math.min(runAfter(inner, 0, mark[0]), runBefore(inner, inner.length, mark[0]));
  if (inner.length > 2 * size && holds(within, mark)) {
    return { from: start, to: end, text: inner.slice(size, -size), selected: [start, end - 2 * size] };
  }
  const lines = mark === "`" && inner.includes("\n");
  const [before, after] = lines ? fences(value, start, end) : [mark, mark];
  return {
    from: start,
    to: end,
    text: before + inner + after,
    selected: [start + before.length, end + before.length],
  };
}

/** Is this mark among so many of its characters? Of three stars, one is italic and two are bold. @param {number} run @param {string} mark */
function holds(run, mark) {
  if (mark === "*") return run % 2 === 1;
  return mark.length === 2 ? run >= 2 : run === 1;
}

/** @param {string} text @param {number} at @param {string} character */
function runBefore(text, at, character) {
  let run = 0;
  while (text[at - run - 1] === character) run += 1;
  return run;
}

/** @param {string} text @param {number} at @param {string} character */
function runAfter(text, at, character) {
  let run = 0;
  while (text[at + run] === character) run += 1;
  return run;
}

/** Several lines of code stand between lines of their own. @param {string} value @param {number} start @param {number} end */
function fences(value, start, end) {
  const opens = start === 0 || value[start - 1] === "\n" ? "" : "\n";
  const closes = end === value.length || value[end] === "\n" ? "" : "\n";
  return [`${opens}${FENCE}\n`, `\n${FENCE}${closes}`];
}
