/** Who may do what in a group: the table of app/domain/permissions.py, so that nothing is offered that is refused. Pure. */

/**
 * @typedef {"owner" | "admin" | "member"} Role
 * @typedef {"rename" | "add" | "remove" | "appoint" | "hand_over" | "leave" | "delete"} Action
 */

/** @type {Record<Role, number>} */
export const RANK = { member: 0, admin: 1, owner: 2 };

/**
 * `appoint`: make a member an admin, or an admin a member. An owner hands the group over before leaving it.
 * `delete`: another's message, for everybody; one's own always.
 * @type {Record<Action, readonly Role[]>}
 */
export const ALLOWED = {
  rename: ["owner", "admin"],
  add: ["owner", "admin"],
  remove: ["owner", "admin"],
  appoint: ["owner", "admin"],
  hand_over: ["owner"],
  leave: ["owner", "admin", "member"],
  delete: ["owner", "admin"],
};

/**
 * May somebody with `role` do this, to somebody with the role `other` where it concerns one person? Only the owner acts
 * on admins; nobody acts on the owner.
 * @param {Role} role
 * @param {Action} action
 * @param {Role | null} [other]
 */
export function may(role, action, other = null) {
  if (!ALLOWED[action].includes(role)) return false;
  return other === null || action === "leave" || action === "hand_over" || RANK[role] > RANK[other];
}
