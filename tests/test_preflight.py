"""A store that can never work stops the start with one sentence."""

import subprocess
import sys
from pathlib import Path

import pytest
from redis import Redis

from app.models.connection import connect
from app.preflight import check_stores
from app.stores import connect_redis
from config import ConfigError, Settings
from dev.embedded import EmbeddedMongo
from migrations.runner import run
from tests.installation import ENVIRONMENT, ROOT


def settings(redis_url: str, mongodb_uri: str, **changed: str) -> Settings:
    return Settings.from_env(ENVIRONMENT | {"REDIS_URL": redis_url, "MONGODB_URI": mongodb_uri} | changed)


def test_a_redis_that_evicts_is_refused(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    redis = Redis.from_url(clean_redis_url)
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(ConfigError, match="noeviction"):
            check_stores(
                settings(clean_redis_url, clean_mongodb_uri), connect_redis(clean_redis_url), connect(clean_mongodb_uri)
            )
    finally:
        redis.config_set("maxmemory-policy", "noeviction")


def test_a_standalone_mongodb_is_refused(tmp_path: Path, clean_redis_url: str) -> None:
    with EmbeddedMongo(tmp_path, options=("--standalone",)) as standalone:
        uri = standalone.uri_of("chatter")
        with pytest.raises(ConfigError, match="replica set"):
            check_stores(settings(clean_redis_url, uri), connect_redis(clean_redis_url), connect(uri))


def test_another_shard_count_than_at_installation_is_refused(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    database = connect(clean_mongodb_uri)
    run(settings(clean_redis_url, clean_mongodb_uri), database)
    changed = settings(clean_redis_url, clean_mongodb_uri, SHARD_COUNT="5")
    with pytest.raises(ConfigError, match="SHARD_COUNT is 5, but this installation was made with 4"):
        check_stores(changed, connect_redis(clean_redis_url), database)


def test_a_worker_says_one_sentence_and_leaves(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    environment = ENVIRONMENT | {"REDIS_URL": clean_redis_url, "MONGODB_URI": clean_mongodb_uri, "SECRET_KEY": ""}
    ended = subprocess.run(
        [sys.executable, "-m", "app.background"],
        cwd=ROOT,
        env=environment | {"CHATTER_ENV": "production", "PUBLIC_URL": "https://chat.test"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 4
    assert ended.stderr.startswith("Chatter cannot start: SECRET_KEY")
    assert ended.stderr.count("\n") == 1
