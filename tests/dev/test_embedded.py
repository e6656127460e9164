"""The embedded servers keep what they acknowledged, and do not outlive whoever started them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pymongo import MongoClient, WriteConcern
from redis import Redis

from dev.embedded import EmbeddedMongo, EmbeddedServer, EmbeddedValkey, ServerFailed

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition: Callable[[], bool], within_seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def gone(pid: int) -> bool:
    """Whether no such process runs; one that waits to be reaped runs no more."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def test_valkey_keeps_every_acknowledged_write_when_killed(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path) as server:
        address = server.url
        with Redis.from_url(address) as client:
            for n in range(200):
                client.rpush("written", n)
        server.kill()
        assert not server.alive
        server.start()
        assert server.url == address
        with Redis.from_url(address) as client:
            assert client.llen("written") == 200
            assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_mongo_keeps_every_majority_write_when_killed(tmp_path: Path) -> None:
    with EmbeddedMongo(tmp_path) as server:
        address = server.uri
        with MongoClient(address) as client:
            journalled = client.get_default_database().get_collection(
                "written", write_concern=WriteConcern("majority", j=True)
            )
            for n in range(100):
                journalled.insert_one({"_id": n})
        server.kill()
        server.start()
        assert server.uri == address
        with MongoClient(address) as client:
            assert client.get_default_database().written.count_documents({}) == 100


@pytest.mark.parametrize("kind", [EmbeddedValkey, EmbeddedMongo])
def test_a_stopped_server_is_gone_and_its_port_free(kind: type[EmbeddedServer], tmp_path: Path) -> None:
    server = kind(tmp_path).start()
    pid = server.pid
    assert pid is not None
    server.stop()
    assert gone(pid)
    again = kind(tmp_path, server.port).start()
    again.stop()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match="valkey ended while starting"):
        EmbeddedValkey(tmp_path, options=("--no-such-option", "1")).start()


@pytest.mark.parametrize("patch", ["", "from gevent import monkey; monkey.patch_all()"], ids=["plain", "gevent"])
def test_no_server_outlives_its_killed_parent(patch: str, tmp_path: Path) -> None:
    program = f"""
{patch}
import time
from dev.embedded import EmbeddedMongo, EmbeddedValkey
valkey = EmbeddedValkey({str(tmp_path / "valkey")!r}).start()
mongo = EmbeddedMongo({str(tmp_path / "mongodb")!r}).start()
print(valkey.pid, mongo.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert len(pids) == 2
    assert not any(gone(pid) for pid in pids)
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for pid in pids:
        assert wait_until(lambda pid=pid: gone(pid)), f"process {pid} outlived its parent"


def test_the_clean_fixtures_are_clean(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    with Redis.from_url(clean_redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "over")
    with MongoClient(clean_mongodb_uri) as client:
        assert client.get_default_database().list_collection_names() == []
        client.get_default_database().left.insert_one({"over": True})


def test_the_clean_fixtures_are_clean_again(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    test_the_clean_fixtures_are_clean(clean_redis_url, clean_mongodb_uri)
