/** How long to wait before asking again. Pure. */

const FIRST_MS = 500;
const MOST_MS = 30_000;

/**
 * Exponential, with jitter so that many browsers do not ask in step; never earlier than the server asked for.
 * @param {number} attempt 1 after the first failure
 * @param {number} random 0 … 1
 * @param {number} [retryAfter] seconds
 * @returns {number} ms
 */
export function backoff(attempt, random, retryAfter = 0) {
  const own = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 16)) * (0.5 + random / 2);
  return Math.max(own, retryAfter * 1_000 * (1 + random / 5));
}
