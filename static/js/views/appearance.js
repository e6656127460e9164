/**
 * How a person likes it, kept in this browser. `theme.js` reads the same entry before the first paint.
 * @typedef {{ theme: "system" | "light" | "dark", text: "small" | "normal" | "large", enter: "send" | "newline", sound: "on" | "off" }} Appearance
 */

const KEY = "chatter:appearance";
/** @type {Appearance} */
const DEFAULTS = { theme: "system", text: "normal", enter: "send", sound: "on" };

/** @returns {Appearance} */
export function appearance() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return DEFAULTS;
  }
}

/**
 * Applies and keeps a change.
 * @param {Partial<Appearance>} change
 */
export function changeAppearance(change) {
  const next = { ...appearance(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  const root = document.documentElement;
  if (next.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = next.theme;
  if (next.text === "normal") delete root.dataset.text;
  else root.dataset.text = next.text;
}
