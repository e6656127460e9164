/** The dialog in which a group's settings are changed. */
/** @import { ChatApi, ConversationSummary, ConversationView, GroupSettings } from "../types.d.ts" */
import { n, t } from "../domain/locale.js";
import { settingsOf } from "../domain/membership.js";
import { ask, openDialog } from "./dialogs.js";
import { part, setText } from "./markup.js";
import { stamp } from "./time.js";
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
    const days = settingsOf(view).keep_days ?? 0;
    this.#offer(days);
    for (const [name, value] of Object.entries({ ...settingsOf(view), keep_days: days })) {
      const field = /** @type {RadioNodeList | HTMLSelectElement} */ (this.#form.elements.namedItem(name));
      if (field) field.value = String(value);
    }
    openDialog(this.#dialog);
  }

  /** Programs may have set any number of days. @param {number} days */
  #offer(days) {
    const field = /** @type {HTMLSelectElement} */ (this.#form.elements.namedItem("keep_days"));
    if ([...field.options].some(({ value }) => value === String(days))) return;
    field.add(new Option(n("{count} day", "{count} days", days), String(days)));
  }

  /** What stands there and is not so yet. @param {GroupSettings} now @returns {Partial<GroupSettings>} */
  #changed(now) {
    const form = new FormData(this.#form);
    const wanted = /** @type {GroupSettings} */ ({
      posts: form.get("posts"),
      adds: form.get("adds"),
      slow_seconds: Number(form.get("slow_seconds")),
      keep_days: Number(form.get("keep_days")),
    });
    const names = /** @type {(keyof GroupSettings)[]} */ (Object.keys(wanted));
    return Object.fromEntries(
      names.filter((name) => wanted[name] !== (now[name] ?? 0)).map((name) => [name, wanted[name]]),
    );
  }

  /** Whoever has messages deleted is told how many, and from when on. @param {ConversationView} view @param {Partial<GroupSettings>} change */
  async #confirmed(view, { keep_days: days }) {
    const before = settingsOf(view).keep_days || Number.POSITIVE_INFINITY;
    if (!days || days > before) return true;
    const { messages, begins_at } = await this.#chat.previewRetention(view.id, days);
    const concerned =
      messages === 0
        ? t("No message is that old now.")
        : n("{count} message is older than that now.", "{count} messages are older than that now.", messages);
    const when = t("What is older is deleted for everybody, from {time} on. Until then you can change it back.", {
      time: stamp(begins_at),
    });
    const title = n("Keep messages for {count} day?", "Keep messages for {count} days?", days);
    return (await ask({ title, text: `${concerned} ${when}`, yes: t("Delete what is older"), danger: true })) !== null;
  }

  async #save() {
    const view = this.#conversation ? this.#chat.conversation(this.#conversation)?.view : null;
    if (!view || this.#busy) return;
    const change = this.#changed(settingsOf(view));
    this.#busy = true;
    try {
      if (!(await this.#confirmed(view, change))) return;
      if (Object.keys(change).length > 0) await this.#chat.changeGroupSettings(view.id, change);
      this.#dialog.close();
    } catch (error) {
      setText(part(this.#dialog, "error"), reason(error));
    } finally {
      this.#busy = false;
    }
  }
}
