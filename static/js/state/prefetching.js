/** Which conversations are worth fetching while nothing else is to do. Pure. */
/** @import { ConversationSummary } from "../types.d.ts" */

const PREFETCHED = 20;
const NEWS_FETCHED = 200;

/** What arrived in nobody's browser yet, and what is likely to be opened, perhaps without a network. @param {ConversationSummary[]} summaries in the list's order */
export function worthFetching(summaries) {
  const news = summaries.filter(({ view, blocked }) => !blocked && view.head > view.me.delivered);
  return new Set([...news.slice(0, NEWS_FETCHED), ...summaries.slice(0, PREFETCHED)].map(({ id }) => id));
}
