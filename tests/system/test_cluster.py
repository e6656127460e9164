"""A Redis Cluster: people chat on two servers while a master is away, and while its replica takes over."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.ids import shard_of
from app.sequencing import keys
from app.sequencing.verification import verify
from app.stores import connect_redis
from dev.embedded import EmbeddedValkey
from tests.installation import Installation
from tests.redis_cluster import Servers, client_of, cluster_of, slot_of
from tests.system.conftest import Client, Person, group_of, people, wait_until
from tests.system.test_sentinel import until_stored

SHARDS = 4
SETTINGS = {"SHARD_COUNT": str(SHARDS), "POST_BURST": "100000", "POST_PER_SECOND": "10000"}
AWAY_S = 6.0
"""Longer than a lease lives, and than the other nodes need to say that the master failed."""
MEANWHILE_WITHIN_S = 4.0
FAILS_WITHIN_S = 20


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    """The first master has a replica."""
    with cluster_of(tmp_path / "cluster", replicas=1) as servers:
        yield servers


class Writers:
    """Two people on two servers, each of whom writes on and on into a conversation of each shard."""

    def __init__(self, clients: list[Client], conversations: list[str]) -> None:
        self._clients, self.conversations = clients, conversations
        self.said: dict[str, dict[int, str]] = {conversation: {} for conversation in conversations}
        self.errors: list[BaseException] = []
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._write, args=(n, client, conversation))
            for conversation in conversations
            for n, client in enumerate(clients)
        ]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self._threads)
        assert self.errors == []

    def count(self, conversation: str) -> int:
        return len(self.said[conversation])

    def until_more(self, conversations: list[str], seconds: float) -> None:
        """Until somebody wrote two more into each: the first may have been on its way."""
        before = {conversation: self.count(conversation) for conversation in conversations}
        wait_until(lambda: all(self.count(one) >= before[one] + 2 for one in conversations), seconds)

    def _write(self, n: int, client: Client, conversation: str) -> None:
        try:
            for number in range(100_000):
                if self._stopped.is_set():
                    return
                body = f"{n}: {number}"
                seq = until_stored(client, conversation, body)
                assert self.said[conversation].setdefault(seq, body) == body, f"{seq} was given twice"
                time.sleep(0.2)
        except BaseException as error:
            self.errors.append(error)


def conversations_of(writers: list[Person]) -> list[str]:
    """One on each shard."""
    found: dict[int, str] = {}
    while len(found) < SHARDS:
        conversation = group_of(*writers)
        found.setdefault(shard_of(conversation, SHARDS), conversation)
    return [found[shard] for shard in range(SHARDS)]


def on(servers: Servers, master: EmbeddedValkey, conversations: list[str]) -> list[str]:
    """Those whose shard this master serves."""
    shards = {n for n in range(SHARDS) if servers.of_slot(slot_of(keys.stream(n))) is master}
    return [one for one in conversations if shard_of(one, SHARDS) in shards]


def role(server: EmbeddedValkey) -> str:
    with client_of(server) as client:
        return str(client.info("replication")["role"])


def test_a_master_goes_and_comes_back_and_a_replica_takes_over(
    servers: Servers, clean_mongodb_uri: str, tmp_path: Path
) -> None:
    with Installation(tmp_path, servers.url, clean_mongodb_uri, **SETTINGS) as installation:
        installation.worker()
        webs = [installation.web(EMBEDDED_COMMITTER="false") for _ in range(2)]
        _, (ada, ben) = people(installation.environment, "Ada", "Ben")
        conversations = conversations_of([ada, ben])
        clients = [ada.client(webs[0].url), ben.client(webs[1].url)]
        first, second, _ = servers.masters
        with Writers(clients, conversations) as writers:
            writers.until_more(conversations, 20)

            second.kill()
            hit = on(servers, second, conversations)
            others = [one for one in conversations if one not in hit]
            assert hit and others
            until = time.monotonic() + AWAY_S
            while time.monotonic() < until:
                writers.until_more(others, MEANWHILE_WITHIN_S)
            second.start()
            writers.until_more(conversations, FAILS_WITHIN_S)

            first.kill()
            assert on(servers, first, conversations)
            wait_until(lambda: role(servers.replicas[0]) == "master", FAILS_WITHIN_S)
            writers.until_more(conversations, FAILS_WITHIN_S)
        check(servers, clients, writers)
        clients.append(ben.client(webs[0].url))
        for conversation in conversations:
            last = until_stored(clients[-1], conversation, "after all")
            assert last == writers.count(conversation) + 1
            for client in clients:
                client.wait_for(lambda c: last in {e["seq"] for e in c.entries(conversation)})  # noqa: B023
        assert doctor(installation) == {"ok"}
        for one in (ada, ben):
            one.close()
        assert "Traceback" not in installation.logs()
        assert "CROSSSLOT" not in installation.logs()


def doctor(installation: Installation) -> set[str]:
    """The states of all that it looks at: each master, the committers, every log."""
    ended = installation.run("-m", "app.doctor", "--json")
    found = [json.loads(line) for line in ended.stdout.splitlines()]
    assert {one["check"] for one in found} >= {"redis", "clocks", "committers", "backlog", "logs"}, ended.stderr
    return {one["state"] for one in found}


def check(servers: Servers, clients: list[Client], writers: Writers) -> None:
    """Every log is 1 to n without a hole, as it was acknowledged, and each server tells it so. What people were pushed
    meanwhile is part of it; what a server missed while it went to another master for its channel, they ask for."""
    with connect_redis(servers.url) as redis:
        for conversation, said in writers.said.items():
            verdict = verify(conversation, redis, SHARDS)
            assert (verdict.problems, verdict.head) == ([], len(said))
            for client in clients:
                page = stored(client, conversation)
                assert [entry["seq"] for entry in page] == list(range(1, verdict.head + 1))
                assert {entry["seq"]: entry["body"] for entry in page} == said
                assert len({entry["client_id"] for entry in page}) == len(page)
                assert all(page[entry["seq"] - 1] == entry for entry in client.entries(conversation))


def stored(client: Client, conversation: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    while True:
        page = client.call("sync", conversation=conversation, after=len(entries))["entries"]
        if not page:
            return entries
        entries += page
