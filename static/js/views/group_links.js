/** The dialog with a group's invite links: those that work, each with its QR code, and how to make another. */
/** @import { ChatApi, ConversationSummary, GroupLinkView } from "../types.d.ts" */
import { n, number, t } from "../domain/locale.js";
import { copyLink } from "./copy_link.js";
import { openDialog } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { fullTime } from "./time.js";
import { reason } from "./toasts.js";

/**
 * "Made by you · never expires · used by 3 of 10"
 * @param {GroupLinkView} link
 * @param {Pick<ChatApi, "userName"> & { me: { id: string } }} chat
 */
export function linkWords(link, chat) {
  const mine = link.created_by === chat.me.id;
  const by = mine ? t("Made by you") : t("Made by {name}", { name: chat.userName(link.created_by) });
  const until = link.expires_at === null ? t("never expires") : t("until {time}", { time: fullTime(link.expires_at) });
  const used =
    link.most_uses === null
      ? n("used {count} time", "used {count} times", link.uses)
      : n("used {uses} of {count} time", "used {uses} of {count} times", link.most_uses, { uses: number(link.uses) });
  return `${by} · ${until} · ${used}`;
}

export class GroupLinksDialog {
  #dialog;
  #form;
  #chat;
  /** @type {string | null} */
  #conversation = null;
  /** @type {GroupLinkView[]} */
  #links = [];
  #busy = false;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {ChatApi} chat
   */
  constructor(dialog, chat) {
    this.#dialog = dialog;
    this.#chat = chat;
    this.#form = /** @type {HTMLFormElement} */ (part(dialog, "form"));
    part(dialog, "close").addEventListener("click", () => dialog.close());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#work((id) => this.#make(id));
    });
  }

  /** @param {ConversationSummary} summary */
  open({ id }) {
    this.#conversation = id;
    this.#links = [];
    this.#form.reset();
    this.#paint(t("Looking for links…"));
    openDialog(this.#dialog);
    void this.#load(id);
  }

  /** @param {string} id */
  async #load(id) {
    try {
      const links = await this.#chat.groupLinks(id);
      if (this.#conversation !== id) return;
      this.#links = links;
      this.#paint();
    } catch (error) {
      if (this.#conversation === id) this.#paint("", reason(error));
    }
  }

  /** @param {string} id */
  async #make(id) {
    const form = new FormData(this.#form);
    const limit = (/** @type {string} */ name) => Number(form.get(name)) || null;
    const limits = { life_seconds: limit("life_seconds"), most_uses: limit("most_uses") };
    this.#links = [await this.#chat.makeGroupLink(id, limits), ...this.#links];
  }

  /** One thing at a time; what is refused is said in the dialog. @param {(id: string) => Promise<void>} what */
  async #work(what) {
    const id = this.#conversation;
    if (!id || this.#busy) return;
    this.#busy = true;
    try {
      await what(id);
      if (this.#conversation === id) this.#paint();
    } catch (error) {
      if (this.#conversation === id) this.#paint("", reason(error));
    } finally {
      this.#busy = false;
    }
  }

  /** @param {string} [hint] @param {string} [problem] */
  #paint(hint = "", problem = "") {
    const none = this.#links.length === 0 && problem === "" ? t("There is no link yet.") : "";
    setText(part(this.#dialog, "hint"), hint || none);
    setText(part(this.#dialog, "error"), problem);
    reconcile(part(this.#dialog, "links"), this.#links, {
      key: ({ id }) => id,
      create: (link) => this.#create(link),
      update: (element, link) => setText(part(element, "words"), linkWords(link, this.#chat)),
    });
  }

  /** @param {GroupLinkView} link */
  #create({ id, url }) {
    const element = clone("group-link");
    const input = /** @type {HTMLInputElement} */ (part(element, "link"));
    input.value = url;
    setAttribute(part(element, "code"), "src", `/g/${id}/link.svg`);
    part(element, "copy").addEventListener("click", () => void copyLink(input));
    part(element, "revoke").addEventListener("click", () => void this.#work((group) => this.#revoke(group, id)));
    return element;
  }

  /** @param {string} group @param {string} link */
  async #revoke(group, link) {
    await this.#chat.revokeGroupLink(group, link);
    this.#links = this.#links.filter(({ id }) => id !== link);
    part(this.#dialog, "make").focus();
  }
}
