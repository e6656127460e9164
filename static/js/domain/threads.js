/**
 * Threads: what answers a message, and what answers that, are one thread, whose root is the first. The browser's half of
 * app/domain/threads.py. Pure.
 *
 * A root carries how many replies it has as of the entry `replies_rev`; what was heard of later is kept beside that
 * (`answered`), until a newer answer of the server's covers it.
 */
/** @import { Answered, Entry } from "../types.d.ts" */

/** By how much an entry that names a root changes its number of replies. @param {Pick<Entry, "seq" | "kind">} entry @returns {Answered} */
const answeredBy = ({ seq, kind }) => ({ seq, step: kind === "deleted" ? -1 : 1 });

/** Is it a reply? @param {Entry} entry @param {number} root */
export const answers = (entry, root) => entry.kind === "text" && entry.root === root;

/** The number of the message that the thread of a reply to this one begins with. @param {Entry} entry */
export const rootOf = ({ seq, root }) => root ?? seq;

/** How many replies are there? @param {Entry} entry */
export const repliesTo = ({ replies, answered }) =>
  (answered ?? []).reduce((count, { step }) => count + step, replies ?? 0);

/**
 * The root with one more change of its thread, or the very same where that is known or covered already.
 * @param {Entry} root
 * @param {Answered} change
 * @returns {Entry}
 */
function counted(root, change) {
  const answered = root.answered ?? [];
  if (change.seq <= (root.replies_rev ?? 0) || answered.some(({ seq }) => seq === change.seq)) return root;
  return { ...root, answered: [...answered, change] };
}

/**
 * The root with an entry that names it counted, in whatever order and however often they come.
 * @param {Entry} root
 * @param {Entry} entry
 * @returns {Entry}
 */
export const answered = (root, entry) => counted(root, answeredBy(entry));

/**
 * `entry` with what another copy of it knows of its thread; the very same where that has nothing new.
 * @param {Entry} entry
 * @param {Entry} other
 * @returns {Entry}
 */
export function withThread(entry, other) {
  const newer = (other.replies_rev ?? 0) > (entry.replies_rev ?? 0);
  const [base, rest] = newer ? [threaded(entry, other), entry] : [entry, other];
  const whole = base.root || !other.root ? base : { ...base, root: other.root };
  return (rest.answered ?? []).reduce(counted, whole);
}

/** @param {Entry} entry @param {Entry} other @returns {Entry} */
function threaded({ answered: _, ...entry }, { replies, replies_rev, answered: more }) {
  return { ...entry, replies, replies_rev, ...(more ? { answered: more } : {}) };
}
