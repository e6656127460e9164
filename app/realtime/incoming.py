"""Commands of direct sockets, read and answered past python-socketio's packets.

A command is ``42<id>["<event>",{…}]`` and its answer ``43<id>[{…}]``. The library takes two packets, two tables of
handlers and a search for bytes in either direction; here each is parsed and written once. Whatever else a client says
(the handshake, a pong, an event without an id or of another name) goes the library's way.
"""

import re
from typing import Any

import orjson

from app.greenlets import soon
from app.realtime.handlers import EVENTS, Dispatcher
from app.realtime.rooms import NAMESPACE
from app.realtime.transport import DirectSocket

COMMAND = re.compile(r'42(\d{1,15})(\[".*)', re.DOTALL)


class Incoming:
    """Implements ``app.realtime.transport.Commands``. ``manager`` knows which socket a transport carries."""

    def __init__(self, manager: Any, dispatcher: Dispatcher) -> None:
        self._manager = manager
        self._dispatcher = dispatcher

    def take(self, connection: DirectSocket, message: str) -> bool:
        """Start the command in ``message`` if it is one; raises ValueError where its JSON is none."""
        found = COMMAND.fullmatch(message) if isinstance(message, str) else None
        if found is None:
            return False
        socket = self._manager.sid_from_eio_sid(connection.sid, NAMESPACE)
        event, *arguments = orjson.loads(found[2])
        if event not in EVENTS or not self._dispatcher.knows(socket):
            return False
        soon(self._answer, connection, found[1], event, socket, arguments[0] if arguments else None)
        return True

    def _answer(self, connection: DirectSocket, id: str, event: str, socket: str, raw: Any) -> None:
        answer = orjson.dumps(self._dispatcher.dispatch(event, socket, raw))
        connection.tell(b"43%b[%b]" % (id.encode(), answer))
