"""A store goes away under open sockets: people are told so, and nothing is lost or refused for good."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev.embedded import EmbeddedMongo
from tests.installation import Installation
from tests.system.conftest import Person, wait_until


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
