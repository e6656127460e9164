/** Entries for tests. */
/** @import { ConversationView, Entry, MemberView, UserView } from "../../../static/js/types.d.ts" */

/** @param {number} seq @param {Partial<Entry>} [more] @returns {Entry} */
export function entry(seq, more = {}) {
  const body = `message ${seq}`;
  return { seq, ordinal: seq, kind: "text", sender: "maya", client_id: `id-${seq}`, body, created_at: seq, ...more };
}

/** @param {number} low @param {number} high */
export function entries(low, high) {
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => entry(low + index));
}

/** @param {readonly Entry[]} list */
export const numbers = (list) => list.map(({ seq }) => seq);

/** @param {string} id @returns {UserView} */
export const user = (id) => ({ id, name: id[0].toUpperCase() + id.slice(1), handle: null, avatar: null, about: "" });

/** A direct conversation of me with maya. @param {string} id @param {Partial<ConversationView>} [more] @returns {ConversationView} */
export function conversation(id, more = {}) {
  return {
    id,
    kind: "direct",
    title: null,
    avatar: null,
    description: "",
    settings: { posts: "everyone", adds: "admins", slow_seconds: 0 },
    closed_by: null,
    created_by: "me",
    head: 0,
    head_ordinal: 0,
    last: null,
    members: ["me", "maya"].map((member) => ({
      user: user(member),
      role: "member",
      delivered: 0,
      read: 0,
      presence: { state: "offline", last_seen: null },
    })),
    former: [],
    me: {
      role: "member",
      from_seq: 1,
      until_seq: null,
      delivered: 0,
      read: 0,
      read_ordinal: 0,
      notify: "all",
      muted_until: null,
      pinned: false,
      archived: false,
    },
    blocked: false,
    ...more,
  };
}

/**
 * A group: who has which role in it, me among them.
 * @param {string} id
 * @param {Record<string, MemberView["role"]>} roles
 * @param {Partial<ConversationView>} [more]
 * @returns {ConversationView}
 */
export function group(id, roles, more = {}) {
  const view = conversation(id, { kind: "group", title: "Trains", ...more });
  const [member] = view.members;
  view.members = Object.entries(roles).map(([who, role]) => ({ ...member, user: user(who), role }));
  view.me = { ...view.me, role: roles.me };
  return view;
}

/**
 * Waits for a condition, with a limit.
 * @param {() => unknown} condition
 * @param {string} what
 * @param {number} [limitMs]
 */
export async function until(condition, what, limitMs = 4_000) {
  const end = Date.now() + limitMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
