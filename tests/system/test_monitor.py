"""Socket.IO's Admin UI: who has the password sees figures; nobody else sees anything, and by default there is none."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import socketio

from tests.installation import Installation
from tests.system.conftest import Person, wait_until

PASSWORD = "correct-horse-battery-staple-0815-4711"
LONGER_THAN_THE_SILENT_ARE_KEPT_S = 11


class Monitor:
    """What the UI does on the wire. ``heard`` are the facts it was told."""

    def __init__(self, url: str, **auth: str) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.io = socketio.Client(reconnection=False)
        self.io.on("*", lambda event, *data: self.heard.append((event, *data)), namespace="/admin")
        self.io.connect(url, auth=auth, namespaces=["/admin"], transports=["websocket"], wait_timeout=5)

    def told(self, event: str) -> list[Any]:
        return [fact[1] for fact in self.heard if fact[0] == event]


@pytest.fixture
def monitor() -> Iterator[Callable[..., Monitor]]:
    open_ones: list[Monitor] = []

    def connect(url: str, **auth: str) -> Monitor:
        open_ones.append(Monitor(url, **auth))
        return open_ones[-1]

    yield connect
    for one in open_ones:
        one.io.disconnect()


def test_the_password_shows_figures_and_nothing_else(
    installation: Installation,
    person: Callable[[str], Person],
    group: Callable[..., str],
    monitor: Callable[..., Monitor],
) -> None:
    installation.worker()
    web = installation.web(SOCKET_ADMIN_PASSWORD=PASSWORD)
    ada = person("Ada")
    for auth in (
        {},
        {"token": ada.token},
        {"username": "admin", "password": PASSWORD[:-1]},
        {"username": "root", "password": PASSWORD},
    ):
        with pytest.raises(socketio.exceptions.ConnectionError):
            monitor(web.url, **auth)
    ui = monitor(web.url, username="admin", password=PASSWORD)
    conversation = group(ada)
    hers = ada.client(web.url)
    hers.call("sync", conversation=conversation, after=0)
    assert hers.post(conversation, "hello")["ok"]
    wait_until(lambda: any(told["clientsCount"] >= 2 for told in ui.told("server_stats")))
    assert ui.told("config") == [{"supportedFeatures": ["AGGREGATED_EVENTS"]}]
    time.sleep(LONGER_THAN_THE_SILENT_ARE_KEPT_S)
    assert ui.io.connected, "it is not taken for somebody who never said who they are"
    assert {fact[0] for fact in ui.heard} == {"config", "server_stats"}
    assert hers.post(conversation, "it still works")["ok"]
    ui.io.emit("_disconnect", ("/", True), namespace="/admin")
    assert hers.post(conversation, "and it is read-only")["ok"]


def test_by_default_there_is_no_such_thing(installation: Installation, monitor: Callable[..., Monitor]) -> None:
    web = installation.web()
    with pytest.raises(socketio.exceptions.ConnectionError):
        monitor(web.url, username="admin", password="")
