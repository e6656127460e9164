"""What is in a copy of one's own data: a zip of JSON and pictures, written piece by piece to wherever it is kept."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, ZipFile

import gevent
from gridfs import GridFS
from mongoengine.connection import get_db

from app.domain.commands import SYNC_PAGE_ENTRIES
from app.domain.errors import NotFound
from app.domain.notifications import Notifications, level_of
from app.domain.privacy import Privacy
from app.domain.saved import marks_of
from app.models import Contact, Conversation, Device, Membership, Notice, Report, User
from app.models.messages import read_range
from app.sequencing.heads import Heads
from app.services import people
from app.services.notices import notice_view
from app.services.photos import COLLECTION as PHOTOS
from app.services.reports import report_view
from app.services.views import account_view, device_view

READ_ME = """This is a copy of what Chatter has of you.

profile.json        who you are here, your privacy, and what you want to be told of
contacts.json       whom you know, and whom you blocked
devices.json        where you are signed in
reports.json        what you reported to whoever runs this Chatter, and what they told you
conversations.json  your chats: who is in them, what calls you there, which messages you
                    deleted for yourself or saved, what you began to write, and which file holds what was said
conversations/      a file for each chat: every entry that you can see, in order
photos/             your photo

A text with @[id] mentions a person; conversations.json has the names.

Times are milliseconds since 1970, UTC. A "withheld" entry is a number whose content was not for you.
"""


class Sink(Protocol):
    def write(self, data: bytes) -> object: ...


class _Counted:
    """A sink as ZipFile wants it, which is told how much was written."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink.write(bytes(data))
        return len(data)

    def flush(self) -> None: ...


def write_archive(user: str, sink: Sink, heads: Heads, so_far: Callable[[int], None]) -> None:
    """Write the user's data to ``sink``; ``so_far`` hears the percentage, and may raise to break it off.

    Raises NotFound where there is no such user.
    """
    account = User.objects(id=user).first()
    if account is None:
        raise NotFound
    places = list(Membership.objects(user=user, hidden_at=None).order_by("id"))
    ends = heads.of([place.conversation for place in places], exact=True) if places else {}
    spans = {place.conversation: _span(place, ends.get(place.conversation, 0)) for place in places}
    whole = sum(until - after for after, until in spans.values()) or 1
    written = 0
    so_far(0)
    with ZipFile(_Counted(sink), "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        archive.writestr("README.txt", READ_ME)
        _put(archive, "profile.json", _profile(account))
        _put(archive, "contacts.json", _contacts(user))
        _put(archive, "devices.json", [device_view(device, "") for device in Device.objects(user=user)])
        _put(archive, "reports.json", _reports(user))
        _put(archive, "conversations.json", list(_conversations(places, spans)))
        _photo(archive, account)
        for conversation, span in spans.items():
            with archive.open(f"conversations/{conversation}.json", "w") as file:
                for piece, entries in _entries(conversation, user, *span):
                    file.write(piece.encode())
                    written += entries
                    so_far(min(99, written * 100 // whole))
                    gevent.sleep(0)  # the worker commits messages, too


def _span(place: Membership, head: int) -> tuple[int, int]:
    """After which entry what the person can see begins, and with which it ends."""
    until = head if place.until_seq is None else min(head, place.until_seq)
    after = min(place.from_seq - 1, until)
    return after, until


def _profile(account: User) -> dict[str, Any]:
    created = int(account.created_at.timestamp() * 1000)
    return {
        **account_view(account),
        "created_at": created,
        "privacy": Privacy.of(account.privacy).to_wire(),
        "notifications": Notifications.of(account.notifications).to_wire(),
        "announcements_closed": list(account.closed_announcements or ()),
    }


def _contacts(user: str) -> list[dict[str, Any]]:
    contacts = list(Contact.objects(owner=user).order_by("created_at"))
    known = people.load(contact.user for contact in contacts)
    return [
        {
            "user": people.person_view(contact.user, known.get(contact.user)),
            "alias": contact.alias or None,
            "source": contact.source,
            "blocked": contact.blocked_at is not None,
            "removed": contact.removed_at is not None,
            "created_at": int(contact.created_at.timestamp() * 1000),
        }
        for contact in contacts
    ]


def _reports(user: str) -> dict[str, Any]:
    told = Notice.objects(user=user).order_by("created_at", "id")
    return {
        "reported": [report_view(report) for report in Report.objects(reporter=user).order_by("created_at", "id")],
        "told": [{**notice_view(notice), "closed_at": _milliseconds(notice.closed_at)} for notice in told],
    }


def _conversations(places: list[Membership], spans: dict[str, tuple[int, int]]) -> Iterator[dict[str, Any]]:
    mine = {place.conversation: place for place in places}
    for conversation in Conversation.objects(id__in=list(spans)):
        members = list(Membership.objects(conversation=conversation.id).order_by("id").scalar("user"))
        known = people.load(members)
        after, until = spans[conversation.id]
        place = mine[conversation.id]
        hidden = list(place.hidden_seqs or ())
        yield {
            "id": conversation.id,
            "kind": conversation.kind,
            "title": conversation.title or None,
            "people": [{"id": id, "name": people.person_view(id, known.get(id))["name"]} for id in members],
            "notify": level_of(place.notify),
            "muted_until": _milliseconds(place.muted_until),
            "first": after + 1,
            "last": until,
            "deleted_for_me": hidden,
            "saved": [
                {"seq": one.seq, "saved_at": one.at} for one in marks_of(conversation.id, place.saved or (), hidden)
            ],
            "draft": place.draft or "",
            "marked_unread": bool(place.marked_unread),
            "file": f"conversations/{conversation.id}.json",
        }


def _milliseconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None


def _entries(conversation: str, user: str, after: int, until: int) -> Iterator[tuple[str, int]]:
    """The pieces of a JSON list of entries, each with how many entries are in it."""
    yield "[", 0
    separator = "\n"
    for start in range(after, until, SYNC_PAGE_ENTRIES):
        page = read_range(conversation, start, min(until, start + SYNC_PAGE_ENTRIES))
        for entry in page:
            yield separator + json.dumps(entry.seen_by(user), ensure_ascii=False), 1
            separator = ",\n"
    yield "\n]\n", 0


def _photo(archive: ZipFile, account: User) -> None:
    photos = GridFS(get_db(), PHOTOS)
    if account.avatar and photos.exists(account.avatar):
        archive.writestr("photos/me.webp", photos.get(account.avatar).read())


def _put(archive: ZipFile, name: str, content: dict[str, Any] | Iterable[dict[str, Any]]) -> None:
    archive.writestr(name, json.dumps(content, ensure_ascii=False, indent=1))
