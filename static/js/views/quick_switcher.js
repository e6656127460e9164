/** Ctrl/Cmd+K: type a few letters, Enter, and another chat is open. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { conversationAvatar, paintAvatar } from "./avatar.js";
import { openDialog } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { folded } from "./people_search.js";

const MOST_SHOWN = 30;

/**
 * The chats whose name matches: those where a word begins with the query first, then those that contain it.
 * @param {readonly ConversationSummary[]} summaries
 * @param {string} query
 */
export function ranked(summaries, query) {
  const wanted = folded(query.trim());
  const rank = (/** @type {ConversationSummary} */ summary) => {
    const name = ` ${folded(summary.name)}`;
    if (name.includes(` ${wanted}`)) return 0;
    return name.includes(wanted) ? 1 : 2;
  };
  return summaries
    .map((summary) => ({ summary, rank: rank(summary) }))
    .filter((found) => found.rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .map(({ summary }) => summary)
    .slice(0, MOST_SHOWN);
}

export class QuickSwitcher {
  #dialog;
  #chat;
  #open;
  #query;
  #rows;
  /** @type {ConversationSummary[]} */
  #found = [];
  #chosen = 0;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {ChatApi} chat
   * @param {(conversation: string) => void} open
   */
  constructor(dialog, chat, open) {
    this.#dialog = dialog;
    this.#chat = chat;
    this.#open = open;
    this.#query = /** @type {HTMLInputElement} */ (part(dialog, "query"));
    this.#rows = part(dialog, "rows");
    this.#query.addEventListener("input", () => this.#search());
    this.#query.addEventListener("keydown", (event) => this.#keydown(event));
    this.#rows.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("[data-id]") : null;
      if (row) this.#choose(row.getAttribute("data-id"));
    });
  }

  start() {
    document.addEventListener("keydown", this.#shortcut);
  }

  stop() {
    document.removeEventListener("keydown", this.#shortcut);
  }

  open() {
    this.#query.value = "";
    this.#search();
    openDialog(this.#dialog);
    this.#query.focus();
  }

  #shortcut = (/** @type {KeyboardEvent} */ event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (this.#dialog.open) this.#dialog.close();
    else if (!document.querySelector("dialog[open]")) this.open();
  };

  #search() {
    this.#found = ranked(this.#chat.conversations(), this.#query.value);
    this.#chosen = 0;
    this.#paint();
  }

  #paint() {
    reconcile(this.#rows, this.#found, {
      key: ({ id }) => id,
      create: ({ id }) => {
        const element = clone("option");
        element.id = `switch-${id}`;
        element.dataset.id = id;
        return element;
      },
      update: (element, summary) => {
        paintAvatar(part(element, "avatar"), conversationAvatar(summary, this.#chat.me.id));
        setText(part(element, "name"), summary.name);
        part(element, "unread").hidden = summary.unread === 0;
        setText(part(element, "unread"), String(summary.unread));
        const chosen = summary === this.#found[this.#chosen];
        setAttribute(element, "aria-selected", String(chosen));
        if (chosen) element.scrollIntoView({ block: "nearest" });
      },
    });
    const chosen = this.#found[this.#chosen];
    setAttribute(this.#query, "aria-activedescendant", chosen ? `switch-${chosen.id}` : null);
    setText(part(this.#dialog, "hint"), this.#found.length === 0 ? t("No chat has that name.") : "");
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.isComposing || this.#found.length === 0) return;
    if (event.key === "ArrowDown") this.#chosen = (this.#chosen + 1) % this.#found.length;
    else if (event.key === "ArrowUp") this.#chosen = (this.#chosen - 1 + this.#found.length) % this.#found.length;
    else if (event.key === "Enter") this.#choose(this.#found[this.#chosen].id);
    else return;
    event.preventDefault();
    if (this.#dialog.open) this.#paint();
  }

  /** @param {string | null} id */
  #choose(id) {
    this.#dialog.close();
    if (id) this.#open(id);
  }
}
