/** The list of chats: filters, rows, their menu, and moving through them by arrow keys. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
/** @import { GroupActions } from "./group_actions.js" */
import { t } from "../domain/locale.js";
import { conversationActions } from "./conversation_actions.js";
import { createConversationRow, updateConversationRow } from "./conversation_row.js";
import { reconcile } from "./keyed.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { openMenu } from "./menu.js";

/** @typedef {"all" | "unread" | "groups" | "archived" | "requests"} Filter */

/**
 * Which conversations a filter shows. One that is open stays among the unread while it is being read.
 * @param {readonly ConversationSummary[]} summaries
 * @param {Filter} filter
 * @param {string | null} open
 */
export function filtered(summaries, filter, open) {
  return summaries.filter((summary) => {
    // What a stranger began stands apart until one lets them.
    if (summary.request || filter === "requests") return summary.request && filter === "requests";
    if (filter === "archived") return summary.archived;
    if (summary.archived) return false;
    if (filter === "unread") return summary.unread > 0 || summary.marked || summary.id === open;
    return filter === "all" || summary.view.kind === "group";
  });
}

/** @type {Record<Exclude<Filter, "all">, string>} */
const EMPTY_WORDS = {
  unread: t("Everything is read."),
  groups: t("No groups yet."),
  archived: t("Nothing is archived."),
  requests: t("No requests."),
};

export class ConversationList {
  #root;
  #chat;
  #groups;
  #rows;
  #empty;
  #firstSteps;
  /** @type {Filter} */
  #filter;
  /** @type {string | null} */
  #open = null;

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   * @param {GroupActions} groups
   * @param {{ open: (id: string) => void, find: () => void, newChat: () => void, search: () => void, note: () => void, invite: (into: HTMLElement) => void }} actions
   */
  constructor(root, chat, groups, actions) {
    this.#root = root;
    this.#chat = chat;
    this.#groups = groups;
    this.#rows = part(root, "rows");
    this.#empty = part(root, "empty");
    const pressed = root.querySelector("[data-filter][aria-pressed=true]");
    this.#filter = /** @type {Filter} */ (pressed?.getAttribute("data-filter") ?? "all");
    part(root, "new").addEventListener("click", actions.newChat);
    part(root, "search").addEventListener("click", actions.search);
    if (navigator.platform.startsWith("Mac")) setText(part(root, "keys"), "⌘ K");
    part(root, "filters").addEventListener("click", (event) => this.#choose(event));
    this.#rows.addEventListener("click", (event) => this.#clicked(event, actions.open));
    this.#rows.addEventListener("contextmenu", (event) => this.#menu(event));
    root.addEventListener("keydown", (event) => this.#keydown(event));
    this.#firstSteps = clone("first-steps");
    part(this.#firstSteps, "find").addEventListener("click", actions.find);
    part(this.#firstSteps, "note").addEventListener("click", actions.note);
    actions.invite(part(this.#firstSteps, "invite"));
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#open = conversation;
    this.render();
  }

  render() {
    const all = this.#chat.conversations();
    const shown = filtered(all, this.#filter, this.#open);
    const unread = this.#chat.totalUnread();
    setText(part(this.#root, "unread"), unread > 0 ? String(unread) : "");
    this.#paintRequests(all.filter(({ request }) => request).length);
    const now = Date.now();
    reconcile(this.#rows, shown, {
      key: (summary) => summary.id,
      create: createConversationRow,
      update: (element, summary) =>
        updateConversationRow(element, summary, this.#chat, { now, open: summary.id === this.#open }),
    });
    this.#paintEmpty(shown.length, all.filter(({ request }) => !request).length);
  }

  /** The pill is there while there are any, and while one looks. @param {number} waiting */
  #paintRequests(waiting) {
    const pill = /** @type {HTMLElement} */ (this.#root.querySelector('[data-filter="requests"]'));
    pill.hidden = waiting === 0 && this.#filter !== "requests";
    setText(part(this.#root, "requests"), waiting > 0 ? String(waiting) : "");
  }

  /**
   * @param {number} shown
   * @param {number} all
   */
  #paintEmpty(shown, all) {
    this.#empty.hidden = shown > 0;
    this.#rows.hidden = shown === 0;
    const steps = all === 0 && this.#filter === "all";
    const words = steps ? "" : this.#filter === "all" ? t("All your chats are archived.") : EMPTY_WORDS[this.#filter];
    if (this.#empty.hidden || this.#empty.dataset.words === words) return;
    this.#empty.dataset.words = words;
    this.#empty.replaceChildren(steps ? this.#firstSteps : words);
  }

  /** @param {Event} event */
  #choose(event) {
    const pill = event.target instanceof Element ? event.target.closest("[data-filter]") : null;
    if (!pill) return;
    this.#filter = /** @type {Filter} */ (pill.getAttribute("data-filter"));
    for (const other of this.#root.querySelectorAll("[data-filter]")) {
      setAttribute(other, "aria-pressed", String(other === pill));
    }
    this.render();
  }

  /**
   * @param {MouseEvent} event
   * @param {(id: string) => void} open
   */
  #clicked(event, open) {
    if (!(event.target instanceof Element)) return;
    const row = rowOf(event.target);
    const more = event.target.closest('[data-part="more"]');
    if (more instanceof HTMLElement && row?.dataset.id) {
      const box = more.getBoundingClientRect();
      this.#openMenu(row.dataset.id, { x: box.left, y: box.bottom + 4 }, more);
      return;
    }
    // A click with a modifier is the browser's: it opens the chat in a new tab.
    if (!row?.dataset.id || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(row.dataset.id);
  }

  /** @param {MouseEvent} event */
  #menu(event) {
    const row = event.target instanceof Element ? rowOf(event.target) : null;
    if (!row?.dataset.id) return;
    event.preventDefault();
    const box = row.getBoundingClientRect();
    // The menu key gives no point.
    const at =
      event.clientX || event.clientY ? { x: event.clientX, y: event.clientY } : { x: box.left + 48, y: box.top + 32 };
    this.#openMenu(row.dataset.id, at);
  }

  /**
   * @param {string} id
   * @param {{ x: number, y: number }} at
   * @param {HTMLElement} [opener]
   */
  #openMenu(id, at, opener) {
    const summary = this.#chat.conversation(id);
    if (!summary) return;
    const items = [...conversationActions(summary, this.#chat), ...this.#groups.leaving(summary)];
    openMenu(items, at, summary.name, opener);
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const links = /** @type {HTMLElement[]} */ ([...this.#rows.querySelectorAll('[data-part="link"]')]);
    const index = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (index < 0 || links.length === 0) return;
    const moves = /** @type {Record<string, number>} */ ({
      ArrowDown: Math.min(index + 1, links.length - 1),
      ArrowUp: Math.max(index - 1, 0),
      Home: 0,
      End: links.length - 1,
    });
    if (!(event.key in moves)) return;
    event.preventDefault();
    links[moves[event.key]].focus();
  }
}

/**
 * @param {Element} target
 * @returns {HTMLElement | null}
 */
function rowOf(target) {
  return target.closest("[data-id]");
}
