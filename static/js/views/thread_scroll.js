/**
 * Keeps the reader's place: at the bottom when at the bottom, otherwise the top visible row stays where it is while
 * rows come and go above it, below it, or change their height.
 */

const BOTTOM_SLACK_PX = 40;

export class ThreadScroll {
  #scroller;
  #rows;
  #stuck = true;
  /** @type {{ element: Element, top: number }[]} what was visible, top to bottom, and how far below the frame's top */
  #anchors = [];
  /** @type {ResizeObserver} */
  #resized;
  #onScroll;
  #moving = false;
  /** the frame's height when the reader's place was last taken (px) */
  #frameHeight = 0;
  /** where the thread was scrolled to then (px) */
  #top = 0;

  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} rows
   * @param {() => void} onScroll after a move of the reader's
   */
  constructor(scroller, rows, onScroll) {
    this.#scroller = scroller;
    this.#rows = rows;
    this.#onScroll = onScroll;
    this.#resized = new ResizeObserver(() => this.#restore());
  }

  start() {
    this.#scroller.addEventListener("scroll", this.#scrolled, { passive: true });
    this.#resized.observe(this.#rows);
    this.#resized.observe(this.#scroller);
  }

  stop() {
    this.#scroller.removeEventListener("scroll", this.#scrolled);
    this.#resized.disconnect();
  }

  /** Is the reader at the bottom, and to be kept there? */
  get stuck() {
    return this.#stuck;
  }

  /** Is the frame on the page at all (on a phone the list may have its place)? */
  get isShown() {
    return this.#scroller.clientHeight > 0;
  }

  /** px between the frame's top and the first row, and between the last row and the frame's bottom */
  get distances() {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    return { above: scrollTop, below: scrollHeight - scrollTop - clientHeight };
  }

  toBottom() {
    this.#stuck = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#remember();
  }

  /**
   * Puts `element` at `fraction` of the frame's height and lets go of the bottom, unless it is reached.
   * @param {Element} element
   * @param {number} fraction
   */
  reveal(element, fraction) {
    const frame = this.#scroller.getBoundingClientRect();
    const top = element.getBoundingClientRect().top - frame.top;
    this.#scroller.scrollTop += top - frame.height * fraction;
    this.#stuck = this.distances.below < BOTTOM_SLACK_PX;
    this.#remember();
  }

  /**
   * Runs `mutate`, which changes the rows, and puts the reader back where they were.
   * @param {() => void} mutate
   */
  keepPlace(mutate) {
    this.#catchUp();
    this.#moving = true;
    mutate();
    this.#restore();
    this.#moving = false;
  }

  /** Forget where the reader was: another conversation is shown. */
  reset() {
    this.#anchors = [];
    this.#stuck = true;
  }

  #scrolled = () => {
    if (this.#moving || this.#scroller.clientHeight === 0) return;
    if (this.#stuck && this.#scroller.clientHeight !== this.#frameHeight) {
      // The composer grew or the keyboard came: the browser moved the thread, not the reader.
      this.#restore();
      return;
    }
    this.#stuck = this.distances.below < BOTTOM_SLACK_PX;
    this.#remember();
    this.#onScroll();
  };

  /** The browser tells of a scroll a frame later; what is painted in between must not take the reader back. */
  #catchUp() {
    const { scrollTop, clientHeight } = this.#scroller;
    if (clientHeight === 0 || clientHeight !== this.#frameHeight || Math.abs(scrollTop - this.#top) < 1) return;
    this.#stuck = this.distances.below < BOTTOM_SLACK_PX;
    this.#remember();
  }

  #restore() {
    if (this.#scroller.clientHeight === 0) return;
    if (this.#stuck) {
      this.toBottom();
      return;
    }
    const frameTop = this.#scroller.getBoundingClientRect().top;
    const anchor = this.#anchors.find(({ element }) => element.isConnected);
    if (anchor) {
      const moved = anchor.element.getBoundingClientRect().top - frameTop - anchor.top;
      if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
    }
    this.#remember();
  }

  /** Rows lie one below the other, so the first visible one is found by halving. */
  #remember() {
    this.#frameHeight = this.#scroller.clientHeight;
    this.#top = this.#scroller.scrollTop;
    const frame = this.#scroller.getBoundingClientRect();
    const children = this.#rows.children;
    let low = 0;
    let high = children.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (children[middle].getBoundingClientRect().bottom > frame.top) high = middle;
      else low = middle + 1;
    }
    this.#anchors = [];
    for (let index = low; index < children.length; index++) {
      const { top } = children[index].getBoundingClientRect();
      if (top > frame.bottom) break;
      // Day labels, the edge and the divider come and go; messages stay.
      if (children[index].classList.contains("message")) {
        this.#anchors.push({ element: children[index], top: top - frame.top });
      }
    }
  }
}
