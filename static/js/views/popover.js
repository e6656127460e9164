/** What floats over the page until one chooses, turns to something else or closes it. One of a kind is open at a time. */

const MARGIN_PX = 8;

/** @type {Map<string, () => void>} kind -> closes the one that is open */
const open = new Map();

/**
 * Shows `element`; the answer closes it, and gives the focus back where it was if it is told to.
 * @param {string} kind one that is open goes
 * @param {HTMLElement} element
 * @param {readonly string[]} ends events outside of it that close it
 * @param {() => void} [closed]
 * @returns {(giveBack: boolean) => void}
 */
export function openPopover(kind, element, ends, closed = () => undefined) {
  open.get(kind)?.();
  const before = document.activeElement;
  document.body.append(element);
  const outside = (/** @type {Event} */ event) => {
    if (!(event.target instanceof Node && element.contains(event.target))) close(false);
  };
  const close = (/** @type {boolean} */ giveBack) => {
    open.delete(kind);
    element.remove();
    for (const name of ends) document.removeEventListener(name, outside, true);
    window.removeEventListener("resize", outside);
    closed();
    if (giveBack && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  open.set(kind, () => close(false));
  for (const name of ends) document.addEventListener(name, outside, true);
  window.addEventListener("resize", outside);
  return close;
}

/**
 * Puts its corner where it is wanted, and all of it into the viewport.
 * @param {HTMLElement} element
 * @param {{ x: number, y: number, up?: boolean }} at `up`: the lower corner
 */
export function placePopover(element, { x, y, up = false }) {
  const { width, height } = element.getBoundingClientRect();
  element.style.left = `${within(x, innerWidth - width)}px`;
  element.style.top = `${within(up ? y - height : y, innerHeight - height)}px`;
}

/** @param {number} wanted @param {number} room */
const within = (wanted, room) => Math.max(MARGIN_PX, Math.min(wanted, room - MARGIN_PX));
