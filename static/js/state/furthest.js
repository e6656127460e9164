/** Of two views of one conversation what is further on: what only goes forward on the server only goes forward here. Pure. */
/** @import { ConversationView, MemberView } from "../types.d.ts" */
import { kept } from "../domain/retention.js";
import { together } from "../domain/revisions.js";

/**
 * @param {{ delivered: number, read: number }} cursors
 * @param {{ delivered: number, read: number }} to
 */
export function raise(cursors, to) {
  const moved = to.delivered > cursors.delivered || to.read > cursors.read;
  cursors.delivered = Math.max(cursors.delivered, to.delivered);
  cursors.read = Math.max(cursors.read, to.read);
  return moved;
}

/**
 * An answer that was overtaken by a newer one: who is in the group, and as what, is known better.
 * @param {ConversationView} known
 * @param {ConversationView} older
 * @returns {ConversationView}
 */
export function asKnown(known, older) {
  const { role, from_seq, until_seq } = known.me;
  const { members, former, title, avatar, description, settings, kept_days, closed_by } = known;
  const presented = { title, avatar, description, settings, kept_days, closed_by };
  return { ...older, ...presented, members, former, me: { ...older.me, role, from_seq, until_seq } };
}

/**
 * The newer view, but nothing in it goes back behind what is known already.
 * @param {ConversationView} known
 * @param {ConversationView} next
 * @returns {ConversationView}
 */
export function furthest(known, next) {
  const former = new Map(known.members.map((member) => [member.user.id, member]));
  const members = next.members.map((member) => furthestMember(former.get(member.user.id), member));
  const me = { ...next.me };
  raise(me, known.me);
  me.read_ordinal = Math.max(me.read_ordinal, known.me.read_ordinal);
  me.mentioned = Math.max(me.mentioned ?? 0, known.me.mentioned ?? 0);
  // What one deleted for oneself stays so, whichever answer comes later.
  me.hidden = [...new Set([...(known.me.hidden ?? []), ...(next.me.hidden ?? [])])];
  const { saved, saved_rev = 0 } = known.me;
  if (saved_rev > (next.me.saved_rev ?? 0)) Object.assign(me, { saved, saved_rev });
  const pinned = (known.pins_rev ?? 0) > (next.pins_rev ?? 0) ? { pins: known.pins, pins_rev: known.pins_rev } : {};
  const over = (known.expired ?? 0) > (next.expired ?? 0) ? known : next;
  const expiry = { expired: over.expired, expired_at: over.expired_at };
  const same = known.last && next.last && known.last.client_id === next.last.client_id;
  const both = same && known.last && next.last ? together(next.last, known.last) : null;
  const newest = both ?? (known.head <= next.head ? next.last : known.last);
  const last = newest && kept(newest, expiry.expired ?? 0);
  if (known.head <= next.head) return { ...next, ...pinned, ...expiry, last, members, me };
  const { head, head_ordinal } = known;
  return { ...next, ...pinned, ...expiry, head, head_ordinal, last, members, me };
}

/** @param {MemberView | undefined} known @param {MemberView} next */
function furthestMember(known, next) {
  const member = { ...next };
  if (known) raise(member, known);
  return member;
}
