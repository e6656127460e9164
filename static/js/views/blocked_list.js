/** Settings, privacy: whom one blocked, and taking it back. */
/** @import { ChatApi, ContactView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { paintAvatar } from "./avatar.js";
import { confirm } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { attempt } from "./toasts.js";

export class BlockedList {
  #root;
  #chat;
  #off = () => {};

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
  }

  start() {
    this.#off = this.#chat.on("contacts", () => this.#render());
    this.#render();
  }

  stop() {
    this.#off();
  }

  #render() {
    const blocked = this.#chat.contacts().filter((contact) => contact.blocked);
    const words = blocked.length === 0 ? t("You have blocked nobody.") : t("Nothing they write reaches you.");
    setText(part(this.#root, "status"), words);
    reconcile(part(this.#root, "rows"), blocked, {
      key: ({ user }) => user.id,
      create: (contact) => {
        const element = clone("blocked");
        part(element, "unblock").addEventListener("click", () => void this.#unblock(contact));
        return element;
      },
      update: (element, { user, alias }) => {
        paintAvatar(part(element, "avatar"), user);
        setText(part(element, "name"), alias || user.name);
        setText(part(element, "detail"), user.handle ? `@${user.handle}` : "");
        part(element, "unblock").setAttribute("aria-label", t("Unblock {name}", { name: alias || user.name }));
      },
    });
  }

  /** @param {ContactView} contact */
  async #unblock({ user, alias }) {
    const name = alias || user.name;
    const sure = await confirm({
      title: t("Unblock {name}?", { name }),
      text: t("They can reach you again."),
      yes: t("Unblock"),
    });
    if (sure) await attempt(this.#chat.changeContact(user.id, { blocked: false }));
  }
}
