"""What the server does with each command: parse, call, answer. One table, ``EVENTS``."""

from collections.abc import Callable
from typing import Any

import structlog
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app import tracing
from app.counts import COMMANDS
from app.domain.commands import Delete, Edit, Heads, Pin, Post, React, Read, Sync, Typing
from app.domain.errors import ChatError, Degraded, NotSignedIn, RateLimited
from app.realtime import rooms
from app.realtime.acks import Ack, accepted, internal, refused
from app.realtime.connections import Connection, Connections
from app.realtime.deadline import Deadline
from app.services.registry import services
from app.stores import cause_of

log = structlog.get_logger(__name__)

HEARTBEAT_ANSWER_S = 4.0
"""Clients wait for 5 s: a heartbeat that is late would be a lost connection to them, and it is a store that is away."""
IN_FLIGHT_LIMIT = 64
"""Commands a socket may have unanswered; an honest client has one post per conversation and a heartbeat."""

EnterRoom = Callable[[str, str], None]


def post(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    command = Post.parse(raw)
    return accepted(services().messages.post(connection.user, command).to_wire())


def edit(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    return accepted(services().messages.revise(connection.user, Edit.parse(raw)).to_wire())


def delete(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    return accepted(services().messages.revise(connection.user, Delete.parse(raw)).to_wire())


def react(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    return accepted(services().messages.revise(connection.user, React.parse(raw)).to_wire())


def pin(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    return accepted(services().messages.revise(connection.user, Pin.parse(raw)).to_wire())


def sync(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    command = Sync.parse(raw)
    facts = services().access.reader(connection.user, command.conversation)
    if facts.places[connection.user].until_seq is None:  # join before reading, so that nothing falls between
        enter(connection.socket, rooms.of_conversation(facts.conversation, facts.epoch))
    page = services().messages.sync(connection.user, command)
    return accepted(
        {
            "conversation": page.conversation,
            "entries": page.entries,
            "head": page.head,
            "head_ordinal": page.head_ordinal,
            "complete": page.complete,
        }
    )


def say_alive(connection: Connection) -> None:
    """The heartbeat of a socket, which may close meanwhile."""
    services().presence.beat(connection.user, connection.socket, connection.visible, lambda: connection.is_open)


def heads(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    connection.visible = Heads.parse(raw).visible

    def beat() -> dict[str, int]:
        say_alive(connection)
        services().devices.touch(connection.device)
        return services().messages.heads(connection.user)

    return accepted({"heads": Deadline(HEARTBEAT_ANSWER_S).ask(beat)})


def read(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    return accepted(services().receipts.advance(connection.user, Read.parse(raw)))


def typing(connection: Connection, raw: Any, enter: EnterRoom) -> Ack:
    services().typing.note(connection.user, Typing.parse(raw), socket=connection.socket)
    return accepted()


EVENTS: dict[str, Callable[[Connection, Any, EnterRoom], Ack]] = {
    "post": post,
    "edit": edit,
    "delete": delete,
    "react": react,
    "pin": pin,
    "sync": sync,
    "heads": heads,
    "read": read,
    "typing": typing,
}


class Dispatcher:
    """Call the handler of an event for a socket and turn whatever happens into an acknowledgement."""

    def __init__(self, connections: Connections, enter: EnterRoom) -> None:
        self._connections = connections
        self._enter = enter

    def knows(self, socket: str | None) -> bool:
        """Whether somebody is behind this socket."""
        return socket is not None and self._connections.get(socket) is not None

    def dispatch(self, event: str, socket: str, raw: Any) -> Ack:
        """The answer to one command; ``event`` is a name in ``EVENTS``."""
        answer = self._dispatch(event, socket, raw)
        COMMANDS[event, "accepted" if answer["ok"] else answer["code"]] += 1
        return answer

    def _dispatch(self, event: str, socket: str, raw: Any) -> Ack:
        connection = self._connections.get(socket)
        if connection is None:
            return refused(NotSignedIn())
        if connection.in_flight >= IN_FLIGHT_LIMIT:
            return refused(RateLimited(retry_after=1))
        connection.in_flight += 1
        structlog.contextvars.bind_contextvars(socket=socket)  # an event has a greenlet, and so a context, of its own
        try:
            services().limits.allow_local(event, connection.user)
            with tracing.begin(event):
                return EVENTS[event](connection, raw, self._enter)
        except ChatError as error:
            return refused(error)
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("command_degraded", command=event, **cause_of(error))
            return refused(Degraded(retry_after=2))
        except Exception:
            log.exception("command_failed", command=event, user=connection.user)
            return internal()
        finally:
            connection.in_flight -= 1
