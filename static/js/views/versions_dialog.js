/** What a message said before it was edited. */
/** @import { ChatApi } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { openDialog } from "./dialogs.js";
import { clone, part, setText } from "./markup.js";
import { messageText } from "./plain_text.js";
import { fullTime } from "./time.js";

export class VersionsDialog {
  #dialog;
  #chat;

  /** @param {HTMLDialogElement} dialog @param {ChatApi} chat */
  constructor(dialog, chat) {
    this.#dialog = dialog;
    this.#chat = chat;
    part(dialog, "close").addEventListener("click", () => dialog.close());
  }

  /** @param {string} conversation @param {number} seq */
  async open(conversation, seq) {
    const list = part(this.#dialog, "versions");
    const hint = part(this.#dialog, "hint");
    list.replaceChildren();
    setText(hint, t("Loading…"));
    openDialog(this.#dialog);
    try {
      const versions = await this.#chat.versions(conversation, seq);
      // The newest first, as one reads back.
      list.replaceChildren(...versions.reverse().map((one) => this.#item(one)));
      setText(hint, "");
    } catch {
      setText(hint, t("The earlier versions could not be fetched. Are you online?"));
    }
  }

  /** @param {{ body: string, created_at: number }} version */
  #item({ body, created_at }) {
    const element = clone("version");
    setText(part(element, "time"), fullTime(created_at));
    setText(part(element, "text"), messageText(body, this.#chat));
    return element;
  }
}
