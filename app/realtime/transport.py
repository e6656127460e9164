"""Engine.IO over a websocket without a queue and two greenlets for every socket.

python-engineio puts each packet into a queue per socket, from which a greenlet of that socket writes: to tell 200
members one thing costs 200 queue operations, greenlet switches and encodings. Here a packet is framed once, however
many get it, and written at once by whoever sends it; and what comes is told by the loop (``app/realtime/link.py``).
Sockets that poll, or began by polling, keep the library's way.
"""

import time
from collections.abc import Iterable
from typing import Any, Protocol

import gevent
import structlog
from engineio import exceptions, packet
from engineio.socket import Socket

from app.realtime.frames import GOING_AWAY, frame
from app.realtime.later import Later
from app.realtime.link import Link
from app.realtime.outgoing import Outgoing

log = structlog.get_logger(__name__)

LINK = "chatter.link"
"""Where the handshake's environment holds the connection's ``Link``."""
LEAVE = "chatter.leave"
"""And what makes the HTTP handler let go of it; answers the bytes that it has read too far."""
PING, PONG = packet.Packet(packet.PING), str(packet.PONG)
UNHEARD_LIMIT = 64
"""Messages that may wait for the library; an honest client sends one at a time."""


class Commands(Protocol):
    """Who takes commands off a direct socket before the library sees them."""

    def take(self, connection: "DirectSocket", message: str | bytes) -> bool:
        """Whether the message is a command and will be answered; raises ValueError where it only begins as one."""


class _NoQueue:
    """In the place of the library's queue for each socket: nothing waits in it."""

    def put(self, item: Any) -> None:
        pass


class DirectSocket(Socket):  # type: ignore[misc]
    """One Engine.IO connection that opened as a websocket. A ``Listener`` of its link."""

    queue: Any
    connected: bool
    outgoing: Outgoing | None = None
    commands: Commands | None = None
    pings: Later | None = None
    last_ping: float | None
    unheard: list[str | bytes] | None = None
    """What came for the library while it was busy with what came before."""

    def schedule_ping(self) -> None:
        """Called when the connection opens and at each pong."""
        if self.pings is None:
            super().schedule_ping()
        elif self.last_ping:
            self.last_ping = None
            self.pings.note(self.ping)

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

    def heard(self, message: str | bytes) -> None:
        """Take one message from the loop: start a command, note a pong, hand the rest to the library in order."""
        if self.commands is not None and self.commands.take(self, message):
            return
        if message == PONG:
            self.schedule_ping()
        elif self.unheard is None:
            self.unheard = [message]
            gevent.spawn(self._hand_over)
        elif len(self.unheard) < UNHEARD_LIMIT:
            self.unheard.append(message)
        else:
            raise ValueError("more than the library can hear")

    def over(self, nonsense: str | None) -> None:
        """The link is gone."""
        if nonsense is not None:
            log.info("socket_spoke_nonsense", transport=self.sid, detail=nonsense[:100])
        self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        self.server.sockets.pop(self.sid, None)

    def _hand_over(self) -> None:
        try:
            while self.unheard:
                try:
                    self.receive(packet.Packet(encoded_packet=self.unheard[0]))
                except exceptions.UnknownPacketError:
                    pass
                del self.unheard[0]
            self.unheard = None
        except exceptions.SocketIsClosedError:
            pass
        except ValueError as error:
            log.info("socket_spoke_nonsense", transport=self.sid, detail=str(error)[:100])
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
        except Exception:
            log.exception("socket_failed", transport=self.sid)
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)

    def _websocket_handler(self, ws: Any) -> list[Any]:
        if self.connected:  # it polled before
            return super()._websocket_handler(ws)  # type: ignore[no-any-return]
        link: Link = ws.environ[LINK]
        while not self.queue.empty():  # from the handshake; from now on everything goes out directly
            link.outgoing.write(_framed(self.queue.get_nowait()))
        self.queue = _NO_QUEUE
        self.connected = self.upgraded = True
        self.outgoing = link.outgoing
        link.follow(self, ws.environ[LEAVE]())
        return []


_NO_QUEUE = _NoQueue()


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
