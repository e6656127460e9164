"""Engine.IO over a websocket without a queue and a writing greenlet for every socket.

python-engineio puts each packet into a queue per socket, from which a greenlet of that socket writes: to tell 200
members one thing costs 200 queue operations, greenlet switches and encodings. Here a packet is framed once, however
many get it, and written at once by whoever sends it. Sockets that poll, or began by polling, keep the library's way.
"""

from collections.abc import Iterable
from typing import Any

import structlog
from engineio import exceptions, packet
from engineio.socket import Socket
from geventwebsocket.exceptions import ProtocolError, WebSocketError
from geventwebsocket.websocket import Header, WebSocket
from wsaccel.xormask import XorMaskerSimple

from app.realtime.outgoing import Outgoing, frame

log = structlog.get_logger(__name__)

OUTGOING = "chatter.outgoing"
"""Where the handshake's environment holds the connection's ``Outgoing``."""
MESSAGE_BYTES = "chatter.message_bytes"
"""And the size so far of the message that is being read, which may come in many frames."""
GOING_AWAY, TOO_LARGE = 1001, 1009


class BoundedWebSocket(WebSocket):  # type: ignore[misc]
    """gevent-websocket's, with messages of bounded size that are unmasked in C."""

    __slots__ = ()
    limit_bytes = 64 * 1024

    def read_frame(self) -> tuple[Header, bytes]:
        """The next frame; raises ProtocolError for a wrong one, WebSocketError at the end of the link."""
        header = Header.decode_header(self.stream)
        if header.flags or not header.mask:
            raise ProtocolError("a reserved bit, or a client's frame without a mask")
        earlier = self.environ.get(MESSAGE_BYTES, 0) if header.opcode == self.OPCODE_CONTINUATION else 0
        if earlier + header.length > self.limit_bytes:
            self.close(TOO_LARGE)
            raise WebSocketError("a message is too large")
        if header.opcode in (self.OPCODE_TEXT, self.OPCODE_BINARY, self.OPCODE_CONTINUATION):
            self.environ[MESSAGE_BYTES] = earlier + header.length
        if not header.length:
            return header, b""
        payload = self.raw_read(header.length)
        if len(payload) != header.length:
            raise WebSocketError("the link ended within a frame")
        return header, XorMaskerSimple(header.mask).process(payload)

    def close(self, code: int = 1000, message: bytes = b"") -> None:
        """Say goodbye with ``code``, which gevent-websocket's own frame leaves out, and let go of the stream."""
        if not self.closed:
            self.environ[OUTGOING].say_goodbye(code)
            super().close(code, message)


class DirectSocket(Socket):  # type: ignore[misc]
    """One Engine.IO connection that opened as a websocket."""

    outgoing: Outgoing | None = None

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
