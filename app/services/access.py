"""Who may do what in which conversation, remembered for a while.

A change is told by a control note and forgets them at once; the time is for a note that could not be sent.
The committer checks membership again, exactly, at commit; this check is what keeps strangers out before that.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.errors import NotAMember
from app.domain.group_settings import DEFAULT, GroupSettings
from app.domain.permissions import Role
from app.models import Contact, Conversation, Membership
from app.services.single_flight import SingleFlight

REMEMBER_S = 30.0
REMEMBER_CONVERSATIONS = 20_000
SURE_S = 1.0
"""A stranger is believed to be one for so long; then it is looked up again."""


_NATURE = {"kind": 1, "epoch": 1, "created_by": 1, "introduced_at": 1, "settings": 1}
_CONTACT = {"_id": 0, "owner": 1, "user": 1, "blocked_at": 1, "removed_at": 1, "unasked": 1}
_PLACE = {"_id": 0, "user": 1, "role": 1, "from_seq": 1, "until_seq": 1, "requested_at": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """A member's place: the role, and the entries they may see (``until_seq`` None: to the end, for ever)."""

    role: Role
    from_seq: int
    until_seq: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """A conversation as access sees it. ``blocks`` maps a user to those who blocked them, ``unasked`` are those to whom
    the other is a contact that merely came, ``requested`` those who have not let the other write (all: direct
    conversations only)."""

    conversation: str
    kind: str
    epoch: int
    created_by: str
    introduced: bool
    places: dict[str, Place]
    blocks: dict[str, frozenset[str]]
    settings: GroupSettings = DEFAULT
    unasked: frozenset[str] = frozenset()
    requested: frozenset[str] = frozenset()

    @property
    def roles(self) -> dict[str, Role]:
        """The roles of those who are in it now."""
        return {user: place.role for user, place in self.places.items() if place.until_seq is None}

    @property
    def members(self) -> frozenset[str]:
        """Those who are in it now."""
        return frozenset(user for user, place in self.places.items() if place.until_seq is None)

    def hidden_from(self, sender: str) -> tuple[str, ...]:
        """Members who must not see what ``sender`` writes."""
        return tuple(sorted(self.blocks.get(sender, ())))

    def blocked_by(self, user: str) -> frozenset[str]:
        """Those whom ``user`` blocked."""
        return frozenset(other for other, blockers in self.blocks.items() if user in blockers)


class Access:
    """Facts by conversation, cached in this process; ``forget`` is called when a control note says they changed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Facts | None]] = OrderedDict()
        self._flight: SingleFlight[str, Facts | None] = SingleFlight()

    def member(self, user: str, conversation: str) -> Facts:
        """The facts, for somebody who is in the conversation now; raises ``NotAMember``."""
        facts = self.reader(user, conversation)
        if facts.places[user].until_seq is not None:
            raise NotAMember
        return facts

    def reader(self, user: str, conversation: str) -> Facts:
        """The facts, for somebody who is or was in the conversation; raises ``NotAMember``."""
        facts = self._facts(conversation)
        if facts is not None and user not in facts.places and self._age(conversation) > SURE_S:
            self.forget(conversation)  # they may have been added, and the note of it lost
            facts = self._facts(conversation)
        if facts is None or user not in facts.places:
            raise NotAMember
        return facts

    def place(self, user: str, conversation: str) -> Place:
        """What a reader may see at this moment, asked anew where it can end; raises ``NotAMember``.

        Nothing stands behind a removal before the membership has ended (``app/sequencing/projection.py``), so who asks
        for the head first and then for this shows nobody anything from after they went.
        """
        facts = self.reader(user, conversation)
        if facts.kind == "direct":
            return facts.places[user]
        row = Membership._get_collection().find_one({"conversation": conversation, "user": user}, _PLACE)
        if row is None:
            raise NotAMember
        return _place(row)

    def forget(self, conversation: str | None = None) -> None:
        """Drop what is known of one conversation, or of all; what is being read now may be older than the change."""
        if conversation is None:
            self._known.clear()
        else:
            self._known.pop(conversation, None)
        self._flight.forget(conversation)

    def _facts(self, conversation: str) -> Facts | None:
        known = self._known.get(conversation)
        now = self._clock()
        if known is not None and now - known[0] < REMEMBER_S:
            return known[1]
        return self._flight.ask(
            conversation, lambda: _load(conversation), lambda facts: self._remember(conversation, now, facts)
        )

    def _age(self, conversation: str) -> float:
        known = self._known.get(conversation)
        return self._clock() - known[0] if known is not None else 0.0

    def _remember(self, conversation: str, began: float, facts: Facts | None) -> None:
        self._known[conversation] = (began, facts)
        self._known.move_to_end(conversation)
        if len(self._known) > REMEMBER_CONVERSATIONS:
            self._known.popitem(last=False)


def _load(conversation: str) -> Facts | None:
    # Without MongoEngine's documents: a group may have hundreds of members.
    found = Conversation._get_collection().find_one({"_id": conversation}, _NATURE)
    if found is None:
        return None
    rows = Membership._get_collection().find({"conversation": conversation}, _PLACE)
    places, requested = {}, set()
    for row in rows:
        places[row["user"]] = _place(row)
        if row.get("requested_at"):
            requested.add(row["user"])
    contacts = _contacts(list(places)) if found["kind"] == "direct" else []
    return Facts(
        conversation=conversation,
        kind=found["kind"],
        epoch=found.get("epoch") or 0,
        created_by=found["created_by"],
        introduced=found.get("introduced_at") is not None,
        places=places,
        blocks=_blocks(contacts),
        settings=GroupSettings.of(found.get("settings")),
        requested=frozenset(requested),
        unasked=frozenset(row["owner"] for row in contacts if row.get("unasked") and not row.get("removed_at")),
    )


def _place(row: dict[str, Any]) -> Place:
    return Place(row["role"], row["from_seq"], row.get("until_seq"))


def _contacts(users: list[str]) -> list[dict[str, Any]]:
    """What ``users`` are to each other."""
    return list(Contact._get_collection().find({"owner": {"$in": users}, "user": {"$in": users}}, _CONTACT))


def _blocks(contacts: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """user -> those who blocked them."""
    blocks: dict[str, set[str]] = {}
    for row in contacts:
        if row.get("blocked_at"):
            blocks.setdefault(row["user"], set()).add(row["owner"])
    return {user: frozenset(owners) for user, owners in blocks.items()}
