"""The Socket.IO server of a web process: who may connect, which rooms they join, what they may say."""

import os
import random
import time
from typing import Any

import gevent
import structlog
from flask import Flask, request
from flask_socketio import ConnectionRefusedError, SocketIO
from gevent.lock import BoundedSemaphore
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.domain.errors import ChatError, Degraded
from app.realtime import monitor, rooms, wire_json
from app.realtime.authentication import Caller, authenticate
from app.realtime.broadcast import BroadcastManager
from app.realtime.connections import Connection, Connections
from app.realtime.deadline import Deadline
from app.realtime.handlers import EVENTS, Dispatcher, say_alive
from app.realtime.incoming import Incoming
from app.realtime.later import Later
from app.realtime.link import Link
from app.realtime.polled import PolledSocket
from app.realtime.transport import LINK, DirectSocket
from app.services.registry import services
from app.stores import cause_of
from config import Settings

log = structlog.get_logger(__name__)

PING_INTERVAL_S = 10
PING_TIMEOUT_S = 10
MAX_FRAME_BYTES = 64 * 1024
NAMESPACE_WITHIN_S = 10
CONNECT_WITHIN_S = 4.0
ADMITTED_AT_ONCE = 64
"""When a server is gone, thousands come here within seconds. Those admitted at once are looked up together."""
ADMISSION_WITHIN_S = 8.0
DRAIN_WITHIN_S = 5.0
DRAIN_PER_S = 400
ANSWER_WITHIN_S = 1.5
GOODBYE_S = 0.5
NAMESPACE_CONNECT = "0"
"""How a message begins that asks for a namespace, and so to be let in."""
_NO_ENVIRONMENT: dict[str, Any] = {}
"""What is kept of the request that a socket began with."""


