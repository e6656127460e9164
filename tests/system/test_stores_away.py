"""A store goes away under open sockets: people are told so, and nothing is lost or refused for good."""

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import socketio.exceptions
import websocket

from dev.embedded import EmbeddedMongo
from tests.installation import Installation
from tests.system.conftest import Person, wait_until

MORE_THAN_IN_TIME = 220
"""Sixty-four at once have four seconds each, and the others wait for eight."""


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[EmbeddedMongo]:
    """A MongoDB of this test's own, which it may kill."""
    with EmbeddedMongo(tmp_path / "mongodb") as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, clean_redis_url: str, mongo: EmbeddedMongo) -> Iterator[Installation]:
    with Installation(tmp_path, clean_redis_url, mongo.uri_of("away")) as installation:
        yield installation


def test_while_mongodb_is_away_every_command_says_degraded_and_the_retry_is_stored_once(
    installation: Installation, mongo: EmbeddedMongo, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    web = installation.web()
    ada = person("Ada")
    chat = group(ada)
    client = ada.client(web.url)
    assert client.post(chat, "before")["seq"] == 1
    mongo.kill()
    client_id = str(uuid.uuid4())
    codes: set[str] = set()

    def seen() -> bool:
        """At first the post is pending: who is in the chat was remembered, and Redis took it."""
        codes.add(client.post(chat, "meanwhile", client_id)["code"])
        return "degraded" in codes

    wait_until(seen, 40)
    assert codes <= {"pending", "degraded"}
    assert client.call("heads", visible=True)["code"] == "degraded"
    assert client.call("sync", conversation=chat, after=0)["code"] == "degraded"
    mongo.start()
    wait_until(lambda: client.post(chat, "meanwhile", client_id).get("seq") == 2, 30)
    assert [entry["body"] for entry in client.call("sync", conversation=chat, after=0)["entries"]] == [
        "before",
        "meanwhile",
    ]


def test_who_cannot_be_let_in_in_time_is_sent_away_and_let_in_when_the_store_is_back(
    installation: Installation, mongo: EmbeddedMongo, person: Callable[[str], Person]
) -> None:
    web, ada = installation.web(), person("Ada")
    address = web.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket"
    mongo.pause()
    try:
        waiting = [websocket.create_connection(address, origin=web.url, timeout=20) for _ in range(MORE_THAN_IN_TIME)]
        for link in waiting:
            link.send("40" + json.dumps({"token": ada.token}))
        refused = [_last_words(link) for link in waiting]
        assert any(words.startswith("44") and "degraded" in words for words in refused), "those let in first are told"
        assert any(words == "" for words in refused), "whose turn did not come is closed"
        assert "too_many_come_at_once" in installation.logs()
    finally:
        mongo.resume()

    def lets_in() -> bool:
        with contextlib.suppress(socketio.exceptions.ConnectionError):
            return bool(ada.client(web.url).call("heads", visible=True)["ok"])
        return False

    wait_until(lets_in, 30)


def _last_words(link: websocket.WebSocket) -> str:
    """The refusal that a server says to a socket, or nothing where it closes without."""
    with contextlib.suppress(websocket.WebSocketConnectionClosedException, OSError):
        while True:
            words = str(link.recv())
            if words == "2":
                link.send("3")
            elif words.startswith("4"):
                return words
            elif not words:
                break
    return ""
