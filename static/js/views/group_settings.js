/** The dialog in which a group's settings are changed. */
/** @import { ChatApi, ConversationSummary, GroupSettings } from "../types.d.ts" */
import { settingsOf } from "../domain/membership.js";
import { openDialog } from "./dialogs.js";
import { part, setText } from "./markup.js";
import { reason } from "./toasts.js";

export class GroupSettingsDialog {
  #dialog;
  #form;
  #chat;
  /** @type {string | null} */
  #conversation = null;
  #busy = false;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {ChatApi} chat
   */
  constructor(dialog, chat) {
    this.#dialog = dialog;
    this.#chat = chat;
    this.#form = /** @type {HTMLFormElement} */ (part(dialog, "form"));
    for (const name of ["close", "cancel"]) part(dialog, name).addEventListener("click", () => dialog.close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
  }

  /** @param {ConversationSummary} summary */
  open({ id, view }) {
    this.#conversation = id;
    setText(part(this.#dialog, "error"), "");
    for (const [name, value] of Object.entries(settingsOf(view))) {
      const field = /** @type {RadioNodeList | HTMLSelectElement} */ (this.#form.elements.namedItem(name));
      if (field) field.value = String(value);
    }
    openDialog(this.#dialog);
  }

  /** What stands there and is not so yet. @param {GroupSettings} now @returns {Partial<GroupSettings>} */
  #changed(now) {
    const form = new FormData(this.#form);
    const wanted = /** @type {GroupSettings} */ ({
      posts: form.get("posts"),
      adds: form.get("adds"),
      slow_seconds: Number(form.get("slow_seconds")),
    });
    const names = /** @type {(keyof GroupSettings)[]} */ (Object.keys(wanted));
    return Object.fromEntries(names.filter((name) => wanted[name] !== now[name]).map((name) => [name, wanted[name]]));
  }

  async #save() {
    const view = this.#conversation ? this.#chat.conversation(this.#conversation)?.view : null;
    if (!view || this.#busy) return;
    const change = this.#changed(settingsOf(view));
    this.#busy = true;
    try {
      if (Object.keys(change).length > 0) await this.#chat.changeGroupSettings(view.id, change);
      this.#dialog.close();
    } catch (error) {
      setText(part(this.#dialog, "error"), reason(error));
    } finally {
      this.#busy = false;
    }
  }
}
