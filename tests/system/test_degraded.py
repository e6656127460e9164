"""Stores away, committers frozen, a backlog that is full: named to the operator, typed answers, bounded, and it heals."""

import json
import signal
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from app.sequencing import keys
from app.stores import connect_redis
from dev.embedded import EmbeddedMongo, EmbeddedServer, EmbeddedValkey
from tests.installation import Installation, Web
from tests.system.conftest import Client, Person, wait_until

BACKLOG_LIMIT = 6
PRESSING = 24
OWN_COMMITTERS_ONLY = {"EMBEDDED_COMMITTER": "false"}


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
def mongo(tmp_path: Path) -> Iterator[EmbeddedMongo]:
    with EmbeddedMongo(tmp_path / "mongodb") as server:
        yield server


@pytest.fixture
def installation(tmp_path: Path, valkey: EmbeddedValkey, mongo: EmbeddedMongo) -> Iterator[Installation]:
    """An installation whose stores are its own."""
    settings = {"BACKLOG_LIMIT": str(BACKLOG_LIMIT), "POST_BURST": "1000", "POST_PER_SECOND": "1000"}
    with Installation(tmp_path, valkey.url, mongo.uri_of("degraded"), **settings) as installation:
        yield installation


def problems(web: Web) -> dict[str, str]:
    """What /health/ready complains of: part -> problem."""
    answer = requests.get(f"{web.url}/health/ready", timeout=10)
    found = {name: part["problem"] for name, part in answer.json()["parts"].items() if not part["ok"]}
    assert answer.status_code == (503 if found else 200)
    return found


def warnings(installation: Installation) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in installation.logs().splitlines() if line.startswith("{")]
    return [line for line in lines if line["level"] == "warning"]


def told(installation: Installation, event: str) -> set[str]:
    """Of which stores the log says this."""
    return {line["store"] for line in warnings(installation) if line["event"] == event}


@pytest.mark.parametrize("away", [("redis",), ("mongodb",), ("redis", "mongodb")], ids="+".join)
def test_a_store_that_is_away_is_named_and_what_waits_is_stored_once(
    installation: Installation,
    valkey: EmbeddedValkey,
    mongo: EmbeddedMongo,
    person: Callable[[str], Person],
    group: Callable[..., str],
    away: tuple[str, ...],
) -> None:
    stores: dict[str, EmbeddedServer] = {"redis": valkey, "mongodb": mongo}
    web, ada = installation.web(), person("Ada")
    chat, client = group(ada), ada.client(web.url)
    assert client.post(chat, "before")["seq"] == 1
    for name in away:
        stores[name].kill()
    client_id = str(uuid.uuid4())
    assert client.post(chat, "meanwhile", client_id)["code"] in ("pending", "degraded")
    assert client.post(chat, "behind it")["code"] == "degraded"
    assert client.call("heads", visible=True)["code"] == "degraded"
    found = problems(web)
    for name, shown in (("redis", "Redis"), ("mongodb", "MongoDB")):
        assert (name in found) == (name in away), found
        assert found.get(name, shown).startswith(shown)
    assert requests.get(f"{web.url}/health", timeout=5).status_code == 200
    wait_until(lambda: told(installation, "store_away") == set(away), 15)
    for name in away:
        stores[name].start()
    wait_until(lambda: not problems(web), 30)
    wait_until(lambda: told(installation, "store_back") == set(away), 15)
    wait_until(lambda: client.post(chat, "meanwhile", client_id).get("seq") == 2, 30)
    entries = client.call("sync", conversation=chat, after=0)["entries"]
    assert [entry["body"] for entry in entries] == ["before", "meanwhile"]


