import { icon } from "./markup.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HUES = 12;

/**
 * The colour class of a person or group without a picture; `templates/macros.html` has the same rule.
 * @param {string} id
 */
export function hue(id) {
  return `hue-${(ALPHABET.indexOf(id.slice(-1)) + HUES) % HUES}`;
}

/**
 * The first letters of the first and the last word.
 * @param {string} name
 */
export function initials(name) {
  const words = name.match(/[\p{L}\p{N}\p{Extended_Pictographic}]\S*/gu) ?? [];
  const first = [...(words[0] ?? "?")][0];
  const last = words.length > 1 ? [...words[words.length - 1]][0] : "";
  return `${first}${last}`.toLocaleUpperCase();
}

/**
 * Fills an `.avatar` element; does nothing where it already shows this.
 * @param {HTMLElement} element
 * @param {{ id: string, name: string, avatar: string | null, note?: boolean }} who
 */
export function paintAvatar(element, who) {
  const sign = `${who.id} ${who.avatar} ${who.name} ${who.note ?? false}`;
  if (element.dataset.sign === sign) return;
  element.dataset.sign = sign;
  element.setAttribute("aria-hidden", "true");
  for (const name of [...element.classList]) if (name.startsWith("hue-")) element.classList.remove(name);
  element.classList.add(hue(who.id));
  const presence = element.querySelector(".presence");
  element.replaceChildren();
  if (who.note) element.append(icon("notebook-pen", "size-1/2"));
  else if (who.avatar) {
    const image = document.createElement("img");
    image.alt = "";
    image.decoding = "async";
    image.src = who.avatar;
    element.append(image);
  } else {
    const letters = document.createElement("span");
    letters.textContent = initials(who.name);
    element.append(letters);
  }
  if (presence) element.append(presence);
}

/**
 * Shows or hides the dot. It is decoration: the words stand in the header and in the details.
 * @param {HTMLElement} element
 * @param {string | null} state "online", "away", "offline" or null for none
 */
export function paintPresence(element, state) {
  let dot = /** @type {HTMLElement | null} */ (element.querySelector(".presence"));
  if (!state) {
    dot?.remove();
    return;
  }
  if (!dot) {
    dot = document.createElement("span");
    dot.className = "presence";
    element.append(dot);
  }
  dot.dataset.state = state;
}

/**
 * What a conversation's avatar shows.
 * @param {import("../types.d.ts").ConversationSummary} summary
 * @param {string} me
 */
export function conversationAvatar(summary, me) {
  return {
    id: summary.peer?.id ?? summary.id,
    name: summary.name,
    avatar: summary.avatar,
    note: summary.peer?.id === me,
  };
}
