/** Asks for a day to go to in the thread. */
import { t } from "../domain/locale.js";
import { openDialog } from "./dialogs.js";
import { part } from "./markup.js";
import { dayKey } from "./time.js";
import { toast } from "./toasts.js";

export class DateDialog {
  #dialog;
  #input;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {(day: Date) => Promise<boolean>} go answers false where there is nothing to go to
   */
  constructor(dialog, go) {
    this.#dialog = dialog;
    this.#input = /** @type {HTMLInputElement} */ (part(dialog, "input"));
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "go" && this.#input.value) void this.#go(go);
    });
  }

  /** @param {number | null} day ms of the day to begin with; null is today */
  open(day) {
    this.#input.max = dayKey(Date.now());
    this.#input.value = dayKey(day ?? Date.now());
    openDialog(this.#dialog);
  }

  /** @param {(day: Date) => Promise<boolean>} go */
  async #go(go) {
    try {
      // Without a zone a date with a time is local, which is what the reader means.
      if (!(await go(new Date(`${this.#input.value}T00:00:00`)))) toast(t("There is nothing on or after that day."));
    } catch {
      toast(t("That day could not be fetched. Are you online?"));
    }
  }
}
