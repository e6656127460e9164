"""A connection that polls, and its websocket where it goes on over one: the libraries', with what comes bounded and judged."""

from typing import Any

import structlog
from engineio import exceptions
from engineio.socket import Socket
from geventwebsocket.exceptions import ProtocolError, WebSocketError
from geventwebsocket.websocket import WebSocket

from app.realtime.frames import CLOSE, NORMAL, PING, PONG, TEXT, WrongFrame
from app.realtime.link import READ_BYTES, Link
from app.realtime.transport import LINK

log = structlog.get_logger(__name__)


class PolledSocket(Socket):  # type: ignore[misc]
    """One Engine.IO connection that polls."""

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Take the packets that a request brought.

        Raises EngineIOError (an answer with status 400) where they are too large, too many or none, and ends the connection.
        The library would answer to most of that that all is well, and fill the log with its stack.
        """
        try:
            super().handle_post_request(environ)
        except (exceptions.EngineIOError, ValueError, LookupError) as error:
            log.info("socket_spoke_nonsense", transport=self.sid, detail=(str(error) or type(error).__name__)[:100])
            raise exceptions.EngineIOError from error

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the connection. Nobody waits for a client that polls to hear of it: it may never ask again."""
        super().close(wait and self.upgraded, abort, reason)


class PolledWebSocket(WebSocket):  # type: ignore[misc]
    """Reads and writes through its connection's ``Link``; ``raw_read`` answers what is there, however little."""

    __slots__ = ()

    def read_message(self) -> str | bytes | None:
        """The next message, None after a close frame.

        Raises ProtocolError or UnicodeError for a wrong one, WebSocketError at the end of the link.
        """
        link: Link = self.environ[LINK]
        data = b""
        try:
            while True:
                for opcode, payload in link.frames.take(data):
                    if opcode == PING:
                        self.handle_ping(None, payload)
                    elif opcode == CLOSE:
                        self.handle_close(None, payload)
                        return None
                    elif opcode != PONG:
                        return payload.decode() if opcode == TEXT else payload
                data = self.raw_read(READ_BYTES)
                if not data:
                    raise WebSocketError("the link ended")
        except WrongFrame as wrong:
            self.close(wrong.code)
            raise ProtocolError(str(wrong)) from None

    def close(self, code: int = NORMAL, message: bytes = b"") -> None:
        """Say goodbye with ``code``, which gevent-websocket's own frame leaves out, and let go of the stream."""
        if not self.closed:
            self.environ[LINK].outgoing.say_goodbye(code)
            super().close(code, message)
