import assert from "node:assert/strict";
import { test } from "node:test";
import {
  growDown,
  growUp,
  MOST_ITEMS,
  place,
  sliceAround,
  sliceOf,
  tailSlice,
} from "../../../static/js/views/thread_slice.js";

const range = (/** @type {number} */ from, /** @type {number} */ to) =>
  Array.from({ length: to - from }, (_, i) => `k${from + i}`);

test("a thread opens at its tail", () => {
  assert.deepEqual(place(tailSlice(), range(0, 500)), { start: 460, end: 500 });
  assert.deepEqual(place(tailSlice(), range(0, 3)), { start: 0, end: 3 });
  assert.deepEqual(place(tailSlice(), []), { start: 0, end: 0 });
});

test("at the tail, what comes is in the slice, and the slice stays bounded", () => {
  let slice = tailSlice();
  for (let count = 1; count < 1_000; count++) {
    const keys = range(0, count);
    const at = place(slice, keys);
    assert.equal(at.end, count);
    assert.ok(at.end - at.start <= MOST_ITEMS);
    slice = sliceOf(keys, at.start, at.end, true);
  }
});

test("away from the tail, what comes is left out until it is asked for", () => {
  const slice = sliceOf(range(0, 100), 0, 100, false);
  assert.deepEqual(place(slice, range(0, 105)), { start: 0, end: 100 });
  const grown = growDown(range(0, 105), { start: 0, end: 100 });
  assert.deepEqual(place(grown, range(0, 105)), { start: 0, end: 105 });
});

test("growing at one edge lets go at the other", () => {
  const keys = range(0, 600);
  const grown = growUp(keys, { start: 300, end: 460 });
  assert.equal(grown.last, "k419");
  const up = place(grown, keys);
  assert.deepEqual(up, { start: 260, end: 420 });
  assert.deepEqual(place(growDown(keys, up), keys), { start: 300, end: 460 });
});

test("older entries that are put in front move nothing out of the slice", () => {
  const slice = sliceOf(range(100, 200), 0, 100, false);
  assert.deepEqual(place(slice, range(0, 200)), { start: 100, end: 200 });
});

test("an edge that the window let go of is where the window now ends", () => {
  const slice = sliceOf(range(0, 200), 50, 150, false);
  assert.deepEqual(place(slice, range(100, 300)), { start: 0, end: 50 });
  assert.deepEqual(place(slice, range(0, 120)), { start: 50, end: 120 });
});

test("a jump shows the neighbourhood", () => {
  const keys = range(0, 600);
  const at = place(sliceAround(keys, 300), keys);
  assert.ok(at.start < 300 && at.end > 301 && at.end - at.start <= MOST_ITEMS);
});
