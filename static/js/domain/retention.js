/**
 * What is no longer kept: the browser's half of app/domain/retention.py. Pure.
 *
 * An `expired` entry, or a conversation's view, says up to which number texts are not kept any more. Whatever comes of them, before or
 * after that, says nothing here.
 */
/** @import { ConversationView, Entry, EntryKind } from "../types.d.ts" */

/** Who a message is deleted by that is no longer kept. */
export const EXPIRED = "expired";

/** @type {ReadonlySet<EntryKind>} */
const CHANGES = new Set(/** @type {const} */ (["edited", "deleted", "reacted", "unreacted"]));

/** Does it say that texts are no longer kept? @param {Pick<Entry, "kind">} entry */
export const isExpiry = ({ kind }) => kind === EXPIRED;

/**
 * Is what this entry says no longer kept, where texts up to the number `expired` are not?
 * @param {Pick<Entry, "kind" | "seq" | "target">} entry
 * @param {number} expired
 */
export function isOver({ kind, seq, target }, expired) {
  if (kind === "text") return seq <= expired;
  return CHANGES.has(kind) && Math.min(seq, target ?? seq) <= expired;
}

/** The entry without what it said; the very same where it says nothing already. @param {Entry} entry @returns {Entry} */
export function emptied(entry) {
  if (entry.expired) return entry;
  const { seq, ordinal, kind, sender, client_id, created_at, target, root, replies, replies_rev, answered } = entry;
  return {
    ...{ seq, ordinal, kind, sender, client_id, body: "", created_at, expired: true },
    ...(target ? { target } : {}),
    ...(root ? { root } : {}),
    ...(replies_rev ? { replies, replies_rev } : {}),
    ...(answered ? { answered } : {}),
  };
}

/** The entry as it may be shown where texts up to `expired` are not kept; the very same where it is. @template {Entry} T @param {T} entry @param {number} expired @returns {T | Entry} */
export const kept = (entry, expired) => (isOver(entry, expired) ? emptied(entry) : entry);

/**
 * For how many days messages are kept in a conversation, 0 for ever: the shorter of what holds everywhere and in the group.
 * @param {Pick<ConversationView, "kept_days" | "settings">} view
 */
export function keptDays({ kept_days = 0, settings }) {
  const own = settings?.keep_days ?? 0;
  return kept_days && own ? Math.min(kept_days, own) : kept_days || own;
}

/** Up to which number and time these entries say that texts are no longer kept; 0: they do not. @param {readonly Entry[]} entries */
export function expiryIn(entries) {
  let upTo = { expired: 0, expired_at: 0 };
  for (const entry of entries) {
    if (isExpiry(entry) && (entry.target ?? 0) > upTo.expired)
      upTo = { expired: entry.target ?? 0, expired_at: Number(entry.body) };
  }
  return upTo;
}
