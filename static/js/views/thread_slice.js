/**
 * Which part of a thread's window is in the document: a bounded slice around what is being looked at. Pure.
 */

/** At most this many items are in the document. */
export const MOST_ITEMS = 160;
/** What stands there at first, and what is added at an edge. */
export const STEP_ITEMS = 40;

/** @typedef {{ first: string | null, last: string | null, following: boolean }} Slice */

/** @returns {Slice} the tail, and with it whatever comes */
export function tailSlice() {
  return { first: null, last: null, following: true };
}

/**
 * Where the slice lies in `keys` now: [start, end).
 * @param {Slice} slice
 * @param {readonly string[]} keys
 */
export function place(slice, keys) {
  const count = keys.length;
  const first = slice.first === null ? -1 : keys.indexOf(slice.first);
  if (slice.following) {
    const start = first < 0 ? Math.max(0, count - STEP_ITEMS) : Math.max(first, count - MOST_ITEMS);
    return { start, end: count };
  }
  const last = slice.last === null ? -1 : keys.lastIndexOf(slice.last);
  if (first < 0 && last < 0) return { start: Math.max(0, count - STEP_ITEMS), end: count };
  // An edge that the window let go of is where the window now ends.
  const start = Math.max(0, first);
  const end = last < 0 ? count : last + 1;
  return { start, end: Math.max(start, Math.min(end, start + MOST_ITEMS)) };
}

/**
 * @param {readonly string[]} keys
 * @param {number} start
 * @param {number} end
 * @param {boolean} following
 * @returns {Slice}
 */
export function sliceOf(keys, start, end, following) {
  return { first: keys[start] ?? null, last: keys[end - 1] ?? null, following };
}

/**
 * More above; what falls off below comes back by `growDown`.
 * @param {readonly string[]} keys
 * @param {{ start: number, end: number }} at
 */
export function growUp(keys, at) {
  const start = Math.max(0, at.start - STEP_ITEMS);
  const end = Math.min(at.end, start + MOST_ITEMS);
  return sliceOf(keys, start, end, false);
}

/**
 * More below; what falls off above comes back by `growUp`.
 * @param {readonly string[]} keys
 * @param {{ start: number, end: number }} at
 */
export function growDown(keys, at) {
  const end = Math.min(keys.length, at.end + STEP_ITEMS);
  const start = Math.max(at.start, end - MOST_ITEMS);
  return sliceOf(keys, start, end, false);
}

/**
 * The neighbourhood of one item.
 * @param {readonly string[]} keys
 * @param {number} index
 */
export function sliceAround(keys, index) {
  const start = Math.max(0, index - STEP_ITEMS);
  const end = Math.min(keys.length, index + 2 * STEP_ITEMS);
  return sliceOf(keys, start, end, false);
}
