/** Short notices at the foot of the page: what was done, or why something was not. */
import { refusalText, t } from "../domain/locale.js";
import { clone, part, setText } from "./markup.js";

const SHOWN_MS = 4_500;

/** @param {string} text */
export function toast(text) {
  const region = document.querySelector('[data-view="toasts"]');
  if (!region) return;
  const element = clone("toast");
  setText(part(element, "text"), text);
  region.replaceChildren(element);
  setTimeout(() => element.remove(), SHOWN_MS);
}

/**
 * Refusals whose own words are for programs.
 * @type {Record<string, string>}
 */
const WORDS = {
  pending: t("That is not stored yet. Try again in a moment: it will be done once."),
};

/**
 * What to tell a person about something that was thrown: a refusal's own words, or that it did not work.
 * @param {unknown} error
 */
export function reason(error) {
  if (error && typeof error === "object" && "message" in error && "code" in error)
    return WORDS[String(error.code)] ?? refusalText(String(error.message));
  return t("That did not work. Are you online?");
}

/**
 * Runs `work` and tells the person where it fails.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T | null>}
 */
export async function attempt(work) {
  try {
    return await work;
  } catch (error) {
    toast(reason(error));
    return null;
  }
}
