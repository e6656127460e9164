/** The list above the composer that completes what is being typed. The field keeps the focus and says which is chosen. */
import { n } from "../domain/locale.js";
import { paintAvatar } from "./avatar.js";
import { clone, part, setAttribute, setText } from "./markup.js";

/**
 * @typedef {object} Suggestion
 * @property {string} name
 * @property {string} detail
 * @property {{ id: string, name: string, avatar: string | null } | null} person
 * @property {string} emoji "" for a person
 * @property {() => void} choose
 */
/** @typedef {{ from: number, list: Suggestion[] }} Offer what begins at `from` could become these */

export class Suggestions {
  #list;
  #said;
  #input;
  #offers;
  /** @type {Suggestion[]} */
  #shown = [];
  #chosen = 0;
  #from = -1;
  /** what begins here was refused with Esc, or is complete */
  #done = -1;

  /**
   * @param {HTMLElement} root the thread
   * @param {HTMLTextAreaElement} input
   * @param {(before: string) => Offer | null} offers
   */
  constructor(root, input, offers) {
    this.#list = part(root, "suggestions");
    this.#said = part(root, "suggestions-said");
    this.#input = input;
    this.#offers = offers;
    input.addEventListener("blur", () => this.close());
    input.addEventListener("compositionend", () => this.update());
    for (const name of ["keyup", "click"]) input.addEventListener(name, () => this.isOpen && this.update());
    // A click must not take the focus from the field.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target instanceof Element ? event.target.closest("[role=option]") : null;
      if (option) this.#choose([...this.#list.children].indexOf(option));
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** The text or the caret changed. */
  update() {
    const { value, selectionStart, selectionEnd } = this.#input;
    const offer = selectionStart === selectionEnd ? this.#offers(value.slice(0, selectionStart)) : null;
    if (offer?.from !== this.#done) this.#done = -1;
    if (!offer || offer.list.length === 0 || this.#done >= 0) return this.#hide();
    const kept = this.isOpen && offer.from === this.#from ? keyOf(this.#shown[this.#chosen]) : null;
    this.#shown = offer.list;
    this.#from = offer.from;
    this.#chosen = Math.max(
      0,
      offer.list.findIndex((one) => keyOf(one) === kept),
    );
    this.#paint();
    setText(
      this.#said,
      n(
        "{count} suggestion: up and down choose, Enter takes one",
        "{count} suggestions: up and down choose, Enter takes one",
        offer.list.length,
      ),
    );
  }

  close() {
    this.#done = -1;
    this.#hide();
  }

  /** @param {KeyboardEvent} event @returns {boolean} was it for the list? */
  keydown(event) {
    if (!this.isOpen || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return false;
    const count = this.#shown.length;
    if (event.key === "ArrowDown") this.#move((this.#chosen + 1) % count);
    else if (event.key === "ArrowUp") this.#move((this.#chosen - 1 + count) % count);
    else if (event.key === "Enter" || event.key === "Tab") this.#choose(this.#chosen);
    else if (event.key === "Escape") {
      this.#done = this.#from;
      this.#hide();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** @param {number} index */
  #move(index) {
    this.#chosen = index;
    this.#paint();
  }

  /** @param {number} index */
  #choose(index) {
    const { choose } = this.#shown[index];
    this.#done = this.#from;
    this.#hide();
    choose();
  }

  #hide() {
    if (!this.isOpen) return;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    setText(this.#said, "");
    for (const name of ["aria-activedescendant", "aria-controls"]) this.#input.removeAttribute(name);
  }

  #paint() {
    this.#list.replaceChildren(...this.#shown.map((one, index) => this.#option(one, index)));
    this.#list.hidden = false;
    this.#list.children[this.#chosen].scrollIntoView({ block: "nearest" });
    setAttribute(this.#input, "aria-controls", this.#list.id);
    setAttribute(this.#input, "aria-activedescendant", `suggestion-${this.#chosen}`);
  }

  /** @param {Suggestion} one @param {number} index */
  #option({ name, detail, person, emoji }, index) {
    const element = clone("suggestion");
    element.id = `suggestion-${index}`;
    setAttribute(element, "aria-selected", String(index === this.#chosen));
    part(element, "avatar").hidden = person === null;
    part(element, "emoji").hidden = emoji === "";
    if (person) paintAvatar(part(element, "avatar"), person);
    setText(part(element, "emoji"), emoji);
    setText(part(element, "name"), name);
    setText(part(element, "detail"), detail);
    return element;
  }
}

/** @param {Suggestion} one */
const keyOf = ({ emoji, person }) => person?.id ?? emoji;
