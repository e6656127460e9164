/** A menu at a point or under a button: arrow keys, Home, End, Esc; the focus goes back where it was. */
import { clone, iconHref, part, setAttribute, setText } from "./markup.js";
import { openPopover, placePopover } from "./popover.js";

/** @typedef {{ text: string, icon: string, danger?: boolean, run: () => void }} MenuItem */

/**
 * @param {readonly MenuItem[]} items
 * @param {{ x: number, y: number }} at where its corner goes, in the viewport
 * @param {string} label
 * @param {HTMLElement} [opener] is marked as expanded while the menu is open
 */
export function openMenu(items, at, label, opener) {
  const menu = clone("menu");
  menu.setAttribute("aria-label", label);
  for (const item of items) menu.append(menuItem(item));
  const close = openPopover("menu", menu, ["pointerdown", "scroll"], () => opener?.removeAttribute("aria-expanded"));
  placePopover(menu, at);
  opener?.setAttribute("aria-expanded", "true");
  menu.addEventListener("keydown", (event) => moveFocus(event, menu, () => close(true)));
  menu.addEventListener("click", (event) => {
    const index = [...menu.children].findIndex((child) => event.target instanceof Node && child.contains(event.target));
    if (index < 0) return;
    close(true);
    items[index].run();
  });
  /** @type {HTMLElement} */ (menu.firstElementChild)?.focus();
}

/** @param {MenuItem} item */
function menuItem(item) {
  const element = clone("menu-item");
  setAttribute(part(element, "icon"), "href", iconHref(item.icon));
  setText(part(element, "text"), item.text);
  if (item.danger) element.dataset.tone = "bad";
  return element;
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} menu
 * @param {() => void} close
 */
function moveFocus(event, menu, close) {
  const items = /** @type {HTMLElement[]} */ ([...menu.children]);
  const index = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const moves = /** @type {Record<string, number>} */ ({
    ArrowDown: (index + 1) % items.length,
    ArrowUp: (index - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  });
  if (event.key in moves) items[moves[event.key]].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
