"""The websocket of a connection that began by polling: gevent-websocket's, with messages of bounded size."""

from geventwebsocket.exceptions import ProtocolError, WebSocketError
from geventwebsocket.websocket import WebSocket

from app.realtime.frames import CLOSE, NORMAL, PING, PONG, TEXT, WrongFrame
from app.realtime.link import READ_BYTES, Link
from app.realtime.transport import LINK


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
