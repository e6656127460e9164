/** The dialog that adds a contact by number or handle. */
/** @import { ChatApi } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { openDialog } from "./dialogs.js";
import { part, setAttribute, setText } from "./markup.js";
import { reason, toast } from "./toasts.js";

/**
 * A number begins with a digit, a plus or a bracket; anything else is a handle, with or without its @.
 * @param {string} text
 * @returns {{ phone: string } | { handle: string }}
 */
export function numberOrHandle(text) {
  const clean = text.trim();
  if (/^[+(\d][\d\s()./-]*$/u.test(clean)) return { phone: clean };
  return { handle: clean.replace(/^@/u, "").toLowerCase() };
}

export class AddContact {
  #dialog;
  #chat;
  #who;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {ChatApi} chat
   */
  constructor(dialog, chat) {
    this.#dialog = dialog;
    this.#chat = chat;
    this.#who = /** @type {HTMLInputElement} */ (part(dialog, "who"));
    part(dialog, "cancel").addEventListener("click", () => dialog.close());
    part(dialog, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#add();
    });
  }

  open() {
    this.#who.value = "";
    this.#complain("");
    openDialog(this.#dialog);
    this.#who.focus();
  }

  async #add() {
    if (this.#who.value.trim() === "") {
      this.#complain(t("Enter a number or a handle."));
      return;
    }
    try {
      const contact = await this.#chat.addContact(numberOrHandle(this.#who.value));
      this.#dialog.close();
      toast(t("{name} is a contact now.", { name: contact.user.name }));
    } catch (error) {
      this.#complain(reason(error));
    }
  }

  /** @param {string} text */
  #complain(text) {
    setText(part(this.#dialog, "error"), text);
    setAttribute(this.#who, "aria-invalid", text ? "true" : null);
  }
}
