"""Who may do what in a group: one table, asked before a command is accepted and, exactly, when it is committed."""

from typing import Literal

Role = Literal["owner", "admin", "member"]
Action = Literal["rename", "add", "remove", "appoint", "hand_over", "leave", "delete"]

RANK: dict[Role, int] = {"member": 0, "admin": 1, "owner": 2}
ALLOWED: dict[Action, frozenset[Role]] = {
    "rename": frozenset({"owner", "admin"}),
    "add": frozenset({"owner", "admin"}),
    "remove": frozenset({"owner", "admin"}),
    "appoint": frozenset({"owner", "admin"}),
    "hand_over": frozenset({"owner"}),
    "leave": frozenset({"owner", "admin", "member"}),
    "delete": frozenset({"owner", "admin"}),
}
"""``appoint``: make a member an admin, or an admin a member. An owner hands the group over before leaving it.
``delete``: another's message, for everybody; one's own always."""


def may(role: Role, action: Action, other: Role | None = None) -> bool:
    """May somebody with ``role`` do this, to somebody with the role ``other`` where it concerns one person?

    Only the owner acts on admins; nobody acts on the owner.
    """
    if role not in ALLOWED[action]:
        return False
    return other is None or action in ("leave", "hand_over") or RANK[role] > RANK[other]