class RealtimeServer:
    """Flask-SocketIO, wired. ``connections`` are the sockets of this process."""

    def __init__(self, app: Flask, settings: Settings, redis: Redis) -> None:
        self.connections = Connections()
        self.socketio = SocketIO(
            app,
            async_mode="gevent",
            client_manager=BroadcastManager(redis, settings.redis_queue_url),
            json=wire_json,
            manage_session=False,
            transports=list(settings.transports),
            cors_allowed_origins=list(settings.allowed_origins),
            ping_interval=PING_INTERVAL_S,
            ping_timeout=PING_TIMEOUT_S,
            max_http_buffer_size=MAX_FRAME_BYTES,
            logger=False,
            engineio_logger=False,
        )
        if settings.socket_admin_password:
            monitor.admit(self.socketio.server, settings.socket_admin_password, f"{settings.server_id}-{os.getpid()}")
        app.jinja_env.globals["socket_transports"] = ",".join(settings.transports)
        self._dispatcher = Dispatcher(self.connections, self._enter)
        self._incoming = Incoming(self.socketio.server.manager, self._dispatcher)
        self._pings = Later(PING_INTERVAL_S)
        self._looks_for_silence = Later(NAMESPACE_WITHIN_S)
        self._drained_by: float | None = None
        self._admissions = BoundedSemaphore(ADMITTED_AT_ONCE)
        self.socketio.on_event("connect", self._connect)
        # Below Flask's request context: it costs more than the rest of a handler, and holds what the socket began with.
        self.socketio.server.on("disconnect", self._disconnect, namespace="/")
        for event in EVENTS:
            self.socketio.server.on(event, self._handler(event), namespace="/")
        self.socketio.server.on("*", self._unknown, namespace="/")
        transports = self.socketio.server.eio
        transports.on("connect", self._expect_namespace(transports.handlers["connect"]))
        transports.on("message", self._understood(transports.handlers["message"]))

    def close_devices(self, devices: list[str]) -> None:
        """Close this process's sockets of devices that were signed out."""
        for connection in self.connections.of_devices(devices):
            self.close(connection.socket, "signed_out")

    def drain(self) -> None:
        """The process is about to end: close the transports, spread out, so that clients reconnect elsewhere.

        The transport is closed and not the namespace: clients take the first for a lost connection and come back.
        """
        server = self.socketio.server
        transports = list(server.eio.sockets)
        spread_s = min(DRAIN_WITHIN_S, len(transports) / DRAIN_PER_S)
        self._drained_by = time.monotonic() + spread_s + ANSWER_WITHIN_S + GOODBYE_S
        for transport in transports:
            gevent.spawn_later(random.uniform(0, spread_s), self._leave, transport)

    def until_drained(self) -> None:
        """Wait for what ``drain`` began; nothing else keeps a process with open sockets alive."""
        while self._drained_by is not None and Link.followed and time.monotonic() < self._drained_by:
            gevent.sleep(0.02)

    def _leave(self, transport: str) -> None:
        """Close a transport once its commands are answered, or it is too late for that."""
        server = self.socketio.server
        limit = time.monotonic() + ANSWER_WITHIN_S
        while time.monotonic() < limit:
            connection = self.connections.get(server.manager.sid_from_eio_sid(transport, "/"))
            if connection is None or not connection.in_flight:
                break
            gevent.sleep(0.02)
        server.eio.disconnect(transport)

    def close(self, socket: str, reason: str) -> None:
        """Say why and close one socket."""
        self.socketio.server.manager.emit(
            "signed_out", {"reason": reason}, namespace="/", room=socket, ignore_queue=True
        )
        gevent.spawn_later(0.2, self.socketio.server.disconnect, socket, ignore_queue=True)

    def _enter(self, socket: str, room: str) -> None:
        self.socketio.server.enter_room(socket, room)

    def _handler(self, event: str) -> Any:
        def handle(socket: str, raw: Any = None, *_: Any) -> Any:
            return self._dispatcher.dispatch(event, socket, raw)

        return handle

    def _unknown(self, event: str, socket: str, *_: Any) -> Any:
        return {"ok": False, "code": "invalid", "message": f"There is no command {str(event)[:40]!r}."}

    def _connect(self, auth: Any = None) -> None:
        socket: str = request.sid  # type: ignore[attr-defined]
        request.routing_exception = None  # Flask has no such path; what says so holds all that is under way
        try:
            caller, conversations = self._admit(socket, auth, Deadline(CONNECT_WITHIN_S))
        except ChatError as error:
            self._refuse(socket, error)
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("connect_failed", socket=socket, **cause_of(error))
            self._refuse(socket, Degraded(retry_after=2))
        except Exception:
            log.exception("connect_broken", socket=socket)
            self._refuse(socket, Degraded(retry_after=5))
        self._forget_request(socket)
        log.info("socket_connected", socket=socket, user=caller.user, device=caller.device)
        gevent.spawn(self._greet, socket, caller.user, conversations)

    def _admit(self, socket: str, auth: Any, deadline: Deadline) -> tuple[Caller, list[str]]:
        """Whose socket it is, and their conversations; it hears what concerns them from now on."""
        caller = deadline.ask(lambda: authenticate(auth))
        self._enter(socket, rooms.EVERYBODY)
        self._enter(socket, rooms.of_user(caller.user))
        self._enter(socket, rooms.of_device(caller.device))
        places = deadline.ask(lambda: services().messages.rooms(caller.user))
        for conversation, epoch in places:
            self._enter(socket, rooms.of_conversation(conversation, epoch))
        connection = Connection(socket, caller.user, caller.device)
        self.connections.add(connection)
        deadline.ask(lambda: say_alive(connection))
        return caller, [conversation for conversation, _ in places]

    def _forget_request(self, socket: str) -> None:
        """The request has said who is behind the socket; with its headers it is larger than all the rest."""
        server = self.socketio.server
        transport = server.manager.eio_sid_from_sid(socket, "/")
        if transport in server.environ:
            server.environ[transport] = _NO_ENVIRONMENT

    def _refuse(self, socket: str, error: ChatError) -> None:
        self.connections.remove(socket)
        wire = error.to_wire()
        raise ConnectionRefusedError(wire["message"], wire) from error

    def _greet(self, socket: str, user: str, conversations: list[str]) -> None:
        """Say where everything stands; what was queued while the user was away is part of that."""
        try:
            with self._admissions:
                heads = services().messages.heads_of(conversations)
                queued = services().messages.drain_queue(user)
            merged = heads | {c: max(head, heads.get(c, 0)) for c, head in queued.items() if c in heads}
        except (ChatError, RedisError, PyMongoError, OSError) as error:
            log.warning("greeting_failed", socket=socket, **cause_of(error))
            return
        self.socketio.server.manager.emit("heads", {"heads": merged}, namespace="/", room=socket, ignore_queue=True)

    def _disconnect(self, socket: str, reason: Any = None) -> None:
        connection = self.connections.remove(socket)
        if connection is None:
            return
        log.info("socket_disconnected", socket=socket, user=connection.user, reason=str(reason))
        try:
            services().presence.gone(connection.user, socket)
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("presence_not_told", cause=type(error).__name__)

    def _expect_namespace(self, connect: Any) -> Any:
        """Close transports that open and never connect the namespace: they have shown no identity."""

        def on_connect(eio_sid: str, environ: Any) -> Any:
            connection = self.socketio.server.eio.sockets[eio_sid]
            if LINK in environ:
                connection.__class__ = DirectSocket
                connection.commands, connection.pings = self._incoming, self._pings
            else:
                connection.__class__ = PolledSocket
            self._looks_for_silence.note(lambda: self._close_if_silent(eio_sid))
            return connect(eio_sid, environ)

        return on_connect

    def _understood(self, message: Any) -> Any:
        """Close transports that send what is no packet; the library would only fill the log with its stack."""

        def on_message(eio_sid: str, data: Any) -> Any:
            try:
                if str(data[:1]) != NAMESPACE_CONNECT:
                    return message(eio_sid, data)
                if self._admissions.acquire(timeout=ADMISSION_WITHIN_S):
                    try:
                        return message(eio_sid, data)
                    finally:
                        self._admissions.release()
                log.warning("too_many_come_at_once", transport=eio_sid)
                self.socketio.server.eio.disconnect(eio_sid)
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                log.info("socket_spoke_nonsense", transport=eio_sid, detail=str(error)[:100])
                self.socketio.server.eio.disconnect(eio_sid)

        return on_message

    def _close_if_silent(self, eio_sid: str) -> None:
        server = self.socketio.server
        here = any(server.manager.sid_from_eio_sid(eio_sid, namespace) for namespace in ("/", monitor.NAMESPACE))
        if not here and eio_sid in server.eio.sockets:
            log.info("socket_never_connected", transport=eio_sid)
            gevent.spawn(server.eio.disconnect, eio_sid)
