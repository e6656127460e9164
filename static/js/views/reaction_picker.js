/** Where one chooses an emoji, to react with or to write: six at hand, and all by group with a search and a skin tone. */
import { t } from "../domain/locale.js";
import { COMMON, emojiName, found, GROUPS, TONE_WORDS, TONES, toned } from "./emoji.js";
import { clone, part, setText } from "./markup.js";
import { openPopover, placePopover } from "./popover.js";

const RECENT_KEY = "chatter:reactions";
const TONE_KEY = "chatter:tone";
const AT_HAND = 6;

/**
 * @param {{ x: number, y: number, up?: boolean }} at where its corner goes, in the viewport; `up`: the lower one
 * @param {readonly string[] | null} mine what one reacted with already; null: it is not to react with
 * @param {(emoji: string) => void} choose
 */
export function openPicker(at, mine, choose) {
  const picker = clone("picker");
  const query = /** @type {HTMLInputElement} */ (part(picker, "query"));
  let tone = chosenTone();
  if (!mine) picker.setAttribute("aria-label", t("Emoji"));

  const button = (/** @type {string} */ emoji, /** @type {string} */ name) => {
    const element = clone("picker-emoji");
    setText(element, emoji);
    element.setAttribute("aria-label", name);
    element.title = name;
    if (mine) element.setAttribute("aria-pressed", String(mine.includes(emoji)));
    element.dataset.emoji = emoji;
    return element;
  };
  const paintAll = () => {
    const groups = found(query.value);
    const nodes = groups.flatMap(({ name, emoji }) => {
      const heading = clone("picker-group");
      setText(heading, name);
      return [heading, ...emoji.map((one) => button(toned(one, tone), one.named))];
    });
    part(picker, "grid").replaceChildren(...nodes);
    part(picker, "none").hidden = nodes.length > 0;
  };
  const paintTones = () => {
    const hand = /** @type {import("./emoji.js").Emoji} */ (
      GROUPS[1].emoji.find(({ words }) => words.includes("stop"))
    );
    const nodes = TONES.map((_, index) => {
      const element = button(toned(hand, index), t("{tone} skin tone", { tone: TONE_WORDS[index] }));
      delete element.dataset.emoji;
      element.dataset.tone = String(index);
      element.setAttribute("aria-pressed", String(index === tone));
      return element;
    });
    part(picker, "tones").replaceChildren(...nodes);
  };

  part(picker, "first").prepend(...atHand().map((emoji) => button(emoji, emojiName(emoji))));
  const close = openPopover("picker", picker, ["pointerdown", "wheel"]);
  placePopover(picker, at);
  query.addEventListener("input", paintAll);
  part(picker, "more").addEventListener("click", () => {
    part(picker, "all").hidden = false;
    part(picker, "more").hidden = true;
    paintAll();
    paintTones();
    placePopover(picker, at);
    query.focus({ preventScroll: true });
  });
  picker.addEventListener("click", (event) => {
    const chosen = event.target instanceof HTMLElement ? event.target : null;
    if (chosen?.dataset.tone) {
      tone = Number(chosen.dataset.tone);
      store(TONE_KEY, String(tone));
      paintAll();
      paintTones();
      /** @type {HTMLElement} */ (part(picker, "tones").children[tone]).focus();
    } else if (chosen?.dataset.emoji) {
      close(true);
      remember(chosen.dataset.emoji);
      choose(chosen.dataset.emoji);
    }
  });
  picker.addEventListener("keydown", (event) => moveFocus(event, picker, () => close(true)));
  /** @type {HTMLElement} */ (part(picker, "first").firstElementChild)?.focus({ preventScroll: true });
}

/**
 * Arrow keys walk the emoji; Esc closes; Tab stays inside.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} picker
 * @param {() => void} close
 */
function moveFocus(event, picker, close) {
  const active = /** @type {HTMLElement} */ (document.activeElement);
  const all = /** @type {HTMLElement[]} */ ([...picker.querySelectorAll("button, input")]).filter(
    (element) => element.offsetParent !== null,
  );
  const index = all.indexOf(active);
  const typing = active instanceof HTMLInputElement;
  /** @type {HTMLElement | undefined} */
  let next;
  if (event.key === "Escape") close();
  else if (event.key === "Tab") next = all.at((index + (event.shiftKey ? -1 : 1)) % all.length);
  else if (event.key === "ArrowRight" && !typing) next = all[index + 1];
  else if (event.key === "ArrowLeft" && !typing) next = all[index - 1];
  else if (event.key === "ArrowDown") next = below(all, active, 1);
  else if (event.key === "ArrowUp") next = below(all, active, -1);
  else return;
  next?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/**
 * The nearest one in the next row.
 * @param {HTMLElement[]} all
 * @param {HTMLElement} from
 * @param {1 | -1} direction
 */
function below(all, from, direction) {
  const { left, top } = from.getBoundingClientRect();
  const rows = all.map((element) => ({ element, box: element.getBoundingClientRect() }));
  const further = rows.filter(({ box }) => (box.top - top) * direction > 4);
  const [nearest] = further.sort(
    (a, b) => (a.box.top - b.box.top) * direction || Math.abs(a.box.left - left) - Math.abs(b.box.left - left),
  );
  return nearest?.element;
}

/** The skin tone one chose: 0 to 5. */
export function chosenTone() {
  return Number(stored(TONE_KEY) ?? 0) || 0;
}

/** What one reacted with last, filled up with what is common. */
function atHand() {
  /** @type {unknown} */
  let recent = [];
  try {
    recent = JSON.parse(stored(RECENT_KEY) ?? "[]");
  } catch {
    // Somebody else's value: as if there were none.
  }
  const known = Array.isArray(recent) ? recent.filter((one) => typeof one === "string") : [];
  return [...new Set([...known, ...COMMON])].slice(0, AT_HAND);
}

/** @param {string} emoji */
function remember(emoji) {
  const before = atHand();
  if (!before.includes(emoji)) store(RECENT_KEY, JSON.stringify([emoji, ...before].slice(0, AT_HAND)));
}

/** @param {string} key */
function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
function store(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It will not be remembered.
  }
}
