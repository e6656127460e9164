/** The dialog in which people are chosen: those to be added to a group, or the one who owns it from now on. */
/** @import { Candidate } from "./people_choice.js" */
import { openDialog } from "./dialogs.js";
import { part, setText } from "./markup.js";
import { PeopleChoice } from "./people_choice.js";
import { reason } from "./toasts.js";

/**
 * @typedef {object} Choice
 * @property {string} title
 * @property {string} [text]
 * @property {readonly Candidate[]} people
 * @property {boolean} several
 * @property {string} none said where there is nobody to choose
 * @property {string} [unmatched] said where nobody has that name
 * @property {string} [sought] what the field is for
 * @property {string} missing said where nobody was chosen
 * @property {(count: number) => string} yes what the button says
 * @property {(users: string[]) => Promise<unknown>} done what is thrown is told in the dialog, which stays
 */

export class PeopleDialog {
  #dialog;
  #choice;
  /** @type {Choice | null} */
  #asked = null;
  #busy = false;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.#dialog = dialog;
    this.#choice = new PeopleChoice(dialog, () => this.#chosen());
    for (const name of ["close", "cancel"]) part(dialog, name).addEventListener("click", () => dialog.close());
    part(dialog, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  /** @param {Choice} choice */
  open(choice) {
    this.#asked = choice;
    setText(part(this.#dialog, "title"), choice.title);
    setText(part(this.#dialog, "text"), choice.text ?? "");
    this.#choice.begin(choice.people, choice);
    part(this.#dialog, "yes").hidden = choice.people.length === 0;
    this.#chosen();
    openDialog(this.#dialog);
    if (choice.people.length > 0) this.#choice.focus();
  }

  #chosen() {
    setText(part(this.#dialog, "error"), "");
    setText(part(this.#dialog, "yes"), this.#asked?.yes(this.#choice.chosen.length) ?? "");
  }

  async #submit() {
    const choice = this.#asked;
    const users = this.#choice.chosen;
    // A double click, or Enter after it, is one try.
    if (!choice || this.#busy) return;
    if (users.length === 0) return setText(part(this.#dialog, "error"), choice.missing);
    this.#busy = true;
    setText(part(this.#dialog, "error"), "");
    try {
      await choice.done(users);
      if (choice === this.#asked) this.#dialog.close();
    } catch (problem) {
      setText(part(this.#dialog, "error"), reason(problem));
    } finally {
      this.#busy = false;
    }
  }
}
