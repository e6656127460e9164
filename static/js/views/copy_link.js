/** Copies what stands in a field, and says so. */
import { t } from "../domain/locale.js";
import { toast } from "./toasts.js";

/** @param {HTMLInputElement} input */
export async function copyLink(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    toast(t("The link is copied."));
  } catch {
    input.select();
    toast(t("Copy it with Ctrl+C: the browser does not let the page do it."));
  }
}
