/** @import { GroupSettings } from "../types.d.ts" */
/** Who may do what in a group: the table of app/domain/permissions.py, so that nothing is offered that is refused. Pure. */

/**
 * @typedef {"owner" | "admin" | "member"} Role
 * @typedef {"rename" | "present" | "set" | "add" | "remove" | "appoint" | "hand_over" | "leave" | "close" | "post" | "delete" | "pin"} Action
 */

/** @type {Record<Role, number>} */
export const RANK = { member: 0, admin: 1, owner: 2 };

/**
 * `present`: change the description and the photo. `set`: change the settings. `add`: bring people in, by name or by a
 * link. `appoint`: make a member an admin, or an admin a member. An owner hands the group over before leaving it.
 * `close`: delete it for all. `delete`: another's message, for everybody; one's own always. `pin`: a
 * message, for everybody; in a direct chat both do.
 * @type {Record<Action, readonly Role[]>}
 */
export const ALLOWED = {
  rename: ["owner", "admin"],
  present: ["owner", "admin"],
  set: ["owner", "admin"],
  add: ["owner", "admin"],
  remove: ["owner", "admin"],
  appoint: ["owner", "admin"],
  hand_over: ["owner"],
  leave: ["owner", "admin", "member"],
  close: ["owner"],
  post: ["owner", "admin"],
  delete: ["owner", "admin"],
  pin: ["owner", "admin"],
};

/** What a setting of the group can open to everyone. @type {Partial<Record<Action, "posts" | "adds">>} */
export const OPENED = { post: "posts", add: "adds" };

/** As every group begins. @type {Readonly<GroupSettings>} */
export const DEFAULT_SETTINGS = Object.freeze({ posts: "everyone", adds: "admins", slow_seconds: 0 });

/**
 * May somebody with `role` do this, to somebody with the role `other` where it concerns one person? Only the owner acts
 * on admins; nobody acts on the owner.
 * @param {Role} role
 * @param {Action} action
 * @param {Role | null} [other]
 * @param {Readonly<GroupSettings>} [settings]
 */
export function may(role, action, other = null, settings = DEFAULT_SETTINGS) {
  const setting = OPENED[action];
  const opened = setting !== undefined && settings[setting] === "everyone";
  if (!opened && !ALLOWED[action].includes(role)) return false;
  return other === null || action === "leave" || action === "hand_over" || RANK[role] > RANK[other];
}
