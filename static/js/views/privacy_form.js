/** Settings, privacy: each choice is saved as it is made, and taken back where that fails. */
/** @import { Api } from "../net/api.js" */
/** @import { ChatApi } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { part, setText } from "./markup.js";
import { reason } from "./toasts.js";

/** @typedef {Record<string, string | boolean>} Choices */

export class PrivacyForm {
  #form;
  #api;
  #chat;
  /** @type {Map<string, string>} what the server has, by name */
  #saved = new Map();
  /** @type {Promise<unknown>} one after the other, or an older choice could be stored last */
  #saving = Promise.resolve();
  #unsaved = 0;
  #off = () => {};

  /**
   * @param {HTMLElement} form
   * @param {Api} api
   * @param {ChatApi} chat
   */
  constructor(form, api, chat) {
    this.#form = /** @type {HTMLFormElement} */ (form);
    this.#api = api;
    this.#chat = chat;
  }

  start() {
    for (const input of this.#inputs()) if (input.checked) this.#saved.set(input.name, input.value);
    this.#form.addEventListener("change", this.#change);
    this.#off = this.#chat.on("privacy", (choices) => this.#show(/** @type {Choices} */ (choices)));
  }

  stop() {
    this.#form.removeEventListener("change", this.#change);
    this.#off();
  }

  #inputs() {
    return /** @type {NodeListOf<HTMLInputElement>} */ (this.#form.querySelectorAll("input[type=radio]"));
  }

  #change = (/** @type {Event} */ event) => {
    if (!(event.target instanceof HTMLInputElement)) return;
    const { name, value } = event.target;
    this.#unsaved += 1;
    setText(this.#status, t("Saving…"));
    this.#saving = this.#saving.then(() => this.#save(name, value));
  };

  /** @param {string} name @param {string} value */
  async #save(name, value) {
    try {
      const choice = value === "true" || value === "false" ? value === "true" : value;
      const choices = await this.#api.patch("/me/privacy", { [name]: choice });
      this.#unsaved -= 1;
      this.#show(choices);
      if (this.#unsaved === 0) setText(this.#status, t("Saved."));
    } catch (error) {
      this.#unsaved -= 1;
      this.#check(name, this.#saved.get(name) ?? "");
      setText(this.#status, t("Not saved. {reason}", { reason: reason(error) }));
    }
  }

  /** What the server has now, from here or from another page; what is chosen and not saved yet stays. @param {Choices} choices */
  #show(choices) {
    for (const [name, value] of Object.entries(choices)) {
      this.#saved.set(name, String(value));
      if (this.#unsaved === 0) this.#check(name, String(value));
    }
  }

  /** @param {string} name @param {string} value */
  #check(name, value) {
    for (const input of this.#inputs()) if (input.name === name) input.checked = input.value === value;
  }

  get #status() {
    return part(this.#form, "status");
  }
}
