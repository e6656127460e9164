/** Entries that change a group, and what they make of its view: the browser's half of app/domain/membership.py. Pure. */
/** @import { ConversationView, Entry, EntryKind, GroupSettings, MemberView, UserView } from "../types.d.ts" */
/** @import { Role } from "./permissions.js" */
import { DEFAULT_SETTINGS, may } from "./permissions.js";

/** @type {ReadonlySet<EntryKind>} */
export const MEMBERSHIP_KINDS = new Set(
  /** @type {const} */ ([
    "added",
    "joined",
    "removed",
    "left",
    "role",
    "titled",
    "described",
    "pictured",
    "settings",
    "closed",
  ]),
);

/** Who deleted a group, where it was whoever runs this Chatter. */
export const ADMINISTRATOR = "administrator";

/**
 * What an entry does to a group: who is new, who goes, who has which role now, what else its view says, who deleted it.
 * @typedef {{ title?: string, description?: string, avatar?: string | null, settings?: Partial<GroupSettings> }} Look
 * @typedef {{ joined: string[], gone: string | null, roles: [string, Role][], look: Look, closed: boolean }} Change
 */

/** @type {Change} */
const NOTHING = { joined: [], gone: null, roles: [], look: {}, closed: false };

/** @param {string} body of a `role` entry @returns {[string, Role]} */
export function appointmentIn(body) {
  const [user, role] = body.split(" ");
  return [user, /** @type {Role} */ (role)];
}

/** @param {Pick<Entry, "kind" | "sender" | "body">} entry @returns {Change} */
export function changeOf({ kind, sender, body }) {
  if (kind === "added") return { ...NOTHING, joined: body.split(" ").filter(Boolean) };
  if (kind === "joined") return { ...NOTHING, joined: [sender] };
  if (kind === "removed") return { ...NOTHING, gone: body };
  if (kind === "left") return { ...NOTHING, gone: sender };
  if (kind === "closed") return { ...NOTHING, closed: true };
  if (kind === "titled") return { ...NOTHING, look: { title: body } };
  if (kind === "described") return { ...NOTHING, look: { description: body } };
  if (kind === "pictured") return { ...NOTHING, look: { avatar: body === "" ? null : `/photos/${body}` } };
  if (kind === "settings") return { ...NOTHING, look: { settings: settingsIn(body) } };
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

/** What a `settings` entry changes; nothing where a newer server says what is not known here. @param {string} body @returns {Partial<GroupSettings>} */
export function settingsIn(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** @param {Pick<ConversationView, "settings">} view as an older browser's memory has it, perhaps without */
export const settingsOf = (view) => view.settings ?? DEFAULT_SETTINGS;

/** Is the group one that this person was removed from or left: to read and no more? @param {Pick<ConversationView, "me">} view */
export function isOut(view) {
  return (view.me.until_seq ?? null) !== null;
}

/** May this person write messages in it? @param {ConversationView} view */
export function mayWrite(view) {
  return !isOut(view) && !view.frozen && (view.kind !== "group" || may(view.me.role, "post", null, settingsOf(view)));
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
  if (change.closed && !isOut(next))
    next = { ...next, closed_by: entry.body || entry.sender, me: { ...next.me, until_seq: entry.seq } };
  return looking(next, change.look);
}

/** @param {ConversationView} view @param {Look} look @returns {ConversationView} */
function looking(view, { settings, ...look }) {
  if (settings) return { ...view, settings: { ...settingsOf(view), ...settings } };
  return Object.keys(look).length > 0 ? { ...view, ...look } : view;
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
