/** What the server makes of a text and the entries about it, written another way than static/js/domain/revisions.js. */
/** @import { Entry } from "../../../static/js/types.d.ts" */

/**
 * The text as the server sends it when its log ends with `log`.
 * @param {Entry} text as it was written
 * @param {readonly Entry[]} log
 * @returns {Entry}
 */
export function folded(text, log) {
  const thread = log.filter(({ root }) => root === text.seq);
  const answers = thread.filter(({ kind }) => kind === "text").length;
  const replies = answers - thread.filter(({ kind }) => kind === "deleted").length;
  return { ...revised(text, log), ...(thread.length > 0 ? { replies, replies_rev: thread.at(-1)?.seq } : {}) };
}

/** @param {Entry} text @param {readonly Entry[]} log @returns {Entry} */
function revised(text, log) {
  const about = log.filter(({ target, kind }) => target === text.seq && kind !== "text");
  const end = about.findIndex(({ kind }) => kind === "deleted");
  if (end >= 0) {
    const { seq: rev, sender: deleted_by, created_at: deleted_at } = about[end];
    return { ...text, body: "", rev, deleted_at, deleted_by };
  }
  const rev = about.at(-1)?.seq;
  if (rev === undefined) return text;
  const edit = about.findLast(({ kind }) => kind === "edited");
  /** @type {Map<string, { user: string, emoji: string }>} */
  const reactions = new Map();
  for (const { kind, sender, body } of about) {
    if (kind === "reacted" && !reactions.has(sender + body))
      reactions.set(sender + body, { user: sender, emoji: body });
    if (kind === "unreacted") reactions.delete(sender + body);
  }
  return {
    ...text,
    rev,
    ...(edit ? { body: edit.body, edited_at: edit.created_at } : {}),
    ...(reactions.size > 0 ? { reactions: [...reactions.values()] } : {}),
  };
}

/** Up to which number texts are no longer kept. @param {readonly Entry[]} log */
export const expiredIn = (log) =>
  Math.max(0, ...log.flatMap(({ kind, target }) => (kind === "expired" ? [target ?? 0] : [])));

/** @param {Entry} entry @param {number} expired */
function isGone({ kind, seq, target }, expired) {
  if (kind === "text") return seq <= expired;
  const changes = kind === "edited" || kind === "deleted" || kind === "reacted" || kind === "unreacted";
  return changes && (seq <= expired || Number(target) <= expired);
}

/**
 * The whole log as a page of the server's shows it.
 * @param {readonly Entry[]} log
 * @returns {Entry[]}
 */
export function page(log) {
  const expired = expiredIn(log);
  const deleted = new Set(log.filter(({ kind }) => kind === "deleted").map(({ target }) => target));
  return log.map((entry) => {
    if (isGone(entry, expired)) {
      const { replies, replies_rev } = folded(entry, log);
      const { edited_at: _, reactions: __, rev: ___, ...rest } = entry;
      return { ...rest, body: "", expired: true, ...(replies_rev ? { replies, replies_rev } : {}) };
    }
    if (entry.kind === "edited" && deleted.has(entry.target)) return { ...entry, body: "" };
    return entry.kind === "text" ? folded(entry, log) : entry;
  });
}
