/** Settings, account: signing out of this browser. */
/** @import { ChatApi } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { confirm } from "./dialogs.js";
import { part } from "./markup.js";
import { attempt } from "./toasts.js";

export class SignOut {
  #root;
  #chat;

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
  }

  start() {
    part(this.#root, "out").addEventListener("click", this.#out);
  }

  stop() {
    part(this.#root, "out").removeEventListener("click", this.#out);
  }

  #out = async () => {
    const sure = await confirm({
      title: t("Sign out?"),
      text: t("Messages that are still waiting to be sent are deleted too."),
      yes: t("Sign out"),
      danger: true,
    });
    if (sure) await attempt(this.#chat.signOut());
  };
}
