/** The panel beside a thread: who it is, what can be done, who is in it. */
/** @import { ChatApi, ConversationSummary } from "../types.d.ts" */
/** @import { GroupActions } from "./group_actions.js" */
/** @import { MenuItem } from "./menu.js" */
import { n, t } from "../domain/locale.js";
import { isOut } from "../domain/membership.js";
import { keptDays } from "../domain/retention.js";
import { conversationAvatar, paintAvatar } from "./avatar.js";
import { conversationActions, personActions } from "./conversation_actions.js";
import { GroupLook } from "./group_look.js";
import { reconcile } from "./keyed.js";
import { clone, iconHref, part, setAttribute, setText } from "./markup.js";
import { Members } from "./members.js";
import { aboutWords } from "./thread_header.js";

/** From this width on the panel is a column of its own; below it lies over the thread. */
const COLUMN = "(min-width: 80rem)";

/** What each action's button does now: the button may outlive the conversation it was made for.
 * @type {WeakMap<HTMLElement, () => void>} */
const runs = new WeakMap();

export class Details {
  #root;
  #page;
  #chat;
  #toggle;
  #groups;
  #members;
  #look;
  #open;
  #wanted = matchMedia(COLUMN).matches;
  /** @type {string | null} */
  #conversation = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} page the chat page, which gives the panel its column
   * @param {HTMLElement} toggle the button in the thread's head
   * @param {ChatApi} chat
   * @param {GroupActions} groups
   * @param {(conversation: string) => void} open
   * @param {() => void} opening what has the place of the panel is to go
   */
  constructor(root, page, toggle, chat, groups, open, opening) {
    this.#root = root;
    this.#page = page;
    this.#toggle = toggle;
    this.#chat = chat;
    this.#groups = groups;
    this.#members = new Members(part(root, "members-section"), chat, groups);
    this.#look = new GroupLook(root, chat);
    this.#open = open;
    toggle.addEventListener("click", () => {
      const wanted = this.#root.hidden === true;
      if (wanted) opening();
      this.#set(wanted);
    });
    part(root, "close").addEventListener("click", () => this.close());
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#conversation = conversation;
    if (!matchMedia(COLUMN).matches) this.#wanted = false;
    this.render();
  }

  close() {
    const had = this.#root.contains(document.activeElement);
    this.#set(false);
    if (had) this.#toggle.focus();
  }

  render() {
    const summary = this.#conversation ? this.#chat.conversation(this.#conversation) : null;
    // A thread has the same place, and is what one looks at.
    const shown = this.#wanted && summary !== null && this.#page.dataset.replies !== "open";
    this.#root.hidden = !shown;
    this.#page.dataset.details = shown ? "open" : "closed";
    setAttribute(this.#toggle, "aria-pressed", String(shown));
    if (summary && shown) this.#paint(summary);
  }

  /** @param {boolean} wanted */
  #set(wanted) {
    this.#wanted = wanted;
    this.render();
    if (wanted && !matchMedia(COLUMN).matches) part(this.#root, "close").focus();
  }

  /** @param {ConversationSummary} summary */
  #paint(summary) {
    const group = summary.view.kind === "group";
    const me = this.#chat.me.id;
    paintAvatar(part(this.#root, "avatar"), conversationAvatar(summary, me));
    setText(part(this.#root, "name"), summary.name);
    setText(part(this.#root, "detail"), group ? this.#groupWords(summary) : this.#personWords(summary));
    this.#look.show(summary);
    this.#paintKept(summary);
    this.#paintActions(summary);
    this.#members.show(summary);
    const common = group || !summary.peer || summary.peer.id === me ? [] : this.#inCommon(summary.peer.id);
    part(this.#root, "common-section").hidden = common.length === 0;
    reconcile(part(this.#root, "common"), common, {
      key: (other) => other.id,
      create: (other) => this.#createCommon(other.id),
      update: (element, other) => {
        paintAvatar(part(element, "avatar"), conversationAvatar(other, me));
        setText(part(element, "name"), other.name);
      },
    });
  }

  /** @param {ConversationSummary} summary */
  #paintKept({ view }) {
    const days = keptDays(view);
    const line = part(this.#root, "kept");
    line.hidden = days === 0;
    setText(line, n("Messages are kept for {count} day.", "Messages are kept for {count} days.", days));
  }

  /** @param {ConversationSummary} summary */
  #groupWords(summary) {
    if (isOut(summary.view)) return aboutWords(summary, this.#chat.me.id, Date.now());
    const by = summary.view.created_by;
    if (by === this.#chat.me.id) return t("Group · created by you");
    return t("Group · created by {name}", { name: this.#chat.userName(by) });
  }

  /** @param {ConversationSummary} summary */
  #personWords(summary) {
    const { peer } = summary;
    const words = [peer?.handle ? `@${peer.handle}` : "", aboutWords(summary, this.#chat.me.id, Date.now())];
    if (peer && peer.name !== summary.name && peer.id !== this.#chat.me.id) words.unshift(peer.name);
    return [...new Set(words.filter(Boolean))].join(" · ");
  }

  /** @param {ConversationSummary} summary */
  #paintActions(summary) {
    const { peer } = summary;
    const items = [...this.#groups.ofGroup(summary), ...conversationActions(summary, this.#chat)];
    items.push(...this.#groups.leaving(summary));
    if (peer && peer.id !== this.#chat.me.id) {
      const contact = this.#chat.contacts().find(({ user }) => user.id === peer.id);
      const person = { id: peer.id, name: peer.name, alias: contact?.alias ?? null };
      items.push(...personActions({ ...person, blocked: summary.blocked, contact: contact !== undefined }, this.#chat));
    }
    reconcile(part(this.#root, "actions"), items, {
      key: (item) => item.text,
      create: createAction,
      update: (element, item) => runs.set(element, item.run),
    });
  }

  /** @param {string} peer */
  #inCommon(peer) {
    return this.#chat
      .conversations()
      .filter(({ view }) => view.kind === "group" && !isOut(view) && view.members.some(({ user }) => user.id === peer));
  }

  /** @param {string} conversation */
  #createCommon(conversation) {
    const element = clone("person");
    part(element, "open").addEventListener("click", () => this.#open(conversation));
    return element;
  }
}

/** @param {MenuItem} item */
function createAction(item) {
  const element = clone("action");
  setAttribute(part(element, "icon"), "href", iconHref(item.icon));
  setText(part(element, "text"), item.text);
  if (item.danger) element.dataset.tone = "bad";
  element.addEventListener("click", () => runs.get(element)?.());
  return element;
}
