/** Two drafts that were made from one, put together: line by line, so that what one changed alone stands once. Pure. */

/** More lines than this on both sides together, multiplied, are not compared one by one. */
const MOST_COMPARED = 250_000;

/**
 * Both texts: what one of them left as it was is taken from the other; where both changed the same lines, both stay, one
 * below the other. What both began with stands once, and no word is cut.
 * @param {string} base what both were made from
 * @param {string} mine
 * @param {string} theirs
 */
export function bothTexts(base, mine, theirs) {
  if (mine === base || mine.trim() === "") return theirs;
  if (theirs.trim() === "") return mine;
  const [before, here, there] = [base, mine, theirs].map((text) => text.split("\n"));
  if (base === "" || before.length * Math.max(here.length, there.length) > MOST_COMPARED)
    return merged(base, mine, theirs);
  /** @type {string[]} */
  const lines = [];
  const at = { before: 0, here: 0, there: 0 };
  const between = (/** @type {number} */ b, /** @type {number} */ h, /** @type {number} */ t) => {
    const parts = [before.slice(at.before, b), here.slice(at.here, h), there.slice(at.there, t)];
    if (parts.some(({ length }) => length > 0)) lines.push(...mergedLines(parts));
    Object.assign(at, { before: b + 1, here: h + 1, there: t + 1 });
  };
  const inHere = kept(before, here);
  const inThere = kept(before, there);
  for (const [index, line] of before.entries()) {
    const h = inHere.get(index);
    const t = inThere.get(index);
    if (h === undefined || t === undefined) continue;
    between(index, h, t);
    lines.push(line);
  }
  between(before.length, here.length, there.length);
  return lines.join("\n");
}

/** Lines between two that all three have. @param {string[][]} parts base, mine, theirs @returns {string[]} */
function mergedLines([before, mine, theirs]) {
  const [base, here, there] = [before, mine, theirs].map((lines) => lines.join("\n"));
  if (here === base) return theirs;
  if (there === base) return mine;
  if (mine.length === 0 || theirs.length === 0) return [...theirs, ...mine];
  return merged(base, here, there).split("\n");
}

/** @param {string} base @param {string} mine @param {string} theirs */
function merged(base, mine, theirs) {
  if (mine === base || holds(theirs, mine)) return theirs;
  if (theirs === base || holds(mine, theirs)) return mine;
  if (base !== "" && mine.startsWith(base) && theirs.startsWith(base)) {
    const rest = theirs.slice(wholeWords(theirs, base.length)).trim();
    return rest === "" ? mine : `${mine.trimEnd()}\n\n${rest}`;
  }
  return `${theirs.trimEnd()}\n\n${mine}`;
}

/** Does `text` say `words`, as its beginning or as words of their own? @param {string} text @param {string} words */
function holds(text, words) {
  if (text.startsWith(words)) return true;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1))
    if (!isWithinWord(text, at) && !isWithinWord(text, at + words.length)) return true;
  return false;
}

/** @param {string} text @param {number} at */
const isWithinWord = (text, at) => /\S/u.test(text[at - 1] ?? " ") && /\S/u.test(text[at] ?? " ");

/** The place `at`, or before the word that it is in. @param {string} text @param {number} at */
function wholeWords(text, at) {
  let place = at;
  while (isWithinWord(text, place)) place -= 1;
  return place;
}

/**
 * Which lines stayed: a longest common subsequence.
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @returns {Map<number, number>} index before -> index after
 */
function kept(before, after) {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let b = before.length - 1; b >= 0; b--)
    for (let a = after.length - 1; a >= 0; a--)
      lengths[b * width + a] =
        before[b] === after[a]
          ? lengths[(b + 1) * width + a + 1] + 1
          : Math.max(lengths[(b + 1) * width + a], lengths[b * width + a + 1]);
  /** @type {Map<number, number>} */
  const found = new Map();
  for (let b = 0, a = 0; b < before.length && a < after.length; )
    if (before[b] === after[a]) found.set(b++, a++);
    else if (lengths[(b + 1) * width + a] >= lengths[b * width + a + 1]) b += 1;
    else a += 1;
  return found;
}
