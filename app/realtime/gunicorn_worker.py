"""gunicorn's gevent-websocket worker, which also refuses what must not become a websocket.

gevent-websocket upgrades a connection before the application is asked, so a foreign page would be answered 101 and
closed afterwards. This handler looks first: only the Socket.IO path is upgraded, only for origins that are ours, and a
browser's cookie counts only beside an Origin header.
"""

from collections.abc import Iterable
from typing import Any

from geventwebsocket.gunicorn.workers import GeventWebSocketWorker
from geventwebsocket.handler import WebSocketHandler

from app.realtime.outgoing import Outgoing
from app.realtime.transport import OUTGOING, BoundedWebSocket

SOCKET_PATH = "/socket.io/"
READ_BUFFER_BYTES = 2_048
"""What each open socket holds for as long as it lives; what is larger is read past it."""


class OriginHandler(WebSocketHandler):  # type: ignore[misc]
    """One connection."""

    def __init__(self, connection: Any, address: Any, server: Any) -> None:
        super().__init__(connection, address, server)
        self.rfile = connection.makefile("rb", READ_BUFFER_BYTES)

    def upgrade_websocket(self) -> Any:
        """Upgrade, or answer 400; None where no upgrade was asked for."""
        if self.environ.get("HTTP_UPGRADE", "").lower() != "websocket":
            return None
        settings = self.application.extensions["settings"]
        if not may_upgrade(self.environ, settings.allowed_origins):
            self.start_response("400 Bad Request", [("Content-Type", "text/plain"), ("Connection", "close")])
            return [b"This origin may not open a socket here."]
        answer = super().upgrade_websocket()
        if getattr(self, "websocket", None) is not None:
            self._write_directly()
        return answer

    def _write_directly(self) -> None:
        """Give the websocket bounded frames and the connection's one way out (``app/realtime/transport.py``)."""
        outgoing = Outgoing(self.socket)
        self.websocket.__class__ = BoundedWebSocket
        self.websocket.raw_write = outgoing.write
        self.environ[OUTGOING] = outgoing


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
