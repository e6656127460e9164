"""Finding accounts for administrators, and what they see of one. Never what somebody wrote."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from app.domain.errors import NotFound
from app.domain.ids import is_id
from app.models import Contact, Conversation, Device, Membership, Passkey, User
from app.services import cursors

State = Literal["all", "admins", "disabled", "leaving"]
STATES: dict[State, dict[str, Any]] = {
    "all": {},
    "admins": {"role": "admin"},
    "disabled": {"disabled_at": {"$ne": None}},
    "leaving": {"deletion_at": {"$ne": None}},
}
FEWEST_DIGITS = 3
GROUPS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A group that somebody is in."""

    conversation: str
    title: str
    role: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What an administrator sees of an account. ``groups`` are the first ``GROUPS_SHOWN``."""

    user: User
    devices: list[Device]
    groups: list[Place]
    passkeys: int
    contacts: int
    conversations: int


class AccountSearch:
    def find(self, text: str, state: State, cursor: str | None = None) -> tuple[list[User], str | None]:
        """Accounts whose name, handle or number holds ``text``, or whose id it is; all, where it is empty.

        The newest first, a page of them, and the cursor of the next. Raises Invalid.
        """
        asked: list[dict[str, Any]] = [STATES[state]] if STATES[state] else []
        if text.strip():
            asked.append({"$or": _matching(text.strip())})
        if cursor is not None:
            asked.append(cursors.after(cursor, "created_at"))
        query = {"$and": asked} if asked else {}
        found = User.objects(__raw__=query).order_by("-created_at", "-id").limit(cursors.PAGE + 1)
        return cursors.cut(list(found), "created_at")

    def exact(self, text: str) -> str | None:
        """The id of the account that ``text`` is the id or the handle of."""
        if is_id(text):
            return text
        user = User.objects(handle=text.strip().removeprefix("@").lower()).first()
        return str(user.id) if user else None

    def profile(self, user_id: str) -> Profile:
        """What there is of the account, disabled or not. Raises NotFound."""
        user = User.objects(id=user_id).first()
        if user is None:
            raise NotFound
        here = Membership.objects(user=user_id, until_seq=None)
        roles = dict(here.scalar("conversation", "role"))
        groups = Conversation.objects(id__in=list(roles), kind="group").order_by("title").limit(GROUPS_SHOWN)
        return Profile(
            user=user,
            devices=list(Device.objects(user=user_id, signed_out_at=None).order_by("-last_seen")),
            groups=[Place(group.id, group.title or "", roles[group.id]) for group in groups],
            passkeys=Passkey.objects(user=user_id).count(),
            contacts=Contact.objects(owner=user_id, removed_at=None).count(),
            conversations=len(roles),
        )


def _matching(text: str) -> list[dict[str, Any]]:
    either: list[dict[str, Any]] = [
        {"name": {"$regex": re.escape(text), "$options": "i"}},
        {"handle": {"$regex": re.escape(text.removeprefix("@").lower())}},
    ]
    # As it is dialled at home: the leading zeros are not part of the number that is kept.
    digits = re.sub(r"\D", "", text).lstrip("0")
    if len(digits) >= FEWEST_DIGITS and re.fullmatch(r"[\d+()./\s-]+", text):
        either.append({"phone": {"$regex": digits}})
    if is_id(text):
        either.append({"_id": text})
    return either
