"""A disk that is full under a store: the page says that sending is paused, and sends once when there is room again."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from dev.embedded import EmbeddedMongo, EmbeddedServer, EmbeddedValkey
from tests.browser.chromium import NETWORK_IS_AWAY
from tests.browser.conftest import SETTINGS, Joiner
from tests.browser.paused import A_HEARTBEAT_MS, SERVER_SAYS_NO, healed, meet, told_and_written_on
from tests.disks import full, mount_small, unmount
from tests.installation import Installation

pytestmark = pytest.mark.service_worker

SIZES = {"valkey": "64m", "mongodb": "300m"}


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[dict[str, Path]]:
    disks = {name: tmp_path / name for name in SIZES}
    try:
        if not all(mount_small(disk, SIZES[name]) for name, disk in disks.items()):
            pytest.skip("only root may mount the small disks")
        yield disks
    finally:
        for disk in disks.values():
            unmount(disk)


@pytest.mark.parametrize("which", list(SIZES))
def test_a_full_disk_is_told_and_two_messages_go_out_once(
    tmp_path: Path, disks: dict[str, Path], person_at: Joiner, which: str
) -> None:
    with EmbeddedValkey(disks["valkey"]) as valkey, EmbeddedMongo(disks["mongodb"]) as mongo:
        store: EmbeddedServer = {"valkey": valkey, "mongodb": mongo}[which]  # type: ignore[assignment]
        with Installation(tmp_path, valkey.url, mongo.uri, **SETTINGS) as own:
            url = own.web().url
            ann, ben = person_at("Ann", url), person_at("Ben", url)
            meet(ann, ben)
            for one in (ann, ben):
                one.complaints.expect(SERVER_SAYS_NO)
                one.complaints.expect(NETWORK_IS_AWAY)
            with full(disks[which]):
                _use_what_its_files_have_left(which, valkey, mongo)
                told_and_written_on(ann, first_says=True)
                ben.wait_for_standing("paused", within_ms=A_HEARTBEAT_MS)
            store.kill()  # the one ends by itself, the other answers errors even when there is room again
            store.start()
            healed(ann, ben)
            assert "Traceback" not in own.logs()


def _use_what_its_files_have_left(which: str, valkey: EmbeddedValkey, mongo: EmbeddedMongo) -> None:
    """A store's files are larger than what stands in them."""
    if which == "valkey":
        with Redis.from_url(valkey.url, socket_timeout=5) as redis, contextlib.suppress(RedisError):
            while True:
                redis.set("rubbish", b"0" * 5_000)
    client: MongoClient[dict[str, bytes]] = MongoClient(
        mongo.uri, serverSelectionTimeoutMS=3_000, socketTimeoutMS=5_000
    )
    with client, contextlib.suppress(PyMongoError):
        while which == "mongodb":
            client["other"]["rubbish"].insert_one({"x": b"0" * 500_000})
