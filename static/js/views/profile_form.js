/** Settings, profile: name, handle and about. */
/** @import { Api } from "../net/api.js" */
import { t } from "../domain/locale.js";
import { showFieldErrors } from "./form_errors.js";
import { part, setText } from "./markup.js";

export class ProfileForm {
  #form;
  #api;

  /**
   * @param {HTMLElement} form
   * @param {Api} api
   */
  constructor(form, api) {
    this.#form = /** @type {HTMLFormElement} */ (form);
    this.#api = api;
  }

  start() {
    this.#form.addEventListener("submit", this.#submit);
  }

  stop() {
    this.#form.removeEventListener("submit", this.#submit);
  }

  #submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = (/** @type {string} */ name) => String(new FormData(this.#form).get(name) ?? "").trim();
    const status = part(this.#form, "status");
    setText(status, t("Saving…"));
    try {
      const handle = text("handle").replace(/^@/u, "");
      const met_in_groups = text("met_in_groups") !== "";
      await this.#api.patch("/me", { name: text("name"), handle, about: text("about"), met_in_groups });
      showFieldErrors(this.#form, null);
      setText(status, t("Saved."));
    } catch (error) {
      setText(status, showFieldErrors(this.#form, error));
    }
  };
}
