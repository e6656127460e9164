/** The contacts page: everybody one knows, by letter, as they are right now. */
/** @import { ChatApi, ContactView } from "../types.d.ts" */
/** @import { Invites } from "./invite.js" */
import { t } from "../domain/locale.js";
import { AddContact } from "./add_contact.js";
import { paintAvatar, paintPresence } from "./avatar.js";
import { personActions } from "./conversation_actions.js";
import { confirm } from "./dialogs.js";
import { paintOn } from "./frame.js";
import { Invite } from "./invite.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { openMenu } from "./menu.js";
import { folded } from "./people_search.js";
import { presenceWords } from "./time.js";
import { attempt } from "./toasts.js";

/** @param {ContactView} contact */
const nameOf = ({ user, alias }) => alias ?? user.name;

/**
 * The contacts that match, under the first letter of their name; what is no letter stands under "#", last.
 * @param {readonly ContactView[]} contacts
 * @param {string} query
 * @returns {{ letter: string, contacts: ContactView[] }[]}
 */
export function byLetter(contacts, query) {
  const wanted = folded(query.trim().replace(/^@/u, ""));
  /** @type {Map<string, ContactView[]>} */
  const letters = new Map();
  const sorted = contacts
    .filter((contact) =>
      [nameOf(contact), contact.user.name, contact.user.handle ?? ""].some((text) => folded(text).includes(wanted)),
    )
    .sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  for (const contact of sorted) {
    const first = [...folded(nameOf(contact))][0]?.toLocaleUpperCase() ?? "#";
    const letter = /\p{L}/u.test(first) ? first : "#";
    letters.set(letter, [...(letters.get(letter) ?? []), contact]);
  }
  return [...letters]
    .map(([letter, found]) => ({ letter, contacts: found }))
    .sort((a, b) => Number(a.letter === "#") - Number(b.letter === "#") || a.letter.localeCompare(b.letter));
}

export class ContactsView {
  #root;
  #chat;
  #query;
  #end = () => {};

  /**
   * @param {HTMLElement} root
   * @param {ChatApi} chat
   * @param {Invites} invites
   */
  constructor(root, chat, invites) {
    this.#root = root;
    this.#chat = chat;
    this.#query = /** @type {HTMLInputElement} */ (part(root, "query"));
    this.#query.addEventListener("input", () => this.#render());
    const dialog = /** @type {HTMLDialogElement} */ (document.querySelector('[data-view="add-contact"]'));
    const adding = new AddContact(dialog, chat);
    part(root, "add").addEventListener("click", () => adding.open());
    new Invite(part(root, "invite"), invites);
  }

  start() {
    this.#end = paintOn(this.#chat, ["contacts", "presence"], () => this.#render());
    this.#render();
  }

  stop() {
    this.#end();
  }

  #render() {
    const all = this.#chat.contacts();
    const groups = byLetter(all, this.#query.value);
    reconcile(part(this.#root, "groups"), groups, {
      key: ({ letter }) => letter,
      create: () => clone("letter"),
      update: (element, { letter, contacts }) => {
        setText(part(element, "letter"), letter);
        reconcile(part(element, "rows"), contacts, {
          key: ({ user }) => user.id,
          create: ({ user }) => this.#createRow(user.id),
          update: (row, contact) => this.#updateRow(row, contact),
        });
      },
    });
    const empty = part(this.#root, "empty");
    empty.hidden = groups.length > 0;
    setText(
      empty,
      all.length === 0 ? t("Nobody yet. Share your link, or add somebody by number or handle.") : t("Nobody matches."),
    );
  }

  /** @param {string} user */
  #createRow(user) {
    const element = clone("contact");
    part(element, "open").addEventListener("click", () => void this.#open(user));
    const more = part(element, "more");
    more.addEventListener("click", () => this.#menu(user, more));
    return element;
  }

  /**
   * @param {HTMLElement} element
   * @param {ContactView} contact
   */
  #updateRow(element, contact) {
    const { user, alias, blocked, presence } = contact;
    const avatar = part(element, "avatar");
    paintAvatar(avatar, { ...user, name: nameOf(contact) });
    paintPresence(avatar, blocked ? null : presence.state);
    setText(part(element, "name"), nameOf(contact));
    const words = [alias ? user.name : "", user.handle ? `@${user.handle}` : "", presenceWords(presence, Date.now())];
    setText(part(element, "detail"), words.filter(Boolean).join(" · "));
    part(element, "tag").hidden = !blocked;
    setText(part(element, "tag"), blocked ? t("blocked") : "");
  }

  /** @param {string} user */
  async #open(user) {
    const id = await attempt(this.#chat.openDirect(user));
    if (id) location.assign(`/c/${id}`);
  }

  /**
   * @param {string} id
   * @param {HTMLElement} opener
   */
  #menu(id, opener) {
    const contact = this.#chat.contacts().find(({ user }) => user.id === id);
    if (!contact) return;
    const { user, alias, blocked } = contact;
    const box = opener.getBoundingClientRect();
    const items = [
      { text: t("Open the chat"), icon: "message-circle", run: () => void this.#open(id) },
      ...personActions({ id, name: user.name, alias, blocked, contact: true }, this.#chat),
      { text: t("Remove"), icon: "user-minus", danger: true, run: () => void this.#remove(contact) },
    ];
    openMenu(items, { x: box.right - 200, y: box.bottom + 4 }, nameOf(contact), opener);
  }

  /** @param {ContactView} contact */
  async #remove(contact) {
    const sure = await confirm({
      title: t("Remove {name}?", { name: nameOf(contact) }),
      text: t("Your chat with them stays. If they write to you, they are a contact again."),
      yes: t("Remove"),
      danger: true,
    });
    if (sure) await attempt(this.#chat.removeContact(contact.user.id));
  }
}
