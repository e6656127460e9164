/** What a message's text is made of. Pure: the bubble turns it into nodes. */

/** Scheme and host, then anything but white space and what can end a sentence around a link. */
const LINK = /\bhttps?:\/\/[^\s<>"'`\u2018\u2019\u201c\u201d]+/giu;
const TRAILING = /[.,;:!?*_~…]+$/u;
const EMOJI =
  /^(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3|\p{Emoji_Presentation}\p{EMod}?(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)*|\p{Emoji}(?:\ufe0f|\p{EMod})(?:\u200d\p{Emoji}\ufe0f?\p{EMod}?)*)$/u;
const MOST_BIG_EMOJI = 3;

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
 * Splits a text into runs; `href` is set where the run is a link (http and https only).
 * @param {string} text
 * @returns {{ text: string, href: string | null }[]}
 */
export function splitLinks(text) {
  const runs = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = trim(match[0]);
    if (!URL.canParse(shown)) continue;
    const url = new URL(shown);
    if (url.hostname === "" || url.username !== "" || url.password !== "") continue;
    if (match.index > from) runs.push({ text: text.slice(from, match.index), href: null });
    runs.push({ text: shown, href: url.href });
    from = match.index + shown.length;
  }
  if (from < text.length) runs.push({ text: text.slice(from), href: null });
  return runs;
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
  return `${count.toLocaleString("en")} ${count === 1 ? noun : plural}`;
}
