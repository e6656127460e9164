/** A list in which people are chosen, several or one, with a field to find them by. */
/** @import { UserView } from "../types.d.ts" */
import { t } from "../domain/locale.js";
import { paintAvatar } from "./avatar.js";
import { reconcile } from "./keyed.js";
import { clone, part, setText } from "./markup.js";
import { matching } from "./people_search.js";

const MOST_SHOWN = 100;
/** Fewer than these are seen without searching. */
const SEARCHED_FROM = 8;

/** What an avatar shows, where it is not the person's. @typedef {Parameters<typeof paintAvatar>[1]} Face */
/** @typedef {UserView & { shown: string, face?: Face }} Candidate */

export class PeopleChoice {
  #root;
  #query;
  #changed;
  /** @type {readonly Candidate[]} */
  #people = [];
  /** @type {Set<string>} */
  #chosen = new Set();
  #several = true;
  #none = "";
  #unmatched = "";

  /**
   * @param {HTMLElement} root
   * @param {() => void} [changed] somebody was chosen, or is not any more
   */
  constructor(root, changed = () => undefined) {
    this.#root = root;
    this.#changed = changed;
    this.#query = /** @type {HTMLInputElement} */ (part(root, "choice-query"));
    this.#query.addEventListener("input", () => this.#paint());
    this.#query.addEventListener("keydown", (event) => this.#keydown(event));
  }

  /** In the order in which they were chosen. */
  get chosen() {
    return [...this.#chosen];
  }

  /**
   * @param {readonly Candidate[]} people
   * @param {{ several: boolean, none: string, unmatched?: string, sought?: string }} how `none` is said where there is nobody to
   *   choose, `unmatched` where nobody has that name, `sought` is what the field is for
   */
  begin(people, { several, none, unmatched = t("Nobody matches."), sought = t("Search your contacts") }) {
    this.#people = people;
    this.#several = several;
    this.#none = none;
    this.#unmatched = unmatched;
    setText(part(this.#root, "choice-sought"), sought);
    this.#chosen.clear();
    this.#query.value = "";
    part(this.#root, "choice-search").hidden = people.length < SEARCHED_FROM;
    // One list serves both: a box of the one kind is no box of the other.
    reconcile(part(this.#root, "choice"), [], this.#how);
    this.#paint();
  }

  /** Where one begins: the field, or the first of the few. */
  focus() {
    const first = part(this.#root, "choice").querySelector("input");
    if (this.#people.length >= SEARCHED_FROM) this.#query.focus();
    else first?.focus();
  }

  #paint() {
    const found = matching(this.#people, this.#query.value);
    reconcile(part(this.#root, "choice"), found.slice(0, MOST_SHOWN), this.#how);
    setText(part(this.#root, "choice-hint"), this.#hint(found.length));
  }

  /** @param {number} found */
  #hint(found) {
    if (this.#people.length === 0) return this.#none;
    if (found === 0) return this.#unmatched;
    return found > MOST_SHOWN ? t("There are more. Search to find them.") : "";
  }

  #how = {
    key: (/** @type {Candidate} */ { id }) => id,
    create: (/** @type {Candidate} */ { id }) => this.#create(id),
    update: (/** @type {HTMLElement} */ element, /** @type {Candidate} */ person) => {
      paintAvatar(part(element, "avatar"), person.face ?? { ...person, name: person.shown });
      setText(part(element, "name"), person.shown);
      setText(part(element, "detail"), person.handle ? `@${person.handle}` : "");
      /** @type {HTMLInputElement} */ (part(element, "check")).checked = this.#chosen.has(person.id);
    },
  };

  /** @param {string} id */
  #create(id) {
    const element = clone("candidate");
    const check = /** @type {HTMLInputElement} */ (part(element, "check"));
    check.type = this.#several ? "checkbox" : "radio";
    check.name = "choice";
    check.addEventListener("change", () => this.#choose(id, check.checked));
    return element;
  }

  /** @param {string} id @param {boolean} chosen */
  #choose(id, chosen) {
    if (!this.#several) this.#chosen.clear();
    if (chosen) this.#chosen.add(id);
    else this.#chosen.delete(id);
    this.#changed();
  }

  /** @param {KeyboardEvent} event Enter takes the first who is found, Arrow down goes into the list. */
  #keydown(event) {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const first = part(this.#root, "choice").querySelector("input");
    if (event.key === "ArrowDown") first?.focus();
    else if (this.#query.value.trim() !== "") {
      first?.click();
      this.#query.select();
    }
  }
}
