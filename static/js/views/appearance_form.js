/** Settings, appearance: applied and kept at once, in this browser. */
import { appearance, changeAppearance } from "./appearance.js";

export class AppearanceForm {
  #form;

  /** @param {HTMLElement} form */
  constructor(form) {
    this.#form = /** @type {HTMLFormElement} */ (form);
  }

  start() {
    for (const [name, value] of Object.entries(appearance())) {
      const chosen = this.#form.querySelector(`input[name="${name}"][value="${value}"]`);
      if (chosen instanceof HTMLInputElement) chosen.checked = true;
    }
    this.#form.addEventListener("change", this.#change);
  }

  stop() {
    this.#form.removeEventListener("change", this.#change);
  }

  #change = (/** @type {Event} */ event) => {
    if (event.target instanceof HTMLInputElement) changeAppearance({ [event.target.name]: event.target.value });
  };
}
