"""One process commits every shard, however many there are."""

import time
from pathlib import Path

from tests.installation import Installation
from tests.system.conftest import wait_until

SHARDS = 80
LONGER_THAN_A_LEASE_S = 8


def test_a_process_keeps_more_shards_than_a_pool_has_connections(
    tmp_path: Path, clean_redis_url: str, clean_mongodb_uri: str
) -> None:
    with Installation(tmp_path, clean_redis_url, clean_mongodb_uri, SHARD_COUNT=str(SHARDS)) as installation:
        worker = installation.worker()
        wait_until(lambda: worker.log.read_text().count("lease_taken") == SHARDS, 60)
        time.sleep(LONGER_THAN_A_LEASE_S)
        logged = worker.log.read_text()
        assert [word for word in ("lease_expired", "lease_lost", "commit_paused") if word in logged] == []
        assert logged.count("lease_taken") == SHARDS
