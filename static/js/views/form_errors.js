/** Shows what the server refused beside the field it refused. */
import { refusalText } from "../domain/locale.js";
import { setAttribute, setText } from "./markup.js";
import { reason } from "./toasts.js";

/**
 * Writes each field's complaint below it, clears the others', and gives the first one the focus.
 * @param {HTMLElement} form
 * @param {unknown} error a refusal with `details.fields`, anything else, or null to clear
 * @returns {string} what belongs to no field of the form
 */
export function showFieldErrors(form, error) {
  const details = error && typeof error === "object" && "details" in error ? error.details : null;
  const fields = /** @type {Record<string, string>} */ (
    (details && typeof details === "object" && "fields" in details ? details.fields : null) ?? {}
  );
  /** @type {HTMLElement | null} */
  let first = null;
  for (const element of form.querySelectorAll("[data-field]")) {
    const name = element.getAttribute("data-field") ?? "";
    const input = /** @type {HTMLElement} */ (element.querySelector("input, textarea, select"));
    const why = refusalText(fields[name] ?? "");
    setText(/** @type {Element} */ (element.querySelector(".error")), why);
    setAttribute(input, "aria-invalid", why ? "true" : null);
    if (why) first ??= input;
  }
  first?.focus();
  return error && !first ? reason(error) : "";
}
