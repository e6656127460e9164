/** What a message's text is made of. Pure: the bubble turns it into nodes. */
import { number } from "../domain/locale.js";

/** Scheme and host, then anything but white space and what can end a sentence around a link. */
const LINK = /https?:\/\/[^\s<>"'`\u2018\u2019\u201c\u201d]+/iuy;
const TRAILING = /[.,;:!?*_~…]+$/u;
const EMOJI =
  /^(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3|\p{Emoji_Presentation}\p{EMod}?(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)*|\p{Emoji}(?:\ufe0f|\p{EMod})(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)*)$/u;
const MOST_BIG_EMOJI = 3;
/** What is longer is no address that somebody would follow, and would be slow to look at. */
const MOST_LINK = 2_000;

/**
 * Closing brackets belong to a link only where it opened them: "(see https://a.example/b)" and ".../Foo_(bar)".
 * @param {string} url
 */
function trim(url) {
  for (;;) {
    const before = url;
    url = url.replace(TRAILING, "");
    for (const [open, close] of [
      ["(", ")"],
      ["[", "]"],
      ["{", "}"],
    ]) {
      if (url.endsWith(close) && url.split(close).length > url.split(open).length) url = url.slice(0, -1);
    }
    if (url === before) return url;
  }
}

/**
 * Where a link may lead: http and https only, and no host hidden behind a name. Null where it must not be one.
 * @param {string} address
 */
export function safeHref(address) {
  if (!/^https?:\/\//iu.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  return url.hostname === "" || url.username !== "" || url.password !== "" ? null : url.href;
}

/**
 * The link that begins at `pos`: what is shown, and where it leads.
 * @param {string} text
 * @param {number} pos
 * @returns {{ text: string, href: string } | null}
 */
export function linkAt(text, pos) {
  if (/\w/u.test(text[pos - 1] ?? "")) return null;
  LINK.lastIndex = pos;
  const found = LINK.exec(text)?.[0];
  if (!found || found.length > MOST_LINK) return null;
  // In "[https://a.example](https://b.example)" the first ends where the second begins.
  const shown = trim(found.split("](")[0]);
  const href = safeHref(shown);
  return href === null ? null : { text: shown, href };
}

/**
 * Is this one to three emoji and nothing else? They are shown large then.
 * @param {string} text
 */
export function isBigEmoji(text) {
  const compact = text.replace(/\s+/gu, "");
  // A family of four with skin tones is 41 code units; three of them are the longest that can be.
  if (compact === "" || compact.length > 123) return false;
  const parts = [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(compact)];
  return parts.length <= MOST_BIG_EMOJI && parts.every(({ segment }) => EMOJI.test(segment));
}

/**
 * The text on one line, for lists and notifications.
 * @param {string} text
 */
export function oneLine(text) {
  return text.slice(0, 300).replace(/\s+/gu, " ").trim();
}

/**
 * "1 message", "2 messages"
 * @param {number} count
 * @param {string} noun
 * @param {string} [plural]
 */
export function counted(count, noun, plural = `${noun}s`) {
  return `${number(count)} ${count === 1 ? noun : plural}`;
}
