/** Settings, profile: the photo, shown before the server has it and put back where the server refuses it. */
/** @import { Api } from "../net/api.js" */
import { part, setText } from "./markup.js";
import { chosenFile, previewing } from "./photo_preview.js";
import { reason } from "./toasts.js";

export class PhotoForm {
  #root;
  #api;
  #file;

  /**
   * @param {HTMLElement} root
   * @param {Api} api
   */
  constructor(root, api) {
    this.#root = root;
    this.#api = api;
    this.#file = /** @type {HTMLInputElement} */ (part(root, "file"));
  }

  start() {
    this.#file.addEventListener("change", () => void this.#upload());
    part(this.#root, "remove").addEventListener("click", () => void this.#remove());
  }

  stop() {}

  async #upload() {
    const file = chosenFile(this.#file);
    if (!file) return;
    const avatar = /** @type {HTMLElement} */ (this.#root.querySelector(".avatar"));
    try {
      await previewing(avatar, file, () => this.#api.upload("/me/photo", file));
      part(this.#root, "remove").hidden = false;
      this.#complain("");
    } catch (error) {
      this.#complain(reason(error));
    }
  }

  async #remove() {
    try {
      await this.#api.delete("/me/photo");
      // The initials are the server's to draw: they follow the saved name.
      location.reload();
    } catch (error) {
      this.#complain(reason(error));
    }
  }

  /** @param {string} text */
  #complain(text) {
    setText(part(this.#root, "error"), text);
  }
}
