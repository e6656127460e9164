/** The bar in the composer's place: how many messages are selected, and what can be done with them. */
/** @import { ChatApi } from "../types.d.ts" */
import { n, t } from "../domain/locale.js";
import { copiedText } from "./copied_text.js";
import { part, setAttribute, setText } from "./markup.js";
import { openMenu } from "./menu.js";
import { areSaved, copy, deletions, saving } from "./message_menu.js";
import { Selection } from "./selection.js";

export class SelectionBar {
  #root;
  #chat;
  #selection;
  #forward;
  #left;
  /** @type {string | null} */
  #conversation = null;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {import("./message_menu.js").Doing["forward"]} forward
   * @param {() => void} left nothing is selected any more
   */
  constructor(root, chat, forward, left) {
    this.#root = part(root, "selection");
    this.#chat = chat;
    this.#forward = forward;
    this.#left = left;
    this.#selection = new Selection(root, chat, () => this.#paint());
    part(this.#root, "selection-close").addEventListener("click", () => this.leave());
    this.#root.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("button[data-do]") : null;
      if (button instanceof HTMLElement) this.#do(button);
    });
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#conversation = conversation;
    this.#selection.show(conversation);
  }

  /** @param {import("../types.d.ts").ThreadItem} item */
  begin(item) {
    this.#selection.begin(item);
  }

  render() {
    this.#selection.render();
  }

  /** @returns {boolean} was anything selected? */
  leave() {
    if (!this.#selection.leave()) return false;
    // What it began with may be gone.
    if (!document.activeElement?.matches(".message")) this.#left();
    return true;
  }

  get #seqs() {
    return this.#selection.messages.map(({ entry }) => entry.seq);
  }

  #paint() {
    const { active } = this.#selection;
    const seqs = active ? this.#seqs : [];
    const count = seqs.length;
    this.#root.hidden = !active;
    setText(
      part(this.#root, "selection-count"),
      count === 0 ? t("None selected") : n("{count} selected", "{count} selected", count),
    );
    const save = count > 0 && areSaved(this.#chat, this.#conversation ?? "", seqs) ? t("Unsave") : t("Save");
    setAttribute(part(this.#root, "selection-save"), "title", save);
    setText(part(this.#root, "selection-save-text"), save);
    const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (this.#root.querySelectorAll("button[data-do]"));
    for (const button of buttons) button.disabled = count === 0;
  }

  /** @param {HTMLElement} button */
  #do(button) {
    const done = () => void this.leave();
    if (button.dataset.do === "copy") void this.#copy(done);
    else if (button.dataset.do === "forward") this.#forward(this.#conversation ?? "", this.#selection.messages, done);
    else if (button.dataset.do === "save") saving(this.#chat, this.#conversation ?? "", this.#seqs, done).run();
    else if (button.dataset.do === "delete") {
      const box = button.getBoundingClientRect();
      const ways = deletions(this.#chat, this.#conversation ?? "", () => this.#selection.messages, done);
      openMenu(ways, { x: box.left, y: box.top }, t("Delete"), button);
    }
  }

  /** @param {() => void} done */
  async #copy(done) {
    const { messages } = this.#selection;
    const said = n("Copied {count} message.", "Copied {count} messages.", messages.length);
    if (await copy(copiedText(messages, this.#chat), said)) done();
  }
}
