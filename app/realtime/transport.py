"""Engine.IO over a websocket without a queue and a writing greenlet for every socket.

python-engineio puts each packet into a queue per socket, from which a greenlet of that socket writes: to tell 200
members one thing costs 200 queue operations, greenlet switches and encodings. Here a packet is framed once, however
many get it, and written at once by whoever sends it. Sockets that poll, or began by polling, keep the library's way.
"""

import time
from collections.abc import Iterable
from typing import Any, Protocol

import structlog
from engineio import exceptions, packet
from engineio.socket import Socket
from geventwebsocket.exceptions import ProtocolError, WebSocketError
from geventwebsocket.websocket import WebSocket
from wsaccel.xormask import XorMaskerSimple

from app.realtime.outgoing import Outgoing, frame
from app.realtime.pings import Pings

log = structlog.get_logger(__name__)

OUTGOING = "chatter.outgoing"
"""Where the handshake's environment holds the connection's ``Outgoing``."""
GOING_AWAY, TOO_LARGE = 1001, 1009
PING = packet.Packet(packet.PING)
FIN, RESERVED, OPCODE, CONTROL, MASKED, LENGTH = 0x80, 0x70, 0x0F, 0x08, 0x80, 0x7F
"""Bits of a frame's first two bytes (RFC 6455, 5.2)."""
LENGTH_OF_CONTROL, LENGTH_IN_2 = 125, 126
"""The most a control frame may have; what says that the length stands in the next two bytes."""


class BoundedWebSocket(WebSocket):  # type: ignore[misc]
    """gevent-websocket's, with messages of bounded size that are read in few steps and unmasked in C."""

    __slots__ = ()
    limit_bytes = 64 * 1024

    def read_message(self) -> str | bytes | None:
        """The next message, None after a close frame.

        Raises ProtocolError or UnicodeError for a wrong one, WebSocketError at the end of the link.
        """
        parts: list[bytes] = []
        kind, size = 0, 0
        while True:
            first, payload = self._read_frame(self.limit_bytes - size)
            opcode = first & OPCODE
            if opcode >= CONTROL:
                if not self._control(opcode, payload):
                    return None
                continue
            if (opcode == self.OPCODE_CONTINUATION) != bool(kind) or opcode > self.OPCODE_BINARY:
                raise ProtocolError("a frame that does not continue what was begun")
            kind = kind or opcode
            if payload:  # any number of empty frames must cost nothing
                size += len(payload)
                parts.append(payload)
            if first & FIN:
                break
        message = parts[0] if len(parts) == 1 else b"".join(parts)
        return message.decode() if kind == self.OPCODE_TEXT else message

    def _read_frame(self, limit: int) -> tuple[int, bytes]:
        """The next frame's first byte and its payload, which may have ``limit`` bytes."""
        first, second = self._read(2)
        length = second & LENGTH
        if first & RESERVED or not second & MASKED:
            raise ProtocolError("a reserved bit, or a client's frame without a mask")
        if first & CONTROL and (length > LENGTH_OF_CONTROL or not first & FIN):
            raise ProtocolError("a control frame that is long or in pieces")
        if length > LENGTH_OF_CONTROL:
            length = int.from_bytes(self._read(2 if length == LENGTH_IN_2 else 8), "big")
        if length > limit:
            self.close(TOO_LARGE)
            raise WebSocketError("a message is too large")
        mask = self._read(4)
        return first, XorMaskerSimple(mask).process(self._read(length)) if length else b""

    def _read(self, count: int) -> bytes:
        data: bytes = self.raw_read(count)
        if len(data) != count:
            raise WebSocketError("the link ended within a frame")
        return data

    def _control(self, opcode: int, payload: bytes) -> bool:
        """Do what a control frame says; whether anything may follow it."""
        if opcode == self.OPCODE_PING:
            self.handle_ping(None, payload)
        elif opcode == self.OPCODE_CLOSE:
            self.handle_close(None, payload)
        elif opcode != self.OPCODE_PONG:
            raise ProtocolError("an unknown kind of frame")
        return bool(opcode != self.OPCODE_CLOSE)

    def close(self, code: int = 1000, message: bytes = b"") -> None:
        """Say goodbye with ``code``, which gevent-websocket's own frame leaves out, and let go of the stream."""
        if not self.closed:
            self.environ[OUTGOING].say_goodbye(code)
            super().close(code, message)


