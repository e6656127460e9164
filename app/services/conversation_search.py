"""Finding conversations for administrators, and what they see of one: who, how much and when, never what was said."""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from app.domain.errors import NotFound
from app.domain.ids import is_id, message_id, shard_of
from app.models import Conversation, Membership, User
from app.models.accounts import now
from app.models.messages import messages, read_many
from app.sequencing.heads import Heads
from app.services import cursors, people
from app.services.account_search import AccountSearch

Kind = Literal["all", "group", "direct", "frozen"]
KINDS: dict[Kind, dict[str, Any]] = {
    "all": {},
    "group": {"kind": "group"},
    "direct": {"kind": "direct"},
    "frozen": {"frozen_at": {"$ne": None}},
}
DAYS = 14
MEMBERSHIPS_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is in it; ``user`` None: an account that is no more."""

    id: str
    user: User | None
    role: str


@dataclass(frozen=True, slots=True)
class Day:
    """How many entries a day (in UTC) had."""

    day: date
    entries: int


@dataclass(frozen=True, slots=True)
class Dossier:
    """What an administrator sees of a conversation. ``stored`` are the entries that there are: as many as ``head`` says."""

    conversation: Conversation
    name: str
    members: list[Member]
    former: int
    head: int
    counted: int
    stored: int
    shard: int
    last_at: datetime | None
    days: list[Day]

    @property
    def rows(self) -> list[tuple[str, int]]:
        """The days as a plot takes them."""
        return [(f"{one.day.day} {one.day:%b}", one.entries) for one in self.days]


class ConversationSearch:
    def __init__(self, heads: Heads, accounts: AccountSearch, shard_count: int) -> None:
        self._heads = heads
        self._accounts = accounts
        self._shard_count = shard_count

    def find(
        self, text: str, member: str, kind: Kind, cursor: str | None = None
    ) -> tuple[list[Conversation], str | None]:
        """Conversations whose title holds ``text``, or whose id it is, with ``member`` (an id or a handle) in them.

        All, where both are empty. The newest first, a page of them, and the cursor of the next. Raises Invalid.
        """
        asked: list[dict[str, Any]] = [KINDS[kind]] if KINDS[kind] else []
        if text.strip():
            asked.append({"$or": _matching(text.strip())})
        if member.strip():
            user = self._accounts.exact(member.strip()) or member.strip()
            places = Membership.objects(user=user).limit(MEMBERSHIPS_LOOKED_AT).scalar("conversation")
            asked.append({"_id": {"$in": list(places)}})
        if cursor is not None:
            asked.append(cursors.after(cursor, "created_at"))
        query = {"$and": asked} if asked else {}
        found = Conversation.objects(__raw__=query).order_by("-created_at", "-id").limit(cursors.PAGE + 1)
        return cursors.cut(list(found), "created_at")

    def names(self, conversations: list[Conversation]) -> dict[str, str]:
        """What to call each: a group by its title, a direct one by its people."""
        ids = {id for one in conversations if one.direct_key for id in one.direct_key.split(":")}
        known = people.load(ids)
        return {one.id: _name(one, known) for one in conversations}

    def name_of(self, conversation: str) -> str:
        """What to call it; "" where there is none."""
        found = Conversation.objects(id=conversation).first()
        return self.names([found])[found.id] if found else ""

    def dossier(self, conversation: str) -> Dossier:
        """What there is of the conversation. Raises NotFound."""
        found = Conversation.objects(id=conversation).first()
        if found is None:
            raise NotFound
        places = list(Membership.objects(conversation=conversation).order_by("id"))
        here = [place for place in places if place.until_seq is None]
        known = people.load([place.user for place in here] + (found.direct_key or "").split(":"))
        head = self._heads.of([conversation], exact=True)[conversation]
        last = read_many([(conversation, head)]).get((conversation, head)) if head else None
        return Dossier(
            conversation=found,
            name=_name(found, known),
            members=[Member(place.user, known.get(place.user), place.role) for place in here],
            former=len(places) - len(here),
            head=head,
            counted=last.ordinal if last else 0,
            stored=_stored(conversation),
            shard=shard_of(conversation, self._shard_count),
            last_at=datetime.fromtimestamp(last.created_at / 1000, UTC) if last else None,
            days=_days(conversation, head),
        )


def _matching(text: str) -> list[dict[str, Any]]:
    either: list[dict[str, Any]] = [{"title": {"$regex": re.escape(text), "$options": "i"}}]
    if is_id(text):
        either.append({"_id": text})
    return either


def _name(conversation: Conversation, known: dict[str, User]) -> str:
    if not conversation.direct_key:
        return str(conversation.title or conversation.id)
    ids = dict.fromkeys(conversation.direct_key.split(":"))
    names = [str(known[id].name or id) if id in known else people.DELETED_NAME for id in ids]
    return " and ".join(sorted(names, key=str.casefold))


def _stored(conversation: str) -> int:
    ids = {"$gte": message_id(conversation, 0), "$lt": f"{conversation}:~"}
    return messages().count_documents({"_id": ids})


def _days(conversation: str, head: int) -> list[Day]:
    """Entries per day, the last ``DAYS`` of them: times never go back along the log, so each day's first is searched for."""
    today = now().date()
    first = today - timedelta(days=DAYS - 1)
    low, starts = 1, []
    for n in range(DAYS):
        midnight = int(datetime.combine(first + timedelta(days=n), time(), UTC).timestamp() * 1000)
        low += bisect_left(range(low, head + 1), midnight, key=lambda seq: _created_at(conversation, seq))
        starts.append(low)
    ends = [*starts[1:], head + 1]
    return [
        Day(first + timedelta(days=n), end - start) for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _created_at(conversation: str, seq: int) -> int:
    return read_many([(conversation, seq)])[conversation, seq].created_at
