/** Ctrl/Cmd+K: type a few letters, Enter, and one is in another chat, with a person, or where a command leads. */
/** @import { ChatApi, ConversationSummary, UserView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { conversationAvatar, paintAvatar } from "./avatar.js";
import { openDialog } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, part, setAttribute, setText } from "./markup.js";
import { folded, PeopleSearch } from "./people_search.js";
import { attempt } from "./toasts.js";

const MOST_CHATS = 30;
const MOST_PEOPLE = 10;

/**
 * Those whose name matches: where a word begins with the query first, then those that contain it.
 * @template {{ name: string }} T
 * @param {readonly T[]} named
 * @param {string} query
 * @returns {T[]}
 */
export function ranked(named, query) {
  const wanted = folded(query.trim());
  const rank = (/** @type {T} */ one) => {
    const name = ` ${folded(one.name)}`;
    if (name.includes(` ${wanted}`)) return 0;
    return name.includes(wanted) ? 1 : 2;
  };
  return named
    .map((one) => ({ one, rank: rank(one) }))
    .filter((found) => found.rank < 2)
    .sort((a, b) => a.rank - b.rank)
    .map(({ one }) => one);
}

/**
 * One row. `paint` fills it in, `go` is what choosing it does.
 * @typedef {{ key: string, name: string, create: () => HTMLElement, paint: (row: HTMLElement) => void, go: () => unknown }} Place
 */

/** What `data-go` of a command may name beside an address. @typedef {Record<string, () => unknown>} Doing */

export class QuickSwitcher {
  #dialog;
  #chat;
  #open;
  #query;
  #rows;
  #commands;
  #search;
  /** @type {Place[]} */
  #found = [];
  /** @type {string | null} the row that Enter takes */
  #chosen = null;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {ChatApi} chat
   * @param {(conversation: string) => void} open
   * @param {Doing} doing
   */
  constructor(dialog, chat, open, doing) {
    this.#dialog = dialog;
    this.#chat = chat;
    this.#open = open;
    this.#query = /** @type {HTMLInputElement} */ (part(dialog, "query"));
    this.#rows = part(dialog, "rows");
    this.#commands = commandsIn(/** @type {HTMLTemplateElement} */ (part(dialog, "commands")), doing);
    this.#search = new PeopleSearch(chat, (people, state) => this.#show(people, state));
    this.#query.addEventListener("input", () => this.#ask());
    this.#query.addEventListener("keydown", (event) => this.#keydown(event));
    this.#rows.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (row) this.#choose(this.#found.find(({ key }) => row.id === `switch-${key}`));
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
    this.#ask();
    openDialog(this.#dialog);
    this.#query.focus();
  }

  #shortcut = (/** @type {KeyboardEvent} */ event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (this.#dialog.open) this.#dialog.close();
    else if (!document.querySelector("dialog[open]")) this.open();
  };

  #ask() {
    this.#chosen = null;
    this.#search.ask(this.#query.value);
  }

  /**
   * Chats first, then people one has no chat with, then commands.
   * @param {(UserView & { shown: string })[]} people
   * @param {"searching" | "done" | "failed"} state
   */
  #show(people, state) {
    const query = this.#query.value;
    const chats = ranked(this.#chat.conversations(), query).slice(0, MOST_CHATS);
    const others = query.trim() === "" ? [] : this.#strangers(people).slice(0, MOST_PEOPLE);
    this.#found = [
      ...chats.map((summary) => this.#chatPlace(summary)),
      ...others.map((person) => this.#personPlace(person)),
      ...ranked(this.#commands, query),
    ];
    if (!this.#found.some(({ key }) => key === this.#chosen)) this.#chosen = this.#found[0]?.key ?? null;
    this.#paint(state === "searching");
  }

  /** @param {(UserView & { shown: string })[]} people */
  #strangers(people) {
    const known = new Map(this.#chat.contacts().map((contact) => [contact.user.id, contact]));
    return people.filter(({ id }) => {
      const contact = known.get(id);
      const there = contact?.conversation && this.#chat.conversation(contact.conversation);
      return id !== this.#chat.me.id && !there && !contact?.blocked;
    });
  }

  /** @param {ConversationSummary} summary @returns {Place} */
  #chatPlace(summary) {
    return {
      key: summary.id,
      name: summary.name,
      create: () => clone("option"),
      paint: (row) => {
        paintAvatar(part(row, "avatar"), conversationAvatar(summary, this.#chat.me.id));
        setText(part(row, "name"), summary.name);
        part(row, "unread").hidden = summary.unread === 0;
        setText(part(row, "unread"), String(summary.unread));
      },
      go: () => this.#open(summary.id),
    };
  }

  /** @param {UserView & { shown: string }} person @returns {Place} */
  #personPlace(person) {
    return {
      key: person.id,
      name: person.shown,
      create: () => clone("option"),
      paint: (row) => {
        paintAvatar(part(row, "avatar"), person);
        setText(part(row, "name"), person.handle ? `${person.shown} @${person.handle}` : person.shown);
      },
      go: async () => {
        const id = await attempt(this.#chat.openDirect(person.id));
        if (id) this.#open(id);
      },
    };
  }

  /** @param {boolean} searching */
  #paint(searching) {
    reconcile(this.#rows, this.#found, {
      key: ({ key }) => key,
      create: ({ key, create }) => {
        const row = create();
        row.id = `switch-${key}`;
        return row;
      },
      update: (row, place) => {
        place.paint(row);
        const chosen = place.key === this.#chosen;
        setAttribute(row, "aria-selected", String(chosen));
        if (chosen) row.scrollIntoView({ block: "nearest" });
      },
    });
    setAttribute(this.#query, "aria-activedescendant", this.#chosen && `switch-${this.#chosen}`);
    const none = searching ? t("Searching…") : t("Nothing has that name.");
    setText(part(this.#dialog, "hint"), this.#found.length === 0 ? none : "");
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.isComposing || this.#found.length === 0) return;
    const at = this.#found.findIndex(({ key }) => key === this.#chosen);
    const count = this.#found.length;
    if (event.key === "ArrowDown") this.#chosen = this.#found[(at + 1) % count].key;
    else if (event.key === "ArrowUp") this.#chosen = this.#found[(at - 1 + count) % count].key;
    else if (event.key === "Enter") this.#choose(this.#found[at]);
    else return;
    event.preventDefault();
    if (this.#dialog.open) this.#paint(false);
  }

  /** @param {Place | undefined} place */
  #choose(place) {
    this.#dialog.close();
    void place?.go();
  }
}

/**
 * The commands that the page brings along. `data-go` names where one leads, or what it does.
 * @param {HTMLTemplateElement} template
 * @param {Doing} doing
 * @returns {Place[]}
 */
function commandsIn(template, doing) {
  return [...template.content.children].map((row) => {
    const go = row.getAttribute("data-go") ?? "/";
    return {
      key: go.replaceAll("/", "-"),
      name: row.textContent?.trim() ?? "",
      create: () => /** @type {HTMLElement} */ (row.cloneNode(true)),
      paint: () => undefined,
      go: () => (doing[go] ? doing[go]() : location.assign(go)),
    };
  });
}