class Commands(Protocol):
    """Who takes commands off a direct socket before the library sees them."""

    def take(self, connection: "DirectSocket", message: str) -> bool:
        """Whether the message is a command and will be answered; raises ValueError where it only begins as one."""


class DirectSocket(Socket):  # type: ignore[misc]
    """One Engine.IO connection that opened as a websocket."""

    outgoing: Outgoing | None = None
    commands: Commands | None = None
    pings: Pings | None = None
    last_ping: float | None

    def schedule_ping(self) -> None:
        """Called when the connection opens and at each pong."""
        if self.pings is None:
            super().schedule_ping()
        elif self.last_ping:
            self.last_ping = None
            self.pings.schedule(self)

    def ping(self) -> None:
        """Send a ping, unless the connection is over; what it is not answered in time ends it."""
        if not self.closing and not self.closed:
            self.last_ping = time.time()
            self.send(PING)

    def tell(self, message: bytes) -> None:
        """Write one Engine.IO message that is encoded already; nothing where the connection is over."""
        if self.outgoing is not None and not self.closed and self.check_ping_timeout():
            self.outgoing.write(frame(message))

    def send(self, pkt: packet.Packet) -> None:
        """Write a packet; a dead link is noticed by whoever reads it."""
        if self.outgoing is None:
            super().send(pkt)
        elif self.check_ping_timeout():
            self.outgoing.write(_framed(pkt))

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Say so, unless ``abort``, and end the link."""
        if self.outgoing is None:
            super().close(wait, abort, reason)
            return
        if not self.closed and not self.closing:
            super().close(wait=False, abort=abort, reason=reason)
            self.outgoing.say_goodbye(GOING_AWAY)
            self.outgoing.end()

    def _websocket_handler(self, ws: Any) -> list[Any]:
        if self.connected:  # it polled before
            return super()._websocket_handler(ws)  # type: ignore[no-any-return]
        self._open(ws.environ[OUTGOING])
        try:
            while (message := ws.wait()) is not None and len(message) <= self.server.max_http_buffer_size:
                try:
                    if self.commands is None or not self.commands.take(self, message):
                        self.receive(packet.Packet(encoded_packet=message))
                except exceptions.UnknownPacketError:
                    pass
        except (exceptions.SocketIsClosedError, OSError):
            pass
        except ValueError as error:
            log.info("socket_spoke_nonsense", transport=self.sid, detail=str(error)[:100])
        except Exception:
            log.exception("socket_failed", transport=self.sid)
        self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        return []

    def _open(self, outgoing: Outgoing) -> None:
        """Write what was queued during the handshake; from now on everything goes out directly."""
        while not self.queue.empty():
            outgoing.write(_framed(self.queue.get_nowait()))
        self.connected = self.upgraded = True
        self.outgoing = outgoing


def tell(server: Any, transports: Iterable[str], message: str) -> None:
    """Send one Engine.IO message, the same bytes, to many transports of ``server``."""
    framed, pkt = frame(message.encode()), None
    for sid in transports:
        connection = server.sockets.get(sid)
        if connection is None or connection.closed:
            continue
        outgoing = getattr(connection, "outgoing", None)
        if outgoing is not None:
            outgoing.write(framed)
        else:  # it polls
            pkt = pkt or packet.Packet(packet.MESSAGE, message[1:])
            server.send_packet(sid, pkt)


def _framed(pkt: packet.Packet) -> bytes:
    """The packet's frame, kept with it: a fact to a room is one packet for all."""
    framed: bytes | None = getattr(pkt, "framed", None)
    if framed is None:
        framed = pkt.framed = frame(pkt.encode().encode())
    return framed
