/**
 * Makes the children of `parent` those of `models`, in order, one element per key. An element lives as long as its key:
 * focus, selection and observers stay with it.
 */

/** @type {WeakMap<Element, Map<string, HTMLElement>>} */
const known = new WeakMap();

/**
 * @template M
 * @param {HTMLElement} parent
 * @param {readonly M[]} models
 * @param {{ key: (model: M) => string, create: (model: M) => HTMLElement, update: (element: HTMLElement, model: M) => void, gone?: (element: HTMLElement) => void }} how
 */
export function reconcile(parent, models, how) {
  const elements = known.get(parent) ?? new Map();
  known.set(parent, elements);
  const wanted = new Set();
  for (const model of models) wanted.add(how.key(model));
  for (const [key, element] of elements) {
    if (wanted.has(key)) continue;
    how.gone?.(element);
    element.remove();
    elements.delete(key);
  }
  /** @type {Element | null} */
  let next = parent.firstElementChild;
  for (const model of models) {
    const key = how.key(model);
    let element = elements.get(key);
    if (!element) {
      element = how.create(model);
      elements.set(key, element);
    }
    how.update(element, model);
    if (element === next) next = element.nextElementSibling;
    else parent.insertBefore(element, next);
  }
}

/**
 * The element that stands for `key` in `parent`.
 * @param {HTMLElement} parent
 * @param {string} key
 * @returns {HTMLElement | null}
 */
export function elementOf(parent, key) {
  return known.get(parent)?.get(key) ?? null;
}
