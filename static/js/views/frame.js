/** When views paint. */
/** @import { ChatApi, Topic } from "../types.d.ts" */

const HIDDEN_PAUSE_MS = 120;

/**
 * A function that runs `paint` once, soon, however often it is called: before the next frame, and also in a tab that
 * is not shown (which gets no frames, and whose title must still say "7").
 * @param {() => void} paint
 */
export function onceAFrame(paint) {
  let due = false;
  const run = () => {
    if (!due) return;
    due = false;
    paint();
  };
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(run);
    setTimeout(run, HIDDEN_PAUSE_MS);
  };
}

/**
 * Runs `paint` soon after any of these topics; the answer ends it.
 * @param {ChatApi} chat
 * @param {readonly Topic[]} topics
 * @param {() => void} paint
 * @returns {() => void}
 */
export function paintOn(chat, topics, paint) {
  const soon = onceAFrame(paint);
  const ends = topics.map((topic) => chat.on(topic, soon));
  return () => {
    for (const end of ends) end();
  };
}
