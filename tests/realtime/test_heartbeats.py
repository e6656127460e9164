"""What the server tells of a socket that closes while it says that it lives."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from app.realtime import handlers
from app.realtime.connections import Connection, Connections


def test_a_socket_that_closes_during_its_heartbeat_is_known_to_have_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    connections = Connections()
    heard: list[object] = []
    connection = Connection("socket", "ada", "telephone", visible=False)
    connections.add(connection)

    def beat(user: str, socket: str, visible: bool, is_open: Callable[[], bool]) -> None:
        heard.append((user, socket, visible, is_open()))
        connections.remove("socket")
        heard.append(is_open())

    monkeypatch.setattr(handlers, "services", lambda: SimpleNamespace(presence=SimpleNamespace(beat=beat)))
    handlers.say_alive(connection)
    assert heard == [("ada", "socket", False, True), False]
