/** What the list shows of a conversation. Pure. */
/** @import { ContactView, ConversationSummary, ConversationView, OutboxItem, Standing, UserView } from "../types.d.ts" */
import { t } from "../domain/locale.js";

/**
 * @typedef {object} Surroundings
 * @property {UserView} me
 * @property {boolean} presenceKnown offline one cannot tell who else is here
 * @property {(user: string) => ContactView | null} contact
 * @property {OutboxItem | null} lastPending
 * @property {number} unread
 * @property {string[]} typing
 * @property {string} draft
 * @property {Standing} standing
 * @property {number} addedAt ms
 * @property {number} now ms
 */

/**
 * @param {ConversationView} view
 * @param {Surroundings} around
 * @returns {ConversationSummary}
 */
export function summaryOf(view, around) {
  const peer = peerOf(view, around.me);
  const { lastPending } = around;
  return {
    id: view.id,
    view,
    name: nameOf(view, peer, around),
    avatar: view.kind === "direct" ? (peer?.avatar ?? null) : view.avatar,
    peer,
    presence: around.presenceKnown ? presenceOf(view, peer, around.me) : null,
    last: view.last,
    lastPending,
    unread: around.unread,
    mentioned: around.unread > 0 && (view.me.mentioned ?? 0) > view.me.read,
    marked: view.me.unread === true && !view.blocked,
    typing: around.typing,
    draft: around.draft,
    level: view.me.notify ?? "all",
    muted: (view.me.muted_until ?? 0) > around.now || view.me.notify === "none",
    pinned: view.me.pinned,
    archived: view.me.archived,
    blocked: view.blocked,
    request: view.request === true,
    activity: Math.max(view.last?.created_at ?? 0, lastPending?.created_at ?? 0) || around.addedAt,
    standing: around.standing,
  };
}

/**
 * The order of the list: pinned first, then the latest.
 * @param {ConversationSummary} a
 * @param {ConversationSummary} b
 */
export function byActivity(a, b) {
  return Number(b.pinned) - Number(a.pinned) || b.activity - a.activity || (a.id < b.id ? -1 : 1);
}

/** @param {ConversationView} view @param {UserView} me @returns {UserView | null} */
function peerOf(view, me) {
  if (view.kind !== "direct") return null;
  return view.members.find(({ user }) => user.id !== me.id)?.user ?? me;
}

/** @param {ConversationView} view @param {UserView | null} peer @param {Surroundings} around */
function nameOf(view, peer, around) {
  if (!peer) return view.title ?? t("Group");
  if (peer.id === around.me.id) return t("Note to self");
  return around.contact(peer.id)?.alias || peer.name;
}

/** @param {ConversationView} view @param {UserView | null} peer @param {UserView} me */
function presenceOf(view, peer, me) {
  if (!peer || peer.id === me.id) return null;
  return view.members.find(({ user }) => user.id === peer.id)?.presence ?? null;
}
