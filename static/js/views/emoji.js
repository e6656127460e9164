/** The emoji one reacts with: a short list by hand, with words to find each by. Pure. */
import { t } from "../domain/locale.js";

/** @typedef {{ emoji: string, words: string, named: string, tones: boolean }} Emoji `words` in English, `named` in the page's language */

/** Skin tones, the plain one first. */
export const TONES = ["", "\u{1f3fb}", "\u{1f3fc}", "\u{1f3fd}", "\u{1f3fe}", "\u{1f3ff}"];
export const TONE_WORDS = [t("Default"), t("Light"), t("Medium light"), t("Medium"), t("Medium dark"), t("Dark")];
/** What is offered first to whoever never reacted. */
export const COMMON = ["👍", "❤️", "😂", "😮", "😢", "🎉"];

/** Each line: an emoji and its words; `*` marks one that takes a skin tone. */
const LISTS = {
  Smileys: `😀 grin smile happy|😂 laugh tears joy|🤣 rolling laugh|😊 blush smile|😇 angel innocent|🙂 slight smile|🙃 upside down|😉 wink|😍 love hearts eyes|🥰 loved hearts|😘 kiss|😋 yum tasty|😜 tongue wink silly|🤪 zany crazy|🤗 hug|🤔 thinking hmm|🤨 eyebrow doubt|😐 neutral|😑 expressionless|🙄 eye roll|😏 smirk|😬 grimace awkward|😌 relieved|😴 sleep tired|🤤 drool|😷 mask ill|🤒 fever ill|🤯 mind blown|🥳 party celebrate|😎 cool sunglasses|🤓 nerd|😕 confused|😮 wow surprised open mouth|😳 flushed embarrassed|🥺 please pleading|😢 cry sad|😭 sob crying|😱 scream fear|😤 triumph huff|😡 angry rage|🤬 swearing|💀 skull dead|🤡 clown|👻 ghost|🤖 robot`,
  "Hands and people": `👍* thumbs up yes good like|👎* thumbs down no bad dislike|👌* ok perfect|✌️* victory peace|🤞* fingers crossed luck|🤘* rock horns|👏* clap applause bravo|🙌* raised hands hooray|🙏* please thanks pray|🤝 handshake deal|💪* strong muscle|👋* wave hello bye|✋* hand stop|🫡 salute|🤷* shrug|🤦* facepalm|👀 eyes look|🧠 brain|🫶* heart hands|✍️* writing|👉* point right|👆* point up`,
  "Hearts and signs": `❤️ heart love red|🧡 orange heart|💛 yellow heart|💚 green heart|💙 blue heart|💜 purple heart|🖤 black heart|💔 broken heart|💯 hundred perfect|🔥 fire hot|✨ sparkles|⭐ star|⚡ lightning fast|💥 boom|✅ done check yes|❌ cross no wrong|❓ question|❗ exclamation|⚠️ warning|➕ plus|🔝 top|🆗 ok|♻️ recycle again`,
  Things: `🎉 party celebrate tada|🎂 cake birthday|🎁 gift present|🏆 trophy win|🥇 medal first|🚀 rocket launch ship|💡 idea bulb|📌 pin|📈 chart up|📉 chart down|🐛 bug|🔧 wrench fix|🔒 lock|⏰ alarm clock time|⏳ hourglass wait|💰 money|📷 camera photo|🎵 music|📚 books read|✈️ plane travel|🚗 car|🏠 home house`,
  "Nature and food": `☀️ sun|🌈 rainbow|❄️ snow|🌊 wave sea|🌱 seedling|🌹 rose flower|🌳 tree|🐶 dog|🐱 cat|🦊 fox|🐢 turtle slow|🦄 unicorn|🐝 bee|☕ coffee|🍵 tea|🍺 beer|🍷 wine|🍕 pizza|🍔 burger|🍎 apple|🍰 cake slice|🍿 popcorn`,
};

/** @type {{ name: string, emoji: Emoji[] }[]} */
export const GROUPS = Object.entries(LISTS).map(([name, list]) => ({
  name: t(name),
  emoji: list.split("|").map(parsed),
}));

/** @param {string} line @returns {Emoji} */
function parsed(line) {
  const [first, ...words] = line.split(" ");
  const english = words.join(" ");
  return { emoji: first.replace("*", ""), words: english, named: t(english), tones: first.endsWith("*") };
}

/**
 * With a skin tone, where it takes one.
 * @param {Emoji} one
 * @param {number} tone 0 to 5
 */
export function toned({ emoji, tones }, tone) {
  return tones && TONES[tone] ? emoji.replace("\ufe0f", "") + TONES[tone] : emoji;
}

/**
 * Those whose words hold what was typed.
 * @param {string} query
 * @returns {{ name: string, emoji: Emoji[] }[]} groups without the empty ones
 */
export function found(query) {
  const wanted = query.trim().toLowerCase();
  const fits = (/** @type {Emoji} */ { words }) => words.split(" ").some((word) => word.startsWith(wanted));
  return GROUPS.map(({ name, emoji }) => ({ name, emoji: wanted ? emoji.filter(fits) : emoji })).filter(
    ({ emoji }) => emoji.length > 0,
  );
}

/** What it is called, for who does not see it. @param {string} emoji with or without a tone */
export function emojiName(emoji) {
  const plain = (/** @type {string} */ text) => text.replace(/[\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, "");
  for (const group of GROUPS) {
    const one = group.emoji.find((candidate) => plain(candidate.emoji) === plain(emoji));
    if (one) return one.named;
  }
  return emoji;
}

/** What other chats call some of them. @type {Record<string, string>} */
const ALIASES = {
  heart: "❤️",
  "+1": "👍",
  "-1": "👎",
  thumbsup: "👍",
  thumbsdown: "👎",
  smiley: "😀",
  pray: "🙏",
  ok_hand: "👌",
};

/**
 * What a shortcode may mean: those that are called exactly so first, then those with a word that begins so.
 * @param {string} code without colons
 * @param {number} most
 * @returns {(Emoji & { code: string, exact: boolean })[]} `code`: what it is called
 */
export function shortcodes(code, most) {
  const all = GROUPS.flatMap(({ emoji }) => emoji);
  const named = all.map((one) => {
    const words = one.words.split(" ");
    const names = [one.words.replaceAll(" ", "_"), ...words];
    const aliases = Object.keys(ALIASES).filter((alias) => ALIASES[alias] === one.emoji);
    names.push(...aliases);
    const exact = names.includes(code);
    const name = names.slice(1).find((candidate) => candidate.startsWith(code)) ?? names[0];
    // The first word is what it is called most, where other chats do not call another one so.
    const rank = aliases.includes(code) ? 0 : words[0] === code ? 1 : exact ? 2 : 3;
    return { ...one, code: name, exact, rank, fits: names.some((candidate) => candidate.startsWith(code)) };
  });
  return named
    .filter(({ fits }) => fits)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ rank: _rank, fits: _fits, ...one }) => one);
}
