/** What the text before the caret could become: somebody's name behind an @, an emoji behind a colon. Pure. */
import { shortcodes } from "./emoji.js";
import { folded } from "./people_search.js";

const MOST_NAME = 30;
const MOST_SPACES = 2;
const MOST_SHOWN = 8;
const LETTER = /[\p{L}\p{N}_]/u;
const CODE = /:([a-z0-9_+-]{2,24})$/;
const WHOLE_CODE = /:([a-z0-9_+-]{1,24}):$/;
/** More than can be looked back at. */
const BACK = 40;

/** @typedef {{ from: number, query: string }} Asked where it begins, and what was typed of it */
/** @typedef {{ id: string, shown: string, name: string, handle: string | null, avatar: string | null }} Person */

/**
 * @param {string} before the text before the caret
 * @returns {Asked | null}
 */
export function askedPerson(before) {
  const from = before.lastIndexOf("@");
  if (from < 0 || LETTER.test(before[from - 1] ?? "")) return null;
  const query = before.slice(from + 1);
  if (query.length > MOST_NAME || /^\s|\n/u.test(query) || query.split(" ").length > MOST_SPACES + 1) return null;
  return { from, query };
}

/**
 * Who is meant by it: those with a word that begins so, in their name or handle; the name's beginning counts most.
 * @template {Person} P
 * @param {readonly P[]} people
 * @param {string} query
 * @returns {P[]}
 */
export function peopleFor(people, query) {
  const wanted = folded(query);
  const rank = (/** @type {P} */ { shown, name, handle }) => {
    const words = [shown, name, handle ?? ""].map(folded);
    if (words.some((text) => text.startsWith(wanted))) return 0;
    return words.some((text) => text.includes(` ${wanted}`)) ? 1 : 2;
  };
  return people
    .map((person) => ({ person, rank: rank(person) }))
    .filter((found) => found.rank < 2)
    .sort((a, b) => a.rank - b.rank || a.person.shown.localeCompare(b.person.shown))
    .slice(0, MOST_SHOWN)
    .map(({ person }) => person);
}

/** @param {string} before @returns {Asked | null} */
export function askedEmoji(before) {
  const found = CODE.exec(before.slice(-BACK));
  return found && begins(before, found[0].length) ? { from: before.length - found[0].length, query: found[1] } : null;
}

/**
 * The emoji of a whole shortcode right before the caret.
 * @param {string} before
 * @returns {{ from: number, emoji: string } | null}
 */
export function wholeEmoji(before) {
  const found = WHOLE_CODE.exec(before.slice(-BACK));
  if (!found || !begins(before, found[0].length)) return null;
  const one = shortcodes(found[1], 1)[0];
  return one?.exact ? { from: before.length - found[0].length, emoji: one.emoji } : null;
}

/** In "10:30" and "https://" no colon begins a shortcode. @param {string} before @param {number} length */
function begins(before, length) {
  return !LETTER.test(before[before.length - length - 1] ?? "");
}
