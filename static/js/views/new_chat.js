/** The dialog that starts a chat: with a person, with oneself, or with several. */
/** @import { ChatApi, UserView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { paintAvatar } from "./avatar.js";
import { openDialog } from "./dialogs.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { PeopleChoice } from "./people_choice.js";
import { byName, candidateOf, PeopleSearch } from "./people_search.js";
import { attempt, reason } from "./toasts.js";

export class NewChat {
  #dialog;
  #chat;
  #opened;
  #query;
  #search;
  #choice;
  #creating = false;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {ChatApi} chat
   * @param {(conversation: string) => void} opened
   */
  constructor(dialog, chat, opened) {
    this.#dialog = dialog;
    this.#chat = chat;
    this.#opened = opened;
    this.#choice = new PeopleChoice(dialog);
    this.#query = /** @type {HTMLInputElement} */ (part(dialog, "query"));
    this.#search = new PeopleSearch(chat, (people, state) => this.#paintPeople(people, state));
    this.#query.addEventListener("input", () => this.#search.ask(this.#query.value));
    this.#query.addEventListener("keydown", (event) => this.#keydown(event));
    part(dialog, "close").addEventListener("click", () => dialog.close());
    part(dialog, "note").addEventListener("click", () => void this.noteToSelf());
    part(dialog, "group").addEventListener("click", () => this.#step("group"));
    part(dialog, "back").addEventListener("click", () => this.#step("person"));
    part(dialog, "group-step").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#createGroup();
    });
  }

  open() {
    this.#query.value = "";
    part(this.#dialog, "group").hidden = this.#chat.me.makes_groups === false;
    this.#step("person");
    openDialog(this.#dialog);
    this.#query.focus();
  }

  async noteToSelf() {
    await this.#openWith(this.#chat.me.id);
  }

  /** @param {"person" | "group"} step */
  #step(step) {
    part(this.#dialog, "person-step").hidden = step !== "person";
    part(this.#dialog, "group-step").hidden = step !== "group";
    setText(part(this.#dialog, "title"), step === "person" ? t("New chat") : t("New group"));
    setText(part(this.#dialog, "group-error"), "");
    if (step === "person") {
      this.#search.ask(this.#query.value);
      return;
    }
    const title = /** @type {HTMLInputElement} */ (part(this.#dialog, "group-title"));
    title.value = "";
    const contacts = this.#chat.contacts().filter(({ blocked }) => !blocked);
    this.#choice.begin(contacts.map(candidateOf).sort(byName), { several: true, none: t("You have no contacts yet.") });
    title.focus();
  }

  /**
   * @param {(UserView & { shown: string })[]} people
   * @param {"searching" | "done" | "failed"} state
   */
  #paintPeople(people, state) {
    reconcile(part(this.#dialog, "people"), people, {
      key: ({ id }) => id,
      create: ({ id }) => {
        const element = clone("person");
        part(element, "open").addEventListener("click", () => void this.#openWith(id));
        return element;
      },
      update: (element, person) => {
        paintAvatar(part(element, "avatar"), person);
        setText(part(element, "name"), person.shown);
        setText(part(element, "detail"), person.handle ? `@${person.handle}` : "");
      },
    });
    setText(part(this.#dialog, "hint"), this.#hint(people.length, state));
  }

  /**
   * @param {number} count
   * @param {"searching" | "done" | "failed"} state
   */
  #hint(count, state) {
    if (state === "failed") return t("Only your contacts were searched: the server did not answer.");
    if (count > 0) return "";
    if (state === "searching") return t("Searching…");
    if (this.#query.value.trim() === "") return t("You have no contacts yet. Enter a handle or a number.");
    return t("Nobody was found. People who are not your contacts are found by their whole @handle or number.");
  }

  /** @param {string} user */
  async #openWith(user) {
    const id = await attempt(this.#chat.openDirect(user));
    if (!id) return;
    this.#dialog.close();
    this.#opened(id);
  }

  /** @param {KeyboardEvent} event Enter takes the first person, Arrow down goes into the list. */
  #keydown(event) {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "ArrowDown")) return;
    const first = part(this.#dialog, "people").querySelector("button");
    event.preventDefault();
    if (event.key === "Enter") first?.click();
    else first?.focus();
  }

  async #createGroup() {
    const title = /** @type {HTMLInputElement} */ (part(this.#dialog, "group-title")).value.trim();
    const error = part(this.#dialog, "group-error");
    const members = this.#choice.chosen;
    if (members.length === 0) {
      setText(error, t("Choose at least one member."));
      return;
    }
    // A double click, or Enter after it, is one group.
    if (this.#creating) return;
    this.#creating = true;
    try {
      const id = await this.#chat.createGroup(title, members);
      this.#dialog.close();
      this.#opened(id);
    } catch (problem) {
      setText(error, reason(problem));
    } finally {
      this.#creating = false;
    }
  }
}
