"""A connection's only way out: what is written within one turn of the loop leaves in one call, and nothing waits.

Facts go to hundreds of sockets from one greenlet, which must not wait for the slowest, and a call to the kernel costs
more than all the rest of a delivery. So a write is only noted; when the loop has run what was ready, each connection
sends what it has. What the kernel does not take is held and flushed by a greenlet of its own. A peer that takes nothing
for ``STALLED_S`` or leaves ``HELD_LIMIT_BYTES`` unread is disconnected. It loses nothing: the log has it all, and pages
are far smaller than the limit (``PAGE_BYTES`` in ``app/domain/entries.py``), so that it gets on when it comes back.
"""

import _socket
import socket

import gevent
from gevent.socket import wait_write

from app.realtime.frames import CLOSE, frame

SEND_NOW_BYTES = 256_000
HELD_LIMIT_BYTES = 4_000_000
STALLED_S = 10.0
CLOSING_S = 5.0
"""How long what is left may take once the connection is to end."""


class Outgoing:
    """The writing side of one socket that does not block. Every write must pass here, or frames would mix."""

    __slots__ = ("_ending", "_flusher", "_held", "_held_bytes", "_said_goodbye", "_socket")

    def __init__(self, connection: _socket.socket) -> None:
        self._socket = connection
        self._held: list[bytes] = []
        self._held_bytes = 0
        self._flusher: gevent.Greenlet | None = None
        self._ending = False
        self._said_goodbye = False

    def write(self, data: bytes) -> None:
        """Send ``data`` after everything that was written before, soon; nothing follows a goodbye.

        A dead link is noticed by who reads it.
        """
        if self._said_goodbye:
            return
        if not self._held and self._flusher is None:
            _turn.note(self)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > SEND_NOW_BYTES and self._flusher is None:
            self.send()
        if self._held_bytes > HELD_LIMIT_BYTES:
            self._shut()

    def say_goodbye(self, code: int) -> None:
        """Write a close frame with ``code`` (RFC 6455, 7.4), once, and at once: the link may be closed in this turn."""
        if self._said_goodbye:
            return
        self.write(frame(code.to_bytes(2, "big"), CLOSE))
        self._said_goodbye = True
        if self._flusher is None:
            self.send()

    def end(self) -> None:
        """No more is to come: close the link once all is written, or it took too long. Who reads it sees its end."""
        self._ending = True
        if not self._held and self._flusher is None:
            self._shut()
        else:
            gevent.spawn_later(CLOSING_S, self._shut)

    def close(self) -> None:
        """The link is over: close the socket, once nobody waits for it."""
        self._said_goodbye = True
        self._shut()
        if self._flusher is None:
            self._socket.close()
        else:
            self._flusher.link(lambda _: self._socket.close())

    def send(self) -> None:
        """Give the kernel what is held; what it does not take now, it is given later."""
        if not self._held or self._flusher is not None:
            return
        data = self._held[0] if len(self._held) == 1 else b"".join(self._held)
        self._held = []
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._shut()
            return
        self._held_bytes -= sent
        if sent < len(data):
            self._flusher = gevent.spawn(self._flush, data[sent:])
        elif self._ending:
            self._shut()

    def _flush(self, data: bytes) -> None:
        try:
            while data:
                wait_write(self._socket.fileno(), STALLED_S, TimeoutError("the peer takes nothing"))
                try:
                    sent = self._socket.send(data)
                except BlockingIOError:
                    continue
                self._held_bytes -= sent
                data = data[sent:]
                if not data:
                    data, self._held = b"".join(self._held), []
        except OSError:
            self._shut()
        finally:
            self._flusher = None
        if self._ending:
            self._shut()

    def _shut(self) -> None:
        self._held = []
        self._held_bytes = 0
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is down already


class _Turn:
    """Who has something to send at the end of this turn of the loop."""

    def __init__(self) -> None:
        self._noted: list[Outgoing] = []

    def note(self, outgoing: Outgoing) -> None:
        if not self._noted:
            gevent.get_hub().loop.run_callback(self._nearly_end)
        self._noted.append(outgoing)

    def _nearly_end(self) -> None:
        """Who was woken meanwhile speaks first: an answer and the fact of it leave in one call."""
        gevent.get_hub().loop.run_callback(self._end)

    def _end(self) -> None:
        noted, self._noted = self._noted, []
        for outgoing in noted:
            outgoing.send()


_turn = _Turn()
