/**
 * Honest read: a message counts as read once half of it (or half a screen of it) was on the screen of a tab that is
 * shown and has the focus. A hidden tab reads nothing.
 */

const THRESHOLDS = [0, 0.25, 0.5, 0.75, 1];

export class ReadTracker {
  /** @type {IntersectionObserver} */
  #observer;
  /** @type {Set<HTMLElement>} */
  #onScreen = new Set();
  #reached = 0;
  #read;

  /**
   * @param {HTMLElement} scroller
   * @param {(seq: number) => number} read called with ever higher numbers; answers up to where it counts as read
   */
  constructor(scroller, read) {
    this.#read = read;
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const element = /** @type {HTMLElement} */ (entry.target);
          const height = entry.rootBounds?.height ?? Number.POSITIVE_INFINITY;
          const seen = entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= height / 2;
          if (entry.isIntersecting && seen) this.#onScreen.add(element);
          else this.#onScreen.delete(element);
        }
        this.settle();
      },
      { root: scroller, threshold: THRESHOLDS },
    );
  }

  start() {
    document.addEventListener("visibilitychange", this.settle);
    window.addEventListener("focus", this.settle);
  }

  stop() {
    document.removeEventListener("visibilitychange", this.settle);
    window.removeEventListener("focus", this.settle);
    this.#observer.disconnect();
  }

  /** Another conversation: numbers start anew. */
  reset() {
    this.#reached = 0;
    this.#onScreen.clear();
  }

  /** @param {HTMLElement} element a message; its number stands in data-seq */
  observe(element) {
    this.#observer.observe(element);
  }

  /** @param {HTMLElement} element */
  unobserve(element) {
    this.#observer.unobserve(element);
    this.#onScreen.delete(element);
  }

  settle = () => {
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    let highest = 0;
    for (const element of this.#onScreen) highest = Math.max(highest, Number(element.dataset.seq ?? 0));
    if (highest <= this.#reached) return;
    this.#reached = this.#read(highest);
  };
}
