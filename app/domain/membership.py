"""Entries that change a group: what they mean, and who may write them.

They stand in the log like messages, so everybody sees in one order who came, left and was told what. ``body``:

- ``added``: the new members' ids, separated by spaces;
- ``removed``: the removed member's id; ``left``: nothing, it is the sender;
- ``role``: a member's id and their new role; a new owner makes the old one an admin;
- ``titled``: the new title.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app.domain.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from app.domain.permissions import RANK, Role, may

MEMBERSHIP_KINDS = frozenset({"added", "removed", "left", "role", "titled"})

NOT_HERE = "They are not in the group."


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry does to a group: who is new, who goes, who has which role now, what it is called."""

    joined: tuple[str, ...] = ()
    gone: str | None = None
    roles: tuple[tuple[str, Role], ...] = ()
    title: str | None = None


def change_of(kind: str, sender: str, body: str) -> Change:
    """The change that an entry of a membership kind makes; ``Change()`` for every other kind."""
    if kind == "added":
        return Change(joined=tuple(body.split()))
    if kind == "removed":
        return Change(gone=body)
    if kind == "left":
        return Change(gone=sender)
    if kind == "role":
        user, role = _appointment(body)
        return Change(roles=((user, role), (sender, "admin")) if role == "owner" else ((user, role),))
    return Change(title=body) if kind == "titled" else Change()


def refusal(kind: str, sender: str, body: str, roles: Mapping[str, Role]) -> ChatError | None:
    """Why ``sender`` may not write this into a group whose members have these ``roles``; None: they may."""
    mine = roles.get(sender)
    if mine is None:
        return NotFound()
    if kind == "added":
        if all(user in roles for user in body.split()):
            return Conflict("They are in the group already.")
        return None if may(mine, "add") else Forbidden("Only the group's admins add people.")
    if kind == "removed":
        return _about(body, roles) or (None if may(mine, "remove", roles[body]) else Forbidden())
    if kind == "left":
        alone = len(roles) == 1
        return None if mine != "owner" or alone else Forbidden("Hand the group over to somebody before you leave it.")
    if kind == "role":
        return _appointment_refused(sender, body, roles)
    if kind == "titled":
        return None if may(mine, "rename") else Forbidden("Only the group's admins change its title.")
    return None


def roles_after(roles: Mapping[str, Role], change: Change) -> dict[str, Role]:
    """The members' roles once the change is made; who is in the group already is not new."""
    after = dict(roles)
    for user in change.joined:
        after.setdefault(user, "member")
    if change.gone is not None:
        after.pop(change.gone, None)
    return after | dict(change.roles)


def _about(user: str, roles: Mapping[str, Role]) -> ChatError | None:
    return None if user in roles else Conflict(NOT_HERE)


def _appointment(body: str) -> tuple[str, Role]:
    user, _, role = body.partition(" ")
    return user, cast(Role, role)


def _appointment_refused(sender: str, body: str, roles: Mapping[str, Role]) -> ChatError | None:
    user, role = _appointment(body)
    if role not in RANK:
        return Invalid("There is no such role.")
    if user not in roles:
        return Conflict(NOT_HERE)
    if user == sender or roles[user] == role:
        return Conflict("They have that role already.")
    allowed = may(roles[sender], "hand_over") if role == "owner" else may(roles[sender], "appoint", roles[user])
    return None if allowed else Forbidden()
