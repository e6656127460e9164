/** Entries that change a group, and what they make of its view: the browser's half of app/domain/membership.py. Pure. */
/** @import { ConversationView, Entry, EntryKind, MemberView, UserView } from "../types.d.ts" */
/** @import { Role } from "./permissions.js" */

/** @type {ReadonlySet<EntryKind>} */
export const MEMBERSHIP_KINDS = new Set(/** @type {const} */ (["added", "removed", "left", "role", "titled"]));

/**
 * What an entry does to a group: who is new, who goes, who has which role now, what it is called.
 * @typedef {{ joined: string[], gone: string | null, roles: [string, Role][], title: string | null }} Change
 */

/** @type {Change} */
const NOTHING = { joined: [], gone: null, roles: [], title: null };

/** @param {string} body of a `role` entry @returns {[string, Role]} */
export function appointmentIn(body) {
  const [user, role] = body.split(" ");
  return [user, /** @type {Role} */ (role)];
}

/** @param {Pick<Entry, "kind" | "sender" | "body">} entry @returns {Change} */
export function changeOf({ kind, sender, body }) {
  if (kind === "added") return { ...NOTHING, joined: body.split(" ").filter(Boolean) };
  if (kind === "removed") return { ...NOTHING, gone: body };
  if (kind === "left") return { ...NOTHING, gone: sender };
  if (kind === "titled") return { ...NOTHING, title: body };
  if (kind !== "role") return NOTHING;
  const [user, role] = appointmentIn(body);
  return {
    ...NOTHING,
    roles:
      role === "owner"
        ? [
            [user, role],
            [sender, "admin"],
          ]
        : [[user, role]],
  };
}

/** Is the group one that this person was removed from or left: to read and no more? @param {Pick<ConversationView, "me">} view */
export function isOut(view) {
  return (view.me.until_seq ?? null) !== null;
}

/** Does this entry take `me` into a group they are not in (any more)? @param {Entry} entry @param {string} me @param {ConversationView} view */
export function takesBack(entry, me, view) {
  return isOut(view) && entry.seq > (view.me.until_seq ?? 0) && changeOf(entry).joined.includes(me);
}

/**
 * The view with what `entry` says. Whoever is new and not known by name is left out: that takes the server's view.
 * @param {ConversationView} view
 * @param {Entry} entry the one after what the view shows
 * @param {string} me
 * @param {(user: string) => UserView | null} known
 * @returns {ConversationView}
 */
export function changed(view, entry, me, known) {
  const change = changeOf(entry);
  let next = takesBack(entry, me, view) ? returned(view, entry) : view;
  for (const user of change.joined) next = withMember(next, entry, known(user));
  if (change.gone === me) next = { ...next, me: { ...next.me, until_seq: entry.seq } };
  else if (change.gone !== null) next = withoutMember(next, change.gone);
  for (const [user, role] of change.roles) next = withRole(next, user, role, me);
  return change.title === null ? next : { ...next, title: change.title };
}

/** Back in the group: what is to be seen begins here. @param {ConversationView} view @param {Entry} entry @returns {ConversationView} */
function returned(view, entry) {
  const seen = { delivered: entry.seq - 1, read: entry.seq - 1, read_ordinal: entry.ordinal };
  const me = { ...view.me, ...seen, role: /** @type {const} */ ("member"), from_seq: entry.seq, until_seq: null };
  return { ...view, me: { ...me, archived: false } };
}

/** @param {ConversationView} view @param {Entry} entry @param {UserView | null} user @returns {ConversationView} */
function withMember(view, entry, user) {
  if (!user || view.members.some((member) => member.user.id === user.id)) return view;
  /** @type {MemberView} */
  const member = {
    user,
    role: "member",
    delivered: entry.seq - 1,
    read: entry.seq - 1,
    presence: { state: "offline", last_seen: null },
  };
  return { ...view, members: [...view.members, member], former: view.former.filter(({ id }) => id !== user.id) };
}

/** @param {ConversationView} view @param {string} user @returns {ConversationView} */
function withoutMember(view, user) {
  const gone = view.members.find((member) => member.user.id === user);
  if (!gone) return view;
  return { ...view, members: view.members.filter((member) => member !== gone), former: [...view.former, gone.user] };
}

/** @param {ConversationView} view @param {string} user @param {Role} role @param {string} me @returns {ConversationView} */
function withRole(view, user, role, me) {
  const members = view.members.map((member) => (member.user.id === user ? { ...member, role } : member));
  return { ...view, members, me: user === me ? { ...view.me, role } : view.me };
}
