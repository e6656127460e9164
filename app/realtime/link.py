"""An open websocket that nobody waits for.

A greenlet that waits for each socket holds a stack, its frames and the request it began with: more than all the rest
of an idle connection. Here the loop itself calls when bytes have come; a greenlet exists while there is work.
"""

import _socket
from typing import Protocol

import gevent
import structlog

from app.realtime.frames import CLOSE, NORMAL, NOT_UTF8, PING, PONG, TEXT, Frames, WrongFrame, frame
from app.realtime.outgoing import Outgoing

log = structlog.get_logger(__name__)

LIMIT_BYTES = 64 * 1024
"""The most a client may say in one message."""
READ_BYTES = 64 * 1024
READ_AWAY_TIMES = 16
"""Who goes on talking after the end is not listened to for ever."""


class Listener(Protocol):
    """Who hears a link. The loop calls ``heard``, so nothing in it may wait; ``over`` may."""

    def heard(self, message: str | bytes) -> None:
        """One message. Raises ValueError where it is nonsense, which ends the link."""

    def over(self, nonsense: str | None) -> None:
        """The link ended; ``nonsense`` says why it was ended, if it was."""


class Link:
    """One websocket, upgraded already: what it said so far, its only way out, and from ``follow`` on its reading."""

    __slots__ = ("_listener", "_socket", "_watcher", "frames", "outgoing")
    followed = 0
    """How many there are in this process."""

    def __init__(self, connection: _socket.socket) -> None:
        self._socket = connection
        self.frames = Frames(LIMIT_BYTES)
        self._listener: Listener | None = None
        self.outgoing = Outgoing(connection)

    def follow(self, listener: Listener, early: bytes) -> None:
        """Tell ``listener`` what comes from now on; ``early`` was read already. Returns at once."""
        self._listener = listener
        Link.followed += 1
        self._watcher = gevent.get_hub().loop.io(self._socket.fileno(), 1)
        self._watcher.start(self._readable)
        if early:
            self._take(early)

    def close(self) -> None:
        """Let go of a link that was not followed."""
        self.outgoing.close()

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(data)
        else:
            self._end(None)

    def _take(self, data: bytes) -> None:
        assert self._listener is not None
        try:
            for opcode, payload in self.frames.take(data):
                if opcode == PING:
                    self.outgoing.write(frame(payload, PONG))
                elif opcode == CLOSE:
                    self.outgoing.say_goodbye(NORMAL)
                    self._end(None)
                    return
                elif opcode != PONG:
                    self._listener.heard(payload.decode() if opcode == TEXT else payload)
        except WrongFrame as wrong:
            self.outgoing.say_goodbye(wrong.code)
            self._end(str(wrong))
        except UnicodeDecodeError as error:
            self.outgoing.say_goodbye(NOT_UTF8)
            self._end(str(error))
        except ValueError as error:
            self._end(str(error))
        except Exception:
            log.exception("link_failed")
            self._end(None)

    def _end(self, nonsense: str | None) -> None:
        if self._listener is None:
            return
        listener, self._listener = self._listener, None
        self._watcher.stop()
        self._watcher.close()
        Link.followed -= 1
        gevent.spawn(self._finish, listener, nonsense)

    def _finish(self, listener: Listener, nonsense: str | None) -> None:
        try:
            listener.over(nonsense)
        finally:
            self._read_away()
            self.outgoing.close()

    def _read_away(self) -> None:
        """A socket closed with something unread is reset, and then its peer may never read our goodbye."""
        try:
            for _ in range(READ_AWAY_TIMES):
                if not self._socket.recv(READ_BYTES):
                    return
        except OSError:
            pass
