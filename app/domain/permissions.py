"""Who may do what in a group: one table, asked before a command is accepted and, exactly, when it is committed."""

from typing import Literal

from app.domain.group_settings import DEFAULT, GroupSettings

Role = Literal["owner", "admin", "member"]
Action = Literal[
    "rename", "present", "set", "add", "remove", "appoint", "hand_over", "leave", "close", "post", "delete", "pin"
]

RANK: dict[Role, int] = {"member": 0, "admin": 1, "owner": 2}
ALLOWED: dict[Action, frozenset[Role]] = {
    "rename": frozenset({"owner", "admin"}),
    "present": frozenset({"owner", "admin"}),
    "set": frozenset({"owner", "admin"}),
    "add": frozenset({"owner", "admin"}),
    "remove": frozenset({"owner", "admin"}),
    "appoint": frozenset({"owner", "admin"}),
    "hand_over": frozenset({"owner"}),
    "leave": frozenset({"owner", "admin", "member"}),
    "close": frozenset({"owner"}),
    "post": frozenset({"owner", "admin"}),
    "delete": frozenset({"owner", "admin"}),
    "pin": frozenset({"owner", "admin"}),
}
"""``present``: change the description and the photo. ``set``: change the settings. ``add``: bring people in, by name or by
a link. ``appoint``: make a member an admin, or an admin a member. An owner hands the group over before leaving it.
``close``: delete it for all. ``delete``: another's message, for everybody; one's own always.
``pin``: a message, for everybody; in a direct chat both do."""
OPENED: dict[Action, Literal["posts", "adds"]] = {"post": "posts", "add": "adds"}
"""What a setting of the group can open to everyone."""


def may(role: Role, action: Action, other: Role | None = None, settings: GroupSettings = DEFAULT) -> bool:
    """May somebody with ``role`` do this, to somebody with the role ``other`` where it concerns one person?

    Only the owner acts on admins; nobody acts on the owner.
    """
    opened = action in OPENED and getattr(settings, OPENED[action]) == "everyone"
    if not opened and role not in ALLOWED[action]:
        return False
    return other is None or action in ("leave", "hand_over") or RANK[role] > RANK[other]
