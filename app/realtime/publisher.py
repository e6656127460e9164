"""Tell clients a fact, on every server, through the queue. Implements ``app.services.publishing.Publisher``."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.domain.commands import FactName
from app.domain.entries import REVISION_KINDS, Entry, within_bytes
from app.domain.membership import MEMBERSHIP_KINDS, change_of
from app.domain.retention import KIND as EXPIRED
from app.realtime import rooms, wire_json
from app.realtime.broadcast import Broadcaster, Fact, Move
from app.sequencing import keys
from app.sequencing.committer import Announcement

log = structlog.get_logger(__name__)


class SocketPublisher:
    """Facts are hints: a queue that is away is logged, not raised. ``announce`` alone raises, so that a committer
    keeps its batch until the queue is back."""

    def __init__(self, queue: Redis, control: Redis) -> None:
        self._control_channel = control
        self._broadcaster = Broadcaster(queue)

    def announce(self, announcements: Sequence[Announcement]) -> None:
        """Tell each conversation its new entries, a batch as one event. Raises RedisError."""
        changed = {a.conversation for a in announcements if any(e.kind in MEMBERSHIP_KINDS for e in a.entries)}
        for conversation in changed:
            self._control_channel.publish(keys.CONTROL_CHANNEL, wire_json.dumps(_access_changed(conversation)))
        for announcement in announcements:
            entries = announcement.entries
            targets = {e.target for e in entries if e.target is not None and e.kind in REVISION_KINDS}
            targets |= {e.root for e in entries if e.root is not None}
            if any(entry.kind == EXPIRED for entry in entries):
                gone = {"note": "expired", "conversation": announcement.conversation}
                self._control_channel.publish(keys.CONTROL_CHANNEL, wire_json.dumps(gone))
            if targets:
                note = {"note": "revised", "conversation": announcement.conversation, "targets": sorted(targets)}
                self._control_channel.publish(keys.CONTROL_CHANNEL, wire_json.dumps(note))
        facts = (fact for announcement in announcements for fact in _facts(announcement))
        self._broadcaster.emit_all(facts, [mark for announcement in announcements for mark in announcement.traces])

    def to_users(self, users: Iterable[str], fact: FactName, payload: dict[str, Any]) -> None:
        targets = [rooms.of_user(user) for user in users]
        if targets:
            self._hint(targets, fact, payload)

    def to_everybody(self, fact: FactName, payload: dict[str, Any]) -> None:
        try:
            self._broadcaster.emit_all([(rooms.EVERYBODY, fact, payload)])
        except (RedisError, OSError) as error:
            log.warning("fact_not_told", fact=fact, cause=type(error).__name__)

    def to_conversation(
        self, conversation: str, epoch: int, fact: FactName, payload: dict[str, Any], *, skip: str | None = None
    ) -> None:
        self._hint(rooms.of_conversation(conversation, epoch), fact, payload, skip=skip)

    def sign_out_devices(self, devices: Iterable[str], reason: str) -> None:
        gone = list(devices)
        if gone:
            self._hint([rooms.of_device(device) for device in gone], "signed_out", {"reason": reason})
            self._control({"note": "signed_out", "devices": gone})

    def privacy_changed(self, user: str) -> None:
        self._control({"note": "privacy_changed", "user": user})

    def access_changed(self, conversation: str) -> None:
        self._control(_access_changed(conversation))

    def _emit(self, room: str | list[str], fact: FactName, payload: dict[str, Any], skip: str | None = None) -> None:
        self._broadcaster.emit(fact, payload, namespace="/", room=room, skip_sid=skip)

    def _hint(self, room: str | list[str], fact: FactName, payload: dict[str, Any], skip: str | None = None) -> None:
        try:
            self._emit(room, fact, payload, skip)
        except (RedisError, OSError) as error:
            log.warning("fact_not_told", fact=fact, cause=type(error).__name__)

    def _control(self, note: dict[str, Any]) -> None:
        try:
            self._control_channel.publish(keys.CONTROL_CHANNEL, wire_json.dumps(note))
        except (RedisError, OSError) as error:
            log.warning("control_note_not_sent", note=note["note"], cause=type(error).__name__)


def _access_changed(conversation: str) -> dict[str, Any]:
    return {"note": "access_changed", "conversation": conversation}


def _facts(announcement: Announcement) -> Iterator[Fact | Move]:
    """What of a batch is told to which room: to the conversation's, or to each member what they may see of it."""
    for entry in announcement.entries:
        if entry.kind in MEMBERSHIP_KINDS:
            yield from _changed(announcement, entry)
    for page in within_bytes(announcement.entries):
        if not any(entry.differs for entry in page):
            room = rooms.of_conversation(announcement.conversation, announcement.epoch)
            yield room, "entries", _entries(announcement, [entry.to_wire() for entry in page])
            continue
        for user in announcement.members:
            yield rooms.of_user(user), "entries", _entries(announcement, [entry.seen_by(user) for entry in page])


def _changed(announcement: Announcement, entry: Entry) -> Iterator[Fact | Move]:
    """The room's people change with this entry. Whoever goes hears it as their last."""
    change = change_of(entry.kind, entry.sender, entry.body)
    gone = () if change.gone is None or change.gone in announcement.members else (change.gone,)
    if gone or change.joined:
        joined = tuple(user for user in change.joined if user in announcement.members)
        yield Move(announcement.conversation, announcement.epoch, joined, gone)
    for user in gone:
        yield rooms.of_user(user), "entries", _entries(announcement, [entry.to_wire()])


def _entries(announcement: Announcement, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"conversation": announcement.conversation, "entries": entries}
