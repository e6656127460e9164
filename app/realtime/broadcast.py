"""Flask-SocketIO's Redis message queue, with three things mended.

- python-socketio's listener backs off up to a minute and does not notice a half-open link; ours reconnects within a
  second and drops a silent link (``app/sequencing/mailbox.py``).
- An emit reaches the emitting server's sockets first and the queue second, so two servers could show two orders.
  Chatter emits through a write-only manager alone: every server hears every fact from the queue, in one order.
- It carries one emit a message and encodes it again on every server. A committer's batch is one message here, each of
  its facts encoded once (``pack``), and goes to sockets as it is.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from redis import Redis
from socketio import PubSubManager
from socketio.redis_manager import RedisManager

from app import tracing
from app.counts import DELIVERIES
from app.domain.commands import FactName
from app.lines import raise_first
from app.realtime import rooms, wire_json
from app.realtime.rooms import NAMESPACE
from app.realtime.transport import tell
from app.sequencing import keys
from app.sequencing.mailbox import listen
from app.stores import shared_line_of

PACKED = '{"packed":'
MESSAGE_LIMIT_BYTES = 256 * 1024
"""Redis cuts off subscribers whose unread messages pass a limit; small ones are read in between."""
_NOBODY: dict[str, str] = {}
"""Who is in a room that no socket of this server has entered."""


@dataclass(frozen=True, slots=True)
class Move:
    """Members came or went: the sockets in the conversation's room go on to the one of ``epoch``, but those of
    ``gone``; those of ``joined`` enter it. In order with the facts, so that nothing is missed or overheard."""

    conversation: str
    epoch: int
    joined: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


Fact = tuple[str, FactName, dict[str, Any]]
"""The room that is told, the fact and its payload."""


def pack(facts: Iterable[Fact | Move], traces: Sequence[str] = ()) -> Iterator[str]:
    """Messages for the queue that carry facts and moves in order, few and not too large; the last carries the traces."""
    page: list[tuple[str, str] | dict[str, Any]] = []
    size = 0
    for item in facts:
        if isinstance(item, Move):
            page.append(asdict(item))
            continue
        room, fact, payload = item
        packet = f"42{wire_json.dumps([fact, payload])}"  # an Engine.IO message with a Socket.IO event in it
        page.append((room, packet))
        size += len(packet)
        if size > MESSAGE_LIMIT_BYTES:
            yield wire_json.dumps({"packed": page})
            page, size = [], 0
    if page:
        yield wire_json.dumps({"packed": page, "traces": traces} if traces else {"packed": page})


class Room(dict[str, str]):
    """The sockets in a room and their transports.

    The library's is a dictionary in either direction, several times as large; it asks backwards of that of all sockets
    alone, which stays its own.
    """

    __slots__ = ()

    @property
    def _fwdm(self) -> "Room":
        return self


class BroadcastManager(RedisManager):  # type: ignore[misc]
    """The receiving side: one per web process.

    Who connects enters their rooms before they are let in, so that they go wherever members are moved meanwhile, and hears
    nothing before that: a client's first packet says that it is connected, and its greeting where everything stands.
    """

    name = "broadcast"

    def __init__(self, redis: Redis, url: str) -> None:
        super().__init__(url, channel=keys.BROADCAST_CHANNEL)
        self._client = redis

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        if room is not None and room not in self.rooms.get(namespace, {room: None}):
            self.rooms[namespace][room] = Room()
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)

    def get_participants(self, namespace: str, room: Any) -> Iterator[tuple[str, str]]:
        arriving = self._arriving(namespace)
        for sid, transport in super().get_participants(namespace, room):
            if sid not in arriving:
                yield sid, transport

    def _arriving(self, namespace: str) -> Collection[str]:
        return frozenset(self.pending_connect.get(namespace, ()))

    def _publish(self, data: dict[str, Any]) -> Any:
        return self._client.publish(self.channel, wire_json.dumps(data))

    def _listen(self) -> Iterator[Any]:
        for message in listen(self._client, [self.channel]):
            if message.startswith(PACKED):
                self._tell(message)
            else:
                yield message

    def _tell(self, message: str) -> None:
        """Hand a batch's facts to this server's sockets in their rooms, in order."""
        deliveries, began_ns = 0, time.time_ns()
        batch, known, arriving = wire_json.loads(message), self.rooms.get(NAMESPACE, {}), self._arriving(NAMESPACE)
        for item in batch["packed"]:
            if isinstance(item, dict):
                self._move(Move(**item))
                continue
            room, packet = item
            transports = _transports(known.get(room, _NOBODY), arriving)
            if transports:
                tell(self.server.eio, transports, packet)
                deliveries += len(transports)
        DELIVERIES[()] += deliveries
        for mark in batch.get("traces", ()):
            tracing.follow("deliver", mark, began_ns, sockets=deliveries)

    def _move(self, move: Move) -> None:
        known, room = self.rooms.get(NAMESPACE, {}), rooms.of_conversation(move.conversation, move.epoch)
        prefix = rooms.of_any_epoch(move.conversation)
        former = [name for name in known if name is not None and name.startswith(prefix) and name != room]
        staying = {sid for name in former for sid in known[name]} | self._sockets_of(move.joined)
        for sid in staying - self._sockets_of(move.gone):
            self.enter_room(sid, NAMESPACE, room)
        for sid in self._sockets_of(move.gone) & set(known.get(room, ())):
            self.basic_leave_room(sid, NAMESPACE, room)
        for name in former:
            self.basic_close_room(name, NAMESPACE)

    def _sockets_of(self, users: Iterable[str]) -> set[str]:
        known = self.rooms.get(NAMESPACE, {})
        return {sid for user in users for sid in known.get(rooms.of_user(user), ())}


def _transports(sockets: dict[str, str], arriving: Collection[str]) -> list[str]:
    if not arriving:
        return list(sockets.values())
    return [transport for sid, transport in sockets.items() if sid not in arriving]


class Broadcaster(PubSubManager):  # type: ignore[misc]
    """The sending side: publishes and delivers nothing itself. Any process may have one. Raises RedisError."""

    name = "broadcaster"

    def __init__(self, redis: Redis) -> None:
        super().__init__(channel=keys.BROADCAST_CHANNEL, write_only=True, json=wire_json)
        self._client = redis
        self._line = shared_line_of(redis)

    def _publish(self, data: dict[str, Any]) -> Any:
        return self._client.publish(self.channel, wire_json.dumps(data))

    def emit_all(self, facts: Iterable[Fact | Move], traces: Sequence[str] = ()) -> None:
        """Emit facts and moves, all of them in one round trip, in order; ``traces``: the marks of what they tell."""
        messages = [("PUBLISH", self.channel, message) for message in pack(facts, traces)]
        raise_first(self._line.ask(messages, retries=1))

    def _handle_emit(self, message: dict[str, Any]) -> None:
        """Nothing to deliver here: this process's own sockets hear it from the queue like everybody's."""
