/** What helps while one writes: marks by keyboard, people behind an @, emoji behind a colon or from the picker. */
/** @import { ChatApi } from "../types.d.ts" */
/** @import { Offer } from "./suggestions.js" */
/** @import { Written } from "./written.js" */
import { askedEmoji, askedPerson, peopleFor, wholeEmoji } from "./completion.js";
import { shortcodes, toned } from "./emoji.js";
import { markOf, toggled } from "./formatting.js";
import { part } from "./markup.js";
import { chosenTone, openPicker } from "./reaction_picker.js";
import { Suggestions } from "./suggestions.js";

const MOST_EMOJI = 8;
const MARGIN_PX = 8;

export class Writing {
  #chat;
  #input;
  #written;
  #suggestions;
  /** @type {string | null} */
  #conversation = null;

  /**
   * @param {HTMLElement} root the thread
   * @param {ChatApi} chat
   * @param {Written} written
   */
  constructor(root, chat, written) {
    this.#chat = chat;
    this.#written = written;
    this.#input = /** @type {HTMLTextAreaElement} */ (part(root, "input"));
    this.#suggestions = new Suggestions(root, this.#input, (before) => this.#people(before) ?? this.#emoji(before));
    const button = part(root, "emoji-button");
    // On a phone the keyboard would close, and a caret is where it was.
    button.addEventListener("pointerdown", (event) => event.preventDefault());
    button.addEventListener("click", () => this.#pick(button));
  }

  /** @param {string | null} conversation */
  show(conversation) {
    this.#conversation = conversation;
    this.#suggestions.close();
  }

  /** @param {KeyboardEvent} event @returns {boolean} is it dealt with? */
  keydown(event) {
    if (this.#suggestions.keydown(event)) return true;
    const mark = markOf(event);
    if (mark === null) return false;
    event.preventDefault();
    const { value, selectionStart, selectionEnd } = this.#input;
    const { from, to, text, selected } = toggled(value, selectionStart, selectionEnd, mark);
    this.#replace(from, to, text);
    this.#input.setSelectionRange(...selected);
    return true;
  }

  /** Something was typed. @param {InputEvent} event */
  typed(event) {
    if (event.isComposing) return;
    const before = this.#input.value.slice(0, this.#input.selectionStart);
    const whole = event.inputType === "insertText" && event.data === ":" ? wholeEmoji(before) : null;
    if (whole) this.#replace(whole.from, before.length, whole.emoji);
    else this.#suggestions.update();
  }

  close() {
    this.#suggestions.close();
  }

  /** The members of a group. @param {string} before @returns {Offer | null} */
  #people(before) {
    const view = this.#conversation ? this.#chat.conversation(this.#conversation)?.view : null;
    const asked = view?.kind === "group" ? askedPerson(before) : null;
    if (!view || !asked) return null;
    const others = view.members.filter(({ user }) => user.id !== this.#chat.me.id && !user.deleted);
    const people = others.map(({ user }) => ({ ...user, shown: this.#chat.userName(user.id, user.name) }));
    const list = peopleFor(people, asked.query).map((person) => ({
      name: person.shown,
      detail: person.handle ? `@${person.handle}` : "",
      person: { id: person.id, name: person.shown, avatar: person.avatar },
      emoji: "",
      choose: () => this.#complete(asked.from, `@${this.#written.label(person.id, person.shown)} `),
    }));
    return { from: asked.from, list };
  }

  /** @param {string} before @returns {Offer | null} */
  #emoji(before) {
    const asked = askedEmoji(before);
    if (!asked) return null;
    const list = shortcodes(asked.query, MOST_EMOJI).map((one) => {
      const emoji = toned(one, chosenTone());
      const choose = () => this.#complete(asked.from, `${emoji} `);
      return { name: `:${one.code}:`, detail: one.named, person: null, emoji, choose };
    });
    return { from: asked.from, list };
  }

  /** @param {number} from @param {string} text stands from there to the caret now */
  #complete(from, text) {
    const { value, selectionStart } = this.#input;
    // There is a space already.
    const spaced = value[selectionStart] === " " && text.endsWith(" ");
    this.#replace(from, selectionStart, spaced ? text.trimEnd() : text);
    if (spaced) this.#input.setSelectionRange(this.#input.selectionEnd + 1, this.#input.selectionEnd + 1);
  }

  /** @param {HTMLElement} button */
  #pick(button) {
    const { left, top } = button.getBoundingClientRect();
    const insert = (/** @type {string} */ emoji) => {
      this.#input.focus({ preventScroll: true });
      this.#replace(this.#input.selectionStart, this.#input.selectionEnd, emoji);
    };
    openPicker({ x: left, y: top - MARGIN_PX, up: true }, null, insert);
  }

  /**
   * As if it had been typed, so that it can be undone.
   * @param {number} from
   * @param {number} to
   * @param {string} text
   */
  #replace(from, to, text) {
    this.#input.focus({ preventScroll: true });
    this.#input.setSelectionRange(from, to);
    if (document.execCommand("insertText", false, text)) return;
    this.#input.setRangeText(text, from, to, "end");
    this.#input.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
  }
}
