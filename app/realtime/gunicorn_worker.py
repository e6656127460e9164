"""gunicorn's gevent-websocket worker, which also refuses what must not become a websocket.

gevent-websocket upgrades a connection before the application is asked, so a foreign page would be answered 101 and
closed afterwards. This handler looks first: only the Socket.IO path is upgraded, only for origins that are ours, and a
browser's cookie counts only beside an Origin header.

An open websocket outlives its handler, which ends as after any other request (``app/realtime/link.py``).
"""

import _socket
import os
from collections.abc import Iterable
from typing import Any

from geventwebsocket.gunicorn.workers import GeventWebSocketWorker
from geventwebsocket.handler import WebSocketHandler

from app.realtime.link import READ_BYTES, Link
from app.realtime.polled import PolledWebSocket
from app.realtime.transport import LEAVE, LINK

SOCKET_PATH = "/socket.io/"


class OriginHandler(WebSocketHandler):  # type: ignore[misc]
    """One connection."""

    socket: Any

    def upgrade_websocket(self) -> Any:
        """Upgrade, or answer 400 or 503; None where no upgrade was asked for."""
        if self.environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return None
        settings = self.application.extensions["settings"]
        if not may_upgrade(self.environ, settings.allowed_origins):
            return self._refuse("400 Bad Request", b"This origin may not open a socket here.")
        if Link.followed >= self.server.pool.size:  # which counts handlers, and links have none
            return self._refuse("503 Service Unavailable", b"This server has as many sockets as it may have.")
        answer = super().upgrade_websocket()
        if getattr(self, "websocket", None) is not None:
            self._link()
        return answer

    def run_websocket(self) -> None:
        """Hand the websocket to the application, which may keep it."""
        link: Link = self.environ[LINK]
        super().run_websocket()
        if self.socket is not None:
            link.close()

    def _refuse(self, status: str, why: bytes) -> list[bytes]:
        self.start_response(status, [("Content-Type", "text/plain"), ("Connection", "close")])
        return [why]

    def _link(self) -> None:
        """Give the websocket the connection's one way out, and whoever is to follow it the link."""
        raw = socket_beneath(self.socket)
        self.environ[LINK] = link = Link(raw)
        self.environ[LEAVE] = self._leave
        self.websocket.__class__ = PolledWebSocket
        self.websocket.raw_read = self.rfile.read1
        self.websocket.raw_write = link.outgoing.write

    def _leave(self) -> bytes:
        """Let go of the connection without ending it; answers what was read past the handshake."""
        del self.environ[LEAVE]  # it holds this handler, and this handler holds it
        self.socket.settimeout(0.0)  # what is buffered, and nothing that has yet to come
        early: bytes = self.rfile.read1(READ_BYTES) or b""
        self.socket = None
        self.websocket.closed = True
        return early


def socket_beneath(connection: Any) -> _socket.socket:
    """A socket of its own for the same connection, the interpreter's and not gevent's: it never waits."""
    raw = _socket.socket(connection.family, connection.type, connection.proto, os.dup(connection.fileno()))
    raw.setblocking(False)
    return raw


def may_upgrade(environ: dict[str, Any], allowed_origins: Iterable[str]) -> bool:
    """Whether a request to become a websocket is for our path and not from a foreign page."""
    if not environ.get("PATH_INFO", "").startswith(SOCKET_PATH):
        return False
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        return not environ.get("HTTP_COOKIE")
    return origin in allowed_origins


class ChatterWorker(GeventWebSocketWorker):  # type: ignore[misc]
    """``worker_class`` in ``gunicorn.conf.py``."""

    wsgi_handler = OriginHandler
