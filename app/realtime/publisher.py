"""Tell clients a fact, on every server, through the queue. Implements ``app.services.publishing.Publisher``."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.domain.commands import FactName
from app.domain.entries import within_bytes
from app.realtime import rooms, wire_json
from app.realtime.broadcast import Broadcaster
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
        self._broadcaster.emit_all(fact for announcement in announcements for fact in _facts(announcement))

    def to_users(self, users: Iterable[str], fact: FactName, payload: dict[str, Any]) -> None:
        targets = [rooms.of_user(user) for user in users]
        if targets:
            self._hint(targets, fact, payload)

    def to_conversation(
        self, conversation: str, epoch: int, fact: FactName, payload: dict[str, Any], *, skip: str | None = None
    ) -> None:
        self._hint(rooms.of_conversation(conversation, epoch), fact, payload, skip=skip)

    def sign_out_devices(self, devices: Iterable[str], reason: str) -> None:
        gone = list(devices)
        if gone:
            self._hint([rooms.of_device(device) for device in gone], "signed_out", {"reason": reason})
            self._control({"note": "signed_out", "devices": gone})

    def access_changed(self, conversation: str) -> None:
        self._control({"note": "access_changed", "conversation": conversation})

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


def _facts(announcement: Announcement) -> Iterator[tuple[str, FactName, dict[str, Any]]]:
    """What of a batch is told to which room: to the conversation's, or to each member what they may see of it."""
    for page in within_bytes(announcement.entries):
        if not any(entry.hidden_from for entry in page):
            room = rooms.of_conversation(announcement.conversation, announcement.epoch)
            yield room, "entries", _entries(announcement, [entry.to_wire() for entry in page])
            continue
        for user in announcement.members:
            yield rooms.of_user(user), "entries", _entries(announcement, [entry.seen_by(user) for entry in page])


def _entries(announcement: Announcement, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"conversation": announcement.conversation, "entries": entries}
