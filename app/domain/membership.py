"""Entries that change a group: what they mean, and who may write them.

They stand in the log like messages, so everybody sees in one order who came, left and was told what. ``body``:

- ``added``: the new members' ids, separated by spaces;
- ``removed``: the removed member's id; ``left``: nothing, it is the sender;
- ``role``: a member's id and their new role; a new owner makes the old one an admin;
- ``titled``: the new title; ``described``: the new description, or nothing;
- ``pictured``: the id of the new photo, or nothing;
- ``settings``: what changed of them (``app/domain/group_settings.py``);
- ``joined``: who made the link by which the sender came;
- ``closed``: nothing, or ``administrator`` where whoever runs this Chatter did it; the group is deleted for all, and this is
  the last of its log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from app.domain.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from app.domain.group_settings import DEFAULT, GroupSettings, SettingsChange
from app.domain.ids import is_id
from app.domain.permissions import RANK, Action, Role, may

MEMBERSHIP_KINDS = frozenset(
    {"added", "joined", "removed", "left", "role", "titled", "described", "pictured", "settings", "closed"}
)
GROUP_MEMBERS = 1_000
DESCRIPTION_CHARACTERS = 500

ADMINISTRATOR = "administrator"
NOT_HERE = "They are not in the group."
READ_ONLY = "Only admins write here."
NOT_YOURS: dict[str, tuple[Action, str]] = {
    "titled": ("rename", "Only the group's admins change its title."),
    "described": ("present", "Only the group's admins change its description."),
    "pictured": ("present", "Only the group's admins change its photo."),
    "settings": ("set", "Only the group's admins change its settings."),
    "closed": ("close", "Only the group's owner deletes it."),
}
"""Kinds that need a role and nothing else, and what whoever lacks it is told."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an entry does to a group: who is new, who goes (all, where it is ``closed``), who has which role now, how it
    presents itself, what it lets its members do. None: that stays as it is."""

    joined: tuple[str, ...] = ()
    gone: str | None = None
    roles: tuple[tuple[str, Role], ...] = ()
    title: str | None = None
    description: str | None = None
    photo: str | None = None
    settings: SettingsChange | None = None
    closed: bool = False


def change_of(kind: str, sender: str, body: str) -> Change:
    """The change that an entry of a membership kind makes; ``Change()`` for every other kind."""
    if kind == "added":
        return Change(joined=tuple(body.split()))
    if kind == "joined":
        return Change(joined=(sender,))
    if kind == "removed":
        return Change(gone=body)
    if kind == "left":
        return Change(gone=sender)
    if kind == "role":
        user, role = _appointment(body)
        return Change(roles=((user, role), (sender, "admin")) if role == "owner" else ((user, role),))
    if kind == "settings":
        return Change(settings=SettingsChange.parse(body))
    return _presented(kind, body)


def refusal(
    kind: str, sender: str, body: str, roles: Mapping[str, Role], settings: GroupSettings = DEFAULT
) -> ChatError | None:
    """Why ``sender`` may not write this into a group whose members have these ``roles``; None: they may."""
    if kind == "joined":
        return _joining_refused(sender, roles)
    mine = roles.get(sender)
    if mine is None:
        return NotFound()
    if kind == "text":
        return None if may(mine, "post", settings=settings) else Forbidden(READ_ONLY)
    if kind in NOT_YOURS:
        return _presenting_refused(kind, body, mine)
    if kind == "added":
        return _adding_refused(body.split(), mine, roles, settings)
    if kind == "removed":
        return _about(body, roles) or (None if may(mine, "remove", roles[body]) else Forbidden())
    if kind == "left":
        alone = len(roles) == 1
        return None if mine != "owner" or alone else Forbidden("Hand the group over to somebody before you leave it.")
    if kind == "role":
        return _appointment_refused(sender, body, roles)
    return None


def roles_after(roles: Mapping[str, Role], change: Change) -> dict[str, Role]:
    """The members' roles once the change is made; who is in the group already is not new."""
    if change.closed:
        return {}
    after = dict(roles)
    for user in change.joined:
        after.setdefault(user, "member")
    if change.gone is not None:
        after.pop(change.gone, None)
    return after | dict(change.roles)


def _presented(kind: str, body: str) -> Change:
    if kind == "titled":
        return Change(title=body)
    if kind == "described":
        return Change(description=body)
    if kind == "pictured":
        return Change(photo=body)
    return Change(closed=kind == "closed")


def _presenting_refused(kind: str, body: str, mine: Role) -> ChatError | None:
    action, told = NOT_YOURS[kind]
    if not may(mine, action):
        return Forbidden(told)
    if kind == "settings":
        try:
            SettingsChange.parse(body)
        except Invalid as error:
            return error
    if kind == "described" and len(body) > DESCRIPTION_CHARACTERS:
        return Invalid(f"A description has at most {DESCRIPTION_CHARACTERS} characters.")
    if kind == "pictured" and body and not is_id(body):
        return Invalid("That is no photo.")
    return None


def full(group_members: int = GROUP_MEMBERS) -> str:
    """What is said where nobody more fits in."""
    return f"A group has up to {group_members:,} members."


def _joining_refused(sender: str, roles: Mapping[str, Role]) -> ChatError | None:
    """Whether the link is good was judged when it was used; a group that nobody is in is gone."""
    if not roles:
        return NotFound()
    if sender in roles:
        return Conflict("You are in the group already.")
    return Conflict(full()) if len(roles) >= GROUP_MEMBERS else None


def _adding_refused(
    users: list[str], mine: Role, roles: Mapping[str, Role], settings: GroupSettings
) -> ChatError | None:
    new = {user for user in users if user not in roles}
    if not new:
        return Conflict("They are in the group already.")
    if not may(mine, "add", settings=settings):
        return Forbidden("Only the group's admins add people.")
    return Conflict(full()) if len(roles) + len(new) > GROUP_MEMBERS else None


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