def test_a_silent_store_is_named_in_time_and_a_heartbeat_is_answered_in_time(
    installation: Installation, valkey: EmbeddedValkey, mongo: EmbeddedMongo, person: Callable[[str], Person]
) -> None:
    web, ada = installation.web(), person("Ada")
    client = ada.client(web.url)
    for name, store in (("redis", valkey), ("mongodb", mongo)):
        store.pause()
        try:
            assert client.io.call("heads", {"visible": True}, timeout=5)["code"] == "degraded", name
            assert (
                requests.get(f"{web.url}/health/ready", timeout=5)
                .json()["parts"][name]["problem"]
                .startswith("no answer")
            )
        finally:
            store.resume()
        wait_until(lambda: client.call("heads", visible=True)["ok"], 30)
    assert any(line["event"] == "store_silent" for line in warnings(installation))


def test_frozen_committers_and_a_full_backlog_are_named_and_the_stream_stays_bounded(
    installation: Installation, valkey: EmbeddedValkey, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    worker = installation.worker()
    web, ada = installation.web(**OWN_COMMITTERS_ONLY), person("Ada")
    chat, client = group(ada), ada.client(web.url)
    assert client.post(chat, "before")["seq"] == 1
    wait_until(lambda: max(stream_lengths(valkey)) == 0)
    worker.signal(signal.SIGSTOP)
    try:
        lengths, codes = press(client, chat, valkey, "meanwhile")
        assert codes == {"pending", "degraded"}
        assert max(lengths) == BACKLOG_LIMIT
        found = problems(web)
        assert set(found) == {"committers", "backlog"}
        assert found["committers"].startswith("no committer for shards")
        assert "is full: 6 entries wait" in found["backlog"]
        assert found["backlog"].startswith("shard ")
        full = [line for line in warnings(installation) if line["event"] == "backlog_full"]
        assert f"shard {full[0]['shard']} " in found["backlog"]
    finally:
        worker.signal(signal.SIGCONT)
    wait_until(lambda: not problems(web), 30)
    entries = client.call("sync", conversation=chat, after=0)["entries"]
    assert len(entries) == 1 + BACKLOG_LIMIT, "what was accepted is stored once; what was refused is not"
    assert max(stream_lengths(valkey)) == 0


def test_with_mongodb_frozen_and_senders_pressing_what_waits_is_bounded(
    installation: Installation,
    valkey: EmbeddedValkey,
    mongo: EmbeddedMongo,
    person: Callable[[str], Person],
    group: Callable[..., str],
) -> None:
    web, ada = installation.web(), person("Ada")
    chat, client = group(ada), ada.client(web.url)
    assert client.post(chat, "before")["seq"] == 1
    wait_until(lambda: max(stream_lengths(valkey)) == 0)
    mongo.pause()
    try:
        lengths, codes = press(client, chat, valkey, "one")
        more, again = press(client, chat, valkey, "two")
        assert codes | again == {"pending", "degraded"}
        assert again == {"degraded"}, "nothing new is accepted behind entries that are too old"
        assert max(lengths + more) == BACKLOG_LIMIT
    finally:
        mongo.resume()
    wait_until(lambda: max(stream_lengths(valkey)) == 0, 30)
    entries = client.call("sync", conversation=chat, after=0)["entries"]
    assert [entry["seq"] for entry in entries] == list(range(1, BACKLOG_LIMIT + 2))


def press(client: Client, chat: str, valkey: EmbeddedValkey, text: str) -> tuple[list[int], set[str]]:
    """Post from many sides at once; how long streams were meanwhile, and every answer's code (or all of it)."""
    with ThreadPoolExecutor(PRESSING) as pool:
        posts = [pool.submit(client.post, chat, f"{text} {n}") for n in range(PRESSING)]
        lengths: list[int] = []
        wait_until(lambda: lengths.extend(stream_lengths(valkey)) or all(post.done() for post in posts), 30)
        return lengths, {answer.get("code", str(answer)) for answer in (post.result() for post in posts)}


def stream_lengths(valkey: EmbeddedValkey) -> list[int]:
    redis = connect_redis(valkey.url)
    try:
        return [redis.xlen(keys.stream(shard)) for shard in range(4)]
    finally:
        redis.connection_pool.disconnect()
