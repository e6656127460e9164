"""What there is to tell somebody of a conversation who is away: the newest message that calls them, as they may see it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.entries import Entry
from app.domain.mentions import mentions_of
from app.domain.notifications import calls, level_of
from app.languages import say, say_many
from app.models import Contact, Conversation, Membership
from app.models.messages import read_many, read_range
from app.services import people
from app.services.plain_text import plain_line

LOOK_BACK = 50
BODY_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class News:
    """``title`` and ``body`` are for the notification; ``count`` messages call; ``head``: up to there it was looked at."""

    conversation: str
    head: int
    title: str
    body: str
    count: int

    def payload(self) -> dict[str, object]:
        """What the browser gets."""
        return {"conversation": self.conversation, "title": self.title, "body": self.body, "count": self.count}


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in a conversation, as far as it matters here."""

    conversation: str
    user: str
    level: Any
    muted: bool
    seen: int
    pushed: int


def places_of(user: str, conversations: Iterable[str], at: datetime) -> dict[str, Place]:
    """The user's places in those of ``conversations`` that they are in and may be told of."""
    query = {
        "user": user,
        "conversation": {"$in": list(conversations)},
        "until_seq": None,
        "hidden_at": None,
        "requested_at": None,
    }
    return {row["conversation"]: _place(row, at) for row in Membership._get_collection().find(query)}


def news_of(
    place: Place, head: int, language: str | None = None, *, show_text: bool, again: bool = False
) -> News | None:
    """What calls the place's owner up to ``head`` and reached none of their devices; None: nothing.

    ``language``: of the words around the text, English where it is None. ``again``: also what was pushed already, for a device that could not be told.
    """
    after = max(place.seen if again else max(place.seen, place.pushed), head - LOOK_BACK)
    if after >= head or not (calls(place.level, muted=place.muted, mentioned=True)):
        return None
    entries = [entry for entry in read_range(place.conversation, after, head) if _is_for(entry, place.user)]
    calling = _calling(place, entries)
    conversation = Conversation.objects(id=place.conversation).first()
    if not calling or conversation is None:
        return None
    last = calling[-1]
    if conversation.kind == "direct" and _blocks(place.user, last.sender):
        return None
    return News(
        place.conversation,
        head,
        *_words(conversation, place.user, last, len(calling), show_text, language),
        len(calling),
    )


def _place(row: dict[str, Any], at: datetime) -> Place:
    muted_until = row.get("muted_until")
    return Place(
        conversation=row["conversation"],
        user=row["user"],
        level=level_of(row.get("notify")),
        muted=muted_until is not None and muted_until > at,
        seen=max(row.get("delivered") or 0, row.get("read") or 0, (row.get("from_seq") or 1) - 1),
        pushed=row.get("pushed") or 0,
    )


def _is_for(entry: Entry, user: str) -> bool:
    """Is it somebody else's text that the user may see, and that is still there?"""
    if entry.kind != "text" or entry.expired or entry.sender == user or user in entry.hidden_from:
        return False
    return not entry.seen_by(user).get("deleted_at")


def _calling(place: Place, entries: list[Entry]) -> list[Entry]:
    if calls(place.level, muted=place.muted, mentioned=False):
        return entries
    answered = {(entry.conversation, entry.target) for entry in entries if entry.target is not None}
    mine = {seq for (_, seq), entry in read_many(sorted(answered)).items() if entry.sender == place.user}
    return [entry for entry in entries if entry.target in mine or place.user in mentions_of(_body(entry, place.user))]


def _body(entry: Entry, user: str) -> str:
    return str(entry.seen_by(user)["body"])


def _words(
    conversation: Conversation, user: str, last: Entry, count: int, show_text: bool, language: str | None
) -> tuple[str, str]:
    """The notification's title and body."""
    body = _body(last, user)
    names = _names(user, {last.sender, *mentions_of(body)})
    group = conversation.kind == "group"
    title = (conversation.title or say(language, "Group")) if group else names[last.sender]
    if not show_text:
        return title, say(language, "New message") if count == 1 else say_many(
            language, "{count} new message", "{count} new messages", count
        )
    text = plain_line(body, names.__getitem__)
    return title, (f"{names[last.sender]}: {text}" if group else text)[:BODY_CHARACTERS]


def _names(user: str, wanted: set[str]) -> dict[str, str]:
    """What ``user`` calls each of these: the name they gave, else the person's own."""
    known = people.load(wanted)
    names = {id: str(people.person_view(id, known.get(id))["name"]) for id in wanted}
    aliases = Contact.objects(owner=user, user__in=list(wanted), removed_at=None, alias__ne=None)
    return names | {contact.user: contact.alias for contact in aliases if contact.alias}


def _blocks(owner: str, user: str) -> bool:
    return Contact.objects(owner=owner, user=user, blocked_at__ne=None).first() is not None
