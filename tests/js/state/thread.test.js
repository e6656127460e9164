import assert from "node:assert/strict";
import { test } from "node:test";
import { Thread } from "../../../static/js/state/thread.js";
import { entries, entry, numbers } from "./entries.js";

/** A thread whose browser saw the run `seen` last. @param {ReturnType<typeof entries>} seen @param {number} head */
function threadThatSaw(seen, head) {
  const ranges = /** @type {import("../../../static/js/state/ranges.js").Ranges} */ (
    /** @type {unknown} */ ({ tail: async () => seen, forget: async () => undefined })
  );
  return new Thread("c", ranges, head, 1);
}

for (const [what, painted, seen, shown] of /** @type {const} */ ([
  ["nothing was painted", [1, 0], [5, 9], [5, 9]],
  ["what was seen reaches further back", [7, 9], [3, 9], [3, 9]],
  ["the page went before it could keep its end", [5, 7], [6, 9], [5, 9]],
  ["the page went before it could keep its end, right after it", [5, 7], [8, 9], [5, 9]],
  ["the page went long before its end", [3, 4], [8, 9], [8, 9]],
  ["what was seen lies within", [3, 9], [5, 7], [3, 9]],
  ["the first paint alone has the end", [8, 9], [1, 3], [8, 9]],
])) {
  test(`a thread begins with what the browser saw: ${what}`, async () => {
    const thread = threadThatSaw(entries(seen[0], seen[1]), 9);
    thread.seedWith(entries(painted[0], painted[1]));
    await thread.seed();
    assert.deepEqual(numbers(thread.tail.entries()), numbers(entries(shown[0], shown[1])));
    assert.equal(thread.behind, 9 - shown[1]);
  });
}

test("what came before anything was seen waits for what is in the hole", async () => {
  const thread = threadThatSaw(entries(1, 3), 8);
  thread.tail.apply([entry(9)]);
  await thread.seed();
  assert.deepEqual(numbers(thread.tail.entries()), [1, 2, 3]);
  assert.deepEqual(thread.tail.gap(), { after: 3, before: 9 });
});

test("what contradicts itself in the browser is forgotten, and asked for", async () => {
  const complaint = console.error;
  console.error = () => undefined;
  const thread = threadThatSaw([entry(2), entry(3, { client_id: "another" })], 9);
  thread.seedWith(entries(1, 3));
  await thread.seed();
  console.error = complaint;
  assert.deepEqual([thread.tail.size, thread.behind], [0, 9]);
});
