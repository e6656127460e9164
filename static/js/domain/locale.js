/**
 * The language of the page, and its texts: the one place that knows the locale.
 *
 *   t("Remove {name}?", { name })        n("{count} message", "{count} messages", count)
 *
 * The English text is the key. Other languages bring a catalogue, a classic script that runs before every module
 * (static/js/catalogues/, made from translations/ by `make messages`), so that nothing is waited for.
 */

/** @typedef {Record<string, string | Record<string, string>>} Catalogue texts by the English one; plurals by their category */

/** @type {Catalogue} */
const texts = /** @type {{ chatterCatalogue?: Catalogue }} */ (globalThis).chatterCatalogue ?? {};

/** The language of the page's texts, "en" where there is no page. */
export const LANGUAGE = globalThis.document?.documentElement.lang || "en";

/** Where dates and numbers are written as in a region: the browser's own, where it speaks the page's language. */
export const LOCALE = globalThis.document ? regional(LANGUAGE, globalThis.navigator?.languages ?? []) : undefined;

const NUMBERS = LOCALE ?? "en";
const plurals = new Intl.PluralRules(LANGUAGE);
const numbers = new Intl.NumberFormat(NUMBERS);
// American English puts a comma before "and"; the texts are written without it.
const lists = new Intl.ListFormat(LANGUAGE === "en" ? "en-GB" : LANGUAGE);

/** @param {string} language @param {readonly string[]} preferred */
export function regional(language, preferred) {
  const own = preferred.find((one) => one === language || one.startsWith(`${language}-`));
  return own ?? (language === "en" ? "en-GB" : language);
}

/** @param {string} text @param {Record<string, unknown>} values */
const filled = (text, values) =>
  text.replace(/\{(\w+)\}/gu, (all, name) => (name in values ? String(values[name]) : all));

/**
 * A text in the page's language.
 * @param {string} text in English
 * @param {Record<string, unknown>} [values] what stands in its `{places}`
 */
export function t(text, values) {
  const found = texts[text] ?? text;
  const said = typeof found === "string" ? found : text;
  return values ? filled(said, values) : said;
}

/**
 * A text that depends on a number, which stands in its `{count}`.
 * @param {string} one in English
 * @param {string} many in English
 * @param {number} count
 * @param {Record<string, unknown>} [values]
 */
export function n(one, many, count, values = {}) {
  const forms = texts[one];
  const english = count === 1 ? one : many;
  const said = typeof forms === "object" ? (forms[plurals.select(count)] ?? forms.other ?? english) : english;
  return filled(said, { count: number(count), ...values });
}

/** Marks a text that is kept or sent in English, and shown by `refusalText`. @param {string} text */
export const msg = (text) => text;

/** "1,204". @param {number} value @param {Intl.NumberFormatOptions} [how] */
export function number(value, how) {
  return how ? new Intl.NumberFormat(NUMBERS, how).format(value) : numbers.format(value);
}

/** "Ada, Ben and Cleo". @param {Iterable<string>} items */
export const list = (items) => lists.format(items);

/** @type {[string, RegExp, string[]][] | null} texts with places, and what they look like when they are filled */
let shapes = null;

/**
 * What a refusal says, in the page's language: it comes in English, with its numbers and names filled in.
 * @param {string} text
 * @returns {string}
 */
export function refusalText(text) {
  if (text === "" || LANGUAGE === "en" || text in texts) return t(text);
  shapes ??= Object.keys(texts)
    .filter((one) => /\{\w+\}/u.test(one) && /\.$|^has at most /u.test(one))
    .sort((a, b) => literal(b) - literal(a))
    .map(shape);
  for (const [made, pattern, names] of shapes) {
    const found = pattern.exec(text);
    if (found) return t(made, Object.fromEntries(names.map((name, index) => [name, refusalText(found[index + 1])])));
  }
  return text;
}

/** @param {string} text */
const literal = (text) => text.replace(/\{\w+\}/gu, "").length;

/** @param {string} text @returns {[string, RegExp, string[]]} */
function shape(text) {
  const pieces = text.split(/\{(\w+)\}/u);
  const escaped = pieces.map((piece, index) => (index % 2 ? "(.+)" : piece.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")));
  return [text, new RegExp(`^${escaped.join("")}$`, "su"), pieces.filter((_, index) => index % 2)];
}
