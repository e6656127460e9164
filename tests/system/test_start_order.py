"""Processes that are started before their stores wait for them; a store that can never work still ends them."""

import json
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path

import pytest
import requests

from app.preflight import NEVER_WORKS
from dev.embedded import EmbeddedMongo, EmbeddedServer, EmbeddedValkey
from tests.installation import Installation
from tests.system.conftest import Person, wait_until


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[dict[str, EmbeddedServer]]:
    with EmbeddedValkey(tmp_path / "valkey") as valkey, EmbeddedMongo(tmp_path / "mongodb") as mongo:
        yield {"redis": valkey, "mongodb": mongo}


@pytest.fixture
def installation(tmp_path: Path, stores: dict[str, EmbeddedServer]) -> Iterator[Installation]:
    """Migrated, with nothing started but its own stores."""
    valkey, mongo = stores["redis"], stores["mongodb"]
    assert isinstance(valkey, EmbeddedValkey)
    assert isinstance(mongo, EmbeddedMongo)
    with Installation(tmp_path, valkey.url, mongo.uri_of("order")) as installation:
        yield installation


@pytest.mark.parametrize("order", list(permutations(("redis", "mongodb"))), ids="_then_".join)
def test_started_before_the_stores_they_wait_say_for_what_and_work_when_those_have_come(
    installation: Installation,
    stores: dict[str, EmbeddedServer],
    person: Callable[[str], Person],
    group: Callable[..., str],
    order: tuple[str, ...],
) -> None:
    ada = person("Ada")
    chat = group(ada)
    for store in stores.values():
        store.kill()
    web = installation.web(wait=False, EMBEDDED_COMMITTER="false")
    installation.worker()
    wait_until(lambda: _answers(f"{web.url}/health") == 200, 30)
    missing = set(order)
    for name in order:
        found = requests.get(f"{web.url}/health/ready", timeout=10).json()["parts"]
        assert {part for part in ("redis", "mongodb") if not found[part]["ok"]} == missing
        assert not found["stores"]["ok"]
        page = requests.get(f"{web.url}/sign-in", headers={"Accept": "text/html"}, timeout=20)
        assert page.status_code == (503 if "redis" in missing else 200), "a guest's session is in Redis"
        assert "<h1" in page.text
        wait_until(lambda: missing <= {line["store"] for line in _waiting(installation)}, 15)
        stores[name].start()
        missing.remove(name)
    web.wait_until_ready()
    assert ada.client(web.url).post(chat, "at last")["seq"] == 1
    assert "Traceback" not in installation.logs()
    for process, lines in _by_process(installation).items():
        assert len(lines) <= 2 * 20, f"{process} says it too often"


def test_a_setting_that_does_not_fit_a_store_that_came_late_ends_the_process(
    installation: Installation, stores: dict[str, EmbeddedServer]
) -> None:
    stores["mongodb"].kill()
    web = installation.web(wait=False, SHARD_COUNT="5")
    worker = installation.worker(SHARD_COUNT="5")
    wait_until(lambda: len(_by_process(installation)) == 2, 30)
    stores["mongodb"].start()
    for process in (web, worker):
        assert process.wait() == NEVER_WORKS
        assert "SHARD_COUNT is 5, but this installation was made with 4" in process.log.read_text()
    assert '"lease_taken"' not in installation.logs()


def _answers(url: str) -> int:
    try:
        return requests.get(url, timeout=5).status_code
    except requests.RequestException:
        return 0


def _waiting(installation: Installation) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in installation.logs().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "waiting_for_store"]


def _by_process(installation: Installation) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for line in _waiting(installation):
        found.setdefault(line["process"], []).append(line)
    return found
