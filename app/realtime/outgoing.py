"""A connection's only way out: written at once where the kernel takes it, held in order where it does not.

Facts go to hundreds of sockets from one greenlet, which must not wait for the slowest. So nothing here blocks: what the
kernel refuses is held and flushed by a greenlet of its own, and a peer that leaves ``HELD_LIMIT_BYTES`` unread is
disconnected. It loses nothing: the log has it all, and it asks when it comes back.
"""

import socket
from collections import deque
from typing import Any

import gevent

HELD_LIMIT_BYTES = 1_000_000

TEXT_FRAME, CLOSE_FRAME = 0x81, 0x88
"""First bytes of an unfragmented text frame and of a close frame (RFC 6455, 5.2)."""


def frame(payload: bytes, first_byte: int = TEXT_FRAME) -> bytes:
    """A server's websocket frame: never masked, never fragmented."""
    length = len(payload)
    if length < 126:
        return bytes((first_byte, length)) + payload
    if length <= 0xFFFF:
        return bytes((first_byte, 126)) + length.to_bytes(2, "big") + payload
    return bytes((first_byte, 127)) + length.to_bytes(8, "big") + payload


class Outgoing:
    """The writing side of one gevent socket. Every write of the connection must pass here, or frames would mix."""

    __slots__ = ("_ending", "_flusher", "_held", "_held_bytes", "_raw", "_socket")

    def __init__(self, connection: Any) -> None:
        self._socket = connection
        self._raw = connection._sock  # gevent's socket waits; the one beneath it says "not now"
        self._held: deque[bytes | memoryview] = deque()
        self._held_bytes = 0
        self._flusher: gevent.Greenlet | None = None
        self._ending = False

    def write(self, data: bytes) -> None:
        """Send ``data`` after everything that was written before, without waiting; raises OSError on a dead link."""
        if self._held:
            self._hold(data)
            return
        try:
            sent = self._raw.send(data)
        except BlockingIOError:
            sent = 0
        if sent < len(data):
            self._hold(memoryview(data)[sent:])

    def end(self) -> None:
        """No more is to come: close the link once all is written. Whoever reads it sees its end."""
        self._ending = True
        if not self._held:
            self._shut()

    def _hold(self, data: bytes | memoryview) -> None:
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > HELD_LIMIT_BYTES:
            self._shut()
        elif self._flusher is None:
            self._flusher = gevent.spawn(self._flush)

    def _flush(self) -> None:
        try:
            while self._held:
                self._socket.sendall(self._held[0])
                self._held_bytes -= len(self._held.popleft())
        except OSError:
            self._shut()
        else:
            if self._ending:
                self._shut()
        finally:
            self._flusher = None

    def _shut(self) -> None:
        self._held.clear()
        self._held_bytes = 0
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is down already
