"""Redis with a replica, and a sentinel that says who is the master."""

import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ConnectionError, RedisError

from app.stores import connect_redis
from dev.embedded import EmbeddedValkey, free_port
from dev.lifetimes import die_with_parent
from tests.installation import Installation
from tests.system.conftest import Client, people, wait_until

SERVICE = "chatter"
DOWN_AFTER_MS = 1_000
HEALED_WITHIN_S = 40


@dataclass
class Watched:
    """A master, its replica, and the sentinel that watches them."""

    first: EmbeddedValkey
    second: EmbeddedValkey
    sentinel: Redis
    port: int

    @property
    def url(self) -> str:
        # One sentinel is away, as it may be.
        return f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{self.port}/0/{SERVICE}"

    def master(self) -> int:
        return int(self.sentinel.execute_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)[1])


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with EmbeddedValkey(tmp_path / "first") as first:
        follow = ("--replicaof", f"127.0.0.1 {first.port}")
        with EmbeddedValkey(tmp_path / "second", options=follow) as second:
            port = free_port()
            configuration = tmp_path / "sentinel.conf"
            configuration.write_text(
                f"bind 127.0.0.1\nport {port}\nsentinel monitor {SERVICE} 127.0.0.1 {first.port} 1\n"
                f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}\n"
                f"sentinel failover-timeout {SERVICE} 6000\n"
            )
            program = first._command()[0]
            with (tmp_path / "sentinel.log").open("wb") as log:
                process = subprocess.Popen(
                    [program, str(configuration), "--sentinel"], stdout=log, stderr=log, preexec_fn=die_with_parent()
                )
            sentinel: Redis = Redis(port=port, decode_responses=True)
            watched = Watched(first, second, sentinel, port)
            try:
                wait_until(lambda: _knows_both(sentinel), 20)
                yield watched
            finally:
                sentinel.close()
                process.kill()
                process.wait()


def _knows_both(sentinel: Redis) -> bool:
    try:
        replicas = sentinel.execute_command("SENTINEL", "REPLICAS", SERVICE)
        told = [dict(zip(one[::2], one[1::2], strict=True)) if isinstance(one, list) else one for one in replicas]
        return any(one["master-link-status"] == "ok" for one in told)
    except RedisError:
        return False


def until_stored(client: Client, conversation: str, body: str) -> int:
    """What a browser does: the same client id until it is stored."""
    client_id, stored = str(uuid.uuid4()), []

    def ask() -> bool:
        answer = client.post(conversation, body, client_id)
        if answer["ok"]:
            stored.append(answer["seq"])
        else:
            assert answer["code"] in ("pending", "degraded"), answer
        return bool(stored)

    wait_until(ask, HEALED_WITHIN_S)
    return int(stored[0])


def test_a_dead_master_is_replaced_and_no_message_lost(
    watched: Watched, clean_mongodb_uri: str, tmp_path: Path
) -> None:
    with Installation(tmp_path, watched.url, clean_mongodb_uri) as installation:
        installation.worker()
        web = installation.web(EMBEDDED_COMMITTER="false")
        conversation, (ada, ben) = people(installation.environment, "Ada", "Ben")
        a, b = ada.client(web.url), ben.client(web.url)
        for n in range(1, 6):
            assert until_stored(a, conversation, f"{n}") == n
        assert watched.master() == watched.first.port
        watched.first.kill()
        for n in range(6, 16):
            assert until_stored((a, b)[n % 2], conversation, f"{n}") == n
        assert watched.master() == watched.second.port
        for client in (a, b):
            client.wait_for(lambda c: {e["seq"] for e in c.entries(conversation)} == set(range(1, 16)), 20)
        page = b.call("sync", conversation=conversation, after=0)
        assert [entry["body"] for entry in page["entries"]] == [str(n) for n in range(1, 16)]
        web.wait_until_ready()
        for one in (ada, ben):
            one.close()


def test_a_connection_to_who_is_no_master_any_more_is_given_up(watched: Watched) -> None:
    """The next one asks who is."""
    with connect_redis(watched.url, retries=0) as client, Redis(port=watched.first.port) as former:
        assert client.set("before", "1")
        former.execute_command("REPLICAOF", "127.0.0.1", watched.second.port)
        with pytest.raises(ConnectionError, match="the former master is a replica now"):
            client.set("after", "2")


def test_where_no_sentinel_answers_redis_is_away() -> None:
    with connect_redis(f"redis+sentinel://127.0.0.1:{free_port()}/0/{SERVICE}") as client:
        with pytest.raises(RedisError, match="no sentinel knows the master of chatter"):
            client.ping()
