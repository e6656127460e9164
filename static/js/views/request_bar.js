/** Below a chat that a stranger began, in place of the composer: let them write, have it gone, or block them. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { confirm } from "./dialogs.js";
import { part, setText } from "./markup.js";
import { attempt, toast } from "./toasts.js";

export class RequestBar {
  #root;
  #chat;
  /** @type {ConversationSummary | null} */
  #summary = null;

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   */
  constructor(root, chat) {
    this.#root = root;
    this.#chat = chat;
    part(root, "accept").addEventListener("click", () => void this.#accept());
    part(root, "decline").addEventListener("click", () => void this.#decline());
    part(root, "refuse").addEventListener("click", () => void this.#block());
  }

  /** @param {ConversationSummary | null} summary null: there is nothing to be asked */
  show(summary) {
    this.#summary = summary;
    this.#root.hidden = summary === null;
    if (summary) setText(part(this.#root, "request-name"), summary.name);
  }

  async #accept() {
    if (this.#summary) await attempt(this.#chat.acceptRequest(this.#summary.id));
  }

  async #decline() {
    const summary = this.#summary;
    if (!summary) return;
    const text = t("They are not told. Should they write again, you get a new request.");
    if (!(await confirm({ title: t("Delete this request?"), text, yes: t("Delete"), danger: true }))) return;
    await attempt(this.#chat.declineRequest(summary.id));
  }

  async #block() {
    const summary = this.#summary;
    if (!summary?.peer) return;
    const text = t("Their messages will not reach you, and they cannot tell. You can unblock them at any time.");
    if (!(await confirm({ title: t("Block {name}?", { name: summary.name }), text, yes: t("Block"), danger: true })))
      return;
    const done = await attempt(this.#chat.changeContact(summary.peer.id, { blocked: true }).then(() => true));
    if (done) toast(t("{name} is blocked.", { name: summary.name }));
  }
}
