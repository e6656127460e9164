/** A message's text as the server will store it (`app/domain/text.py`), so that both sides hold the same. Pure. */

export const MAX_BODY_CHARACTERS = 8_000;

// What the server strips is not what String.trim() strips: U+0085 and no U+FEFF.
const SPACE = "[\\t\\n\\v\\f\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const AROUND = new RegExp(`^${SPACE}|${SPACE}$`, "gu");
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g;
const LONE_SURROGATE = /\p{Surrogate}/gu;
const VISIBLE = /[^\s\p{Cf}\x85]/u;

/**
 * @param {string} body
 * @returns {string} "" where nothing is left to send
 */
export function cleanBody(body) {
  const text = body.replace(/\r\n?/g, "\n").replace(CONTROL, "").replace(LONE_SURROGATE, "\ufffd").replace(AROUND, "");
  return VISIBLE.test(text) ? text : "";
}

/**
 * How long the server finds it: in code points, not in UTF-16 units.
 * @param {string} body
 */
export function bodyLength(body) {
  let length = 0;
  for (const _ of body) length += 1;
  return length;
}
