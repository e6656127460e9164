import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesWords, linePath, momentWords, mostOf, numberWords } from "../../../static/js/domain/figures.js";

/** @param {(number | null)[]} values */
const points = (...values) => values.map((value, n) => ({ at: n * 60_000, value }));

test("numbers are short, and what is not known is a dash", () => {
  assert.deepEqual([0, 0.254, 9.5, 12.6, 1204].map(numberWords), ["0", "0.25", "9.5", "13", "1,204"]);
  assert.deepEqual([null, undefined].map(numberWords), ["–", "–"]);
});

test("bytes have a unit", () => {
  assert.deepEqual([0, 999, 1000, 25_400_000, 1_200_000_000, 10 ** 16].map(bytesWords), [
    "0 B",
    "999 B",
    "1.0 kB",
    "25 MB",
    "1.2 GB",
    "10000 TB",
  ]);
  assert.equal(bytesWords(null), "–");
});

test("moments are in UTC", () => {
  assert.equal(momentWords(Date.UTC(2026, 10, 28, 13, 5)), "28 Nov, 13:05");
});

test("the line goes from the left to the right, and the greatest is at the top", () => {
  assert.equal(linePath(points(0, 5, 10), 100, 50), "M0 50L50 25L100 0");
  assert.equal(mostOf(points(0, 5, 10)), 10);
});

test("nothing but zeros is a line at the foot", () => {
  assert.equal(linePath(points(0, 0), 100, 50), "M0 50L100 50");
  assert.equal(mostOf([]), 0);
});

test("the line is broken where nothing is known, and one point alone is seen", () => {
  assert.equal(linePath(points(10, 10, null, 5, null, 10, 10), 60, 10), "M0 0L10 0M30 5h5M50 0L60 0");
  assert.equal(linePath(points(null, null), 100, 50), "");
  assert.equal(linePath(points(3), 100, 50), "M0 0h1");
});
