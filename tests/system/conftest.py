"""People who speak Chatter's wire with a stock Socket.IO client and a token."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio
import websocket

from app.domain.ids import new_id
from app.models import Conversation, Device, Membership, User
from app.models.connection import connect
from app.services.devices import Devices
from app.services.tokens import Tokens
from app.stores import connect_redis
from config import Settings
from tests.installation import Installation

ACK_WITHIN_S = 15
HANDSHAKE = "/socket.io/?EIO=4&transport=websocket"


def wait_until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait until ``condition()`` is true; fail after ``seconds``."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"not true within {seconds} s"
        time.sleep(0.05)


class Person:
    """A signed-in person with a token; ``client(url)`` opens a socket to a server of your choice."""

    def __init__(self, id: str, name: str, token: str) -> None:
        self.id, self.name, self.token = id, name, token
        self._clients: list[Client] = []

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, url: str, *transports: str) -> "Client":
        client = Client(url, self.token, transports or ("websocket",))
        self._clients.append(client)
        return client

    def get(self, url: str) -> requests.Response:
        return requests.get(url, headers=self.headers, timeout=10)

    def close(self) -> None:
        for client in self._clients:
            client.close()


class Client:
    """A stock python-socketio client that keeps every entry it is pushed."""

    def __init__(self, url: str, token: str, transports: Sequence[str] = ("websocket",)) -> None:
        self.facts: list[tuple[str, dict[str, Any]]] = []
        self._changed = threading.Condition()
        self.io = socketio.Client(reconnection=False)
        self.io.on("*", self._hear)
        self.io.connect(url, auth={"token": token}, transports=list(transports), wait_timeout=10)

    def _hear(self, event: str, payload: Any = None) -> None:
        with self._changed:
            self.facts.append((event, payload))
            self._changed.notify_all()

    def call(self, event: str, **payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.io.call(event, payload, timeout=ACK_WITHIN_S)
        return answer

    def post(self, conversation: str, body: str, client_id: str | None = None) -> dict[str, Any]:
        return self.call("post", conversation=conversation, client_id=client_id or str(uuid.uuid4()), body=body)

    def entries(self, conversation: str) -> list[dict[str, Any]]:
        return [e for name, fact in self.facts if name == "entries" and fact["conversation"] == conversation
                for e in fact["entries"]]  # fmt: skip

    def wait_for(self, condition: Callable[["Client"], object], seconds: float = 10) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), seconds), (
                f"not true within {seconds} s: {self.facts}"
            )

    def close(self) -> None:
        if self.io.connected:
            self.io.disconnect()


def link_of(port: int, person: Person) -> websocket.WebSocket:
    """A websocket of a person who has been greeted; a stock client would hide its frames."""
    link = websocket.create_connection(f"ws://localhost:{port}{HANDSHAKE}", timeout=10, suppress_origin=True)
    link.send("40" + json.dumps({"token": person.token}))
    while not str(link.recv()).startswith("42"):  # the greeting
        pass
    return link


@pytest.fixture
def installation(tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str) -> Iterator[Installation]:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri) as installation:
        yield installation


@contextmanager
def signing_in(environment: dict[str, str], **fields: object) -> Iterator[Callable[[str], Person]]:
    """Make people who are signed in where these settings hold, without going through the sign-in page; their sockets are
    closed at the end. ``fields``: what their accounts have besides a name."""
    settings = Settings.from_env(environment)
    connect(settings.mongodb_uri)
    people: list[Person] = []
    with connect_redis(settings.redis_url) as redis:
        tokens = Tokens(settings, Devices(redis, publisher=None))

        def make(name: str) -> Person:
            user = User(name=name, **fields).save()
            device = Device(user=user.id, kind="api", name="test").save()
            people.append(Person(user.id, name, tokens.issue(user.id, device.id)[0]))
            return people[-1]

        yield make
        for one in people:
            one.close()


def people(environment: dict[str, str], *names: str) -> tuple[str, list[Person]]:
    """People who are signed in where these settings hold, and the id of a group of them; the first is its owner."""
    with signing_in(environment) as make:
        found = [make(name) for name in names]
    return group_of(*found), found


def group_of(*people: Person) -> str:
    """The id of a new group of them, whose log is empty; the first is its owner."""
    conversation = Conversation(id=new_id(), kind="group", title="Test", created_by=people[0].id)
    conversation.save(force_insert=True)
    for one in people:
        role = "owner" if one is people[0] else "member"
        Membership(conversation=conversation.id, user=one.id, role=role).save()
    return str(conversation.id)


@pytest.fixture
def person(installation: Installation) -> Iterator[Callable[[str], Person]]:
    """Make a person who is signed in."""
    with signing_in(installation.environment) as make:
        yield make


@pytest.fixture
def group(installation: Installation) -> Callable[..., str]:
    """Make a group of people whose log is empty; answers its id."""
    return group_of
