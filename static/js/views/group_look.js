/** A group's photo and description in its details, changed where they stand by those who may. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { may } from "../domain/permissions.js";
import { part, setText } from "./markup.js";
import { openMenu } from "./menu.js";
import { chosenFile, previewing } from "./photo_preview.js";
import { attempt, reason } from "./toasts.js";

const MENU_GAP_PX = 4;

export class GroupLook {
  #root;
  #chat;
  #field;
  #file;
  /** @type {ConversationSummary | null} */
  #summary = null;
  #busy = false;

  /**
   * @param {HTMLElement} root the details
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
    this.#field = /** @type {HTMLTextAreaElement} */ (part(root, "describe-text"));
    this.#file = /** @type {HTMLInputElement} */ (part(root, "photo-file"));
    this.#file.addEventListener("change", () => void this.#upload());
    part(root, "photo-edit").addEventListener("click", () => this.#choose());
    part(root, "describe").addEventListener("click", () => this.#edit());
    part(root, "describe-cancel").addEventListener("click", () => this.#stop());
    const form = part(root, "describe-form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#save();
    });
    form.addEventListener("keydown", (event) => this.#keydown(event));
  }

  /** @param {ConversationSummary} summary */
  show(summary) {
    if (summary.id !== this.#summary?.id) this.#close();
    this.#summary = summary;
    const { view } = summary;
    const group = view.kind === "group";
    const changes = group && !isOut(view) && may(view.me.role, "present");
    if (!changes) this.#close();
    const editing = !part(this.#root, "describe-form").hidden;
    part(this.#root, "photo-edit").hidden = !changes;
    const about = group ? (view.description ?? "") : (summary.peer?.about ?? "");
    setText(part(this.#root, "about"), about);
    part(this.#root, "about").hidden = editing;
    part(this.#root, "describe").hidden = !changes || editing;
    setText(part(this.#root, "describe-words"), about === "" ? t("Add a description") : t("Change the description"));
    setText(part(this.#root, "photo-edit-words"), summary.avatar ? t("Change the photo") : t("Add a photo"));
  }

  #choose() {
    const button = part(this.#root, "photo-edit");
    const summary = this.#summary;
    if (!summary?.avatar) return this.#file.click();
    const box = button.getBoundingClientRect();
    const items = [
      { text: t("Choose another photo"), icon: "camera", run: () => this.#file.click() },
      {
        text: t("Remove the photo"),
        icon: "trash-2",
        danger: true,
        run: () => void attempt(this.#chat.pictureGroup(summary.id, null)),
      },
    ];
    openMenu(items, { x: box.left, y: box.bottom + MENU_GAP_PX }, t("The group’s photo"), button);
  }

  async #upload() {
    const file = chosenFile(this.#file);
    const summary = this.#summary;
    if (!file || !summary) return;
    await attempt(previewing(part(this.#root, "avatar"), file, () => this.#chat.pictureGroup(summary.id, file)));
  }

  #edit() {
    if (!this.#summary) return;
    part(this.#root, "describe-form").hidden = false;
    this.#field.value = this.#summary.view.description ?? "";
    setText(part(this.#root, "describe-error"), "");
    this.show(this.#summary);
    this.#field.focus();
  }

  /** Back to what is shown, and the focus with it. */
  #stop() {
    this.#close();
    if (this.#summary) this.show(this.#summary);
    part(this.#root, "describe").focus();
  }

  #close() {
    part(this.#root, "describe-form").hidden = true;
  }

  async #save() {
    const summary = this.#summary;
    if (!summary || this.#busy) return;
    const text = this.#field.value.trim();
    if (text === (summary.view.description ?? "")) return this.#stop();
    this.#busy = true;
    try {
      await this.#chat.describeGroup(summary.id, text);
      if (this.#summary?.id === summary.id) this.#stop();
    } catch (error) {
      setText(part(this.#root, "describe-error"), reason(error));
    } finally {
      this.#busy = false;
    }
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.key === "Escape") this.#stop();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) void this.#save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
