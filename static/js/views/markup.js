/**
 * Markup is cloned from the `<template>` elements of the page and filled with text, never built from strings.
 */

/** @type {string | undefined} */
let sprite;

/**
 * The first element of `<template id="t-NAME">`, cloned.
 * @param {string} name
 * @returns {HTMLElement}
 */
export function clone(name) {
  const template = document.getElementById(`t-${name}`);
  if (!(template instanceof HTMLTemplateElement)) throw new Error(`the page has no template t-${name}`);
  const element = /** @type {HTMLElement} */ (template.content.firstElementChild).cloneNode(true);
  return /** @type {HTMLElement} */ (element);
}

/**
 * The element marked `data-part="NAME"` inside `root`.
 * @template {Element} [T=HTMLElement]
 * @param {Element} root
 * @param {string} name
 * @returns {T}
 */
export function part(root, name) {
  const found = root.querySelector(`[data-part="${name}"]`);
  if (!found) throw new Error(`no part ${name}`);
  return /** @type {T} */ (found);
}

/**
 * Sets the text only where it differs: a screen reader hears every change of a live region.
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Sets the attribute, or takes it away where the value is null.
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/**
 * Where the icon `name` stands in the sprite.
 * @param {string} name
 */
export function iconHref(name) {
  sprite ??= document.querySelector('meta[name="chatter-icons"]')?.getAttribute("content") ?? "/static/icons.svg";
  return `${sprite}#${name}`;
}

/**
 * A new icon. `label` is what a screen reader says; without one it is decoration.
 * @param {string} name
 * @param {string} [classes]
 * @param {string} [label]
 */
export function icon(name, classes = "size-4", label = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", `icon ${classes}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", iconHref(name));
  svg.append(use);
  return svg;
}
