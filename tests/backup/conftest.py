"""A log to copy, and an empty database to restore it into."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from redis import Redis

from app.backup.restoring import restore
from app.backup.taking import Taken, take
from app.models.connection import connect
from config import Settings
from dev.embedded import EmbeddedMongo
from migrations.runner import run as migrate
from tests.installation import ENVIRONMENT
from tests.sequencing.conftest import SHARDS, Log, make_log, redis

__all__ = ["make_log", "redis"]


@dataclass
class Site:
    """An installation without processes: its settings, its database, and a folder for its backup."""

    settings: Settings
    database: Database[dict[str, Any]]
    redis: Redis
    folder: Path

    def take(self) -> Taken:
        return take(self.database, self.folder, self.settings.shard_count, lambda _: None)

    def restore(self, *, empty_redis: bool = True) -> list[str]:
        """What was said."""
        said: list[str] = []
        restore(self.settings, self.database, self.redis, self.folder, empty_redis=empty_redis, say=said.append)
        return said


@pytest.fixture
def make_site(redis: Redis, clean_redis_url: str, embedded_mongo: EmbeddedMongo, tmp_path: Path) -> Iterator[Any]:
    names: list[str] = []

    def make(**settings: str) -> Site:
        """The next database, and MongoEngine's from now on."""
        names.append(f"test_{secrets.token_hex(6)}")
        uri = embedded_mongo.uri_of(names[-1])
        stores = {"MONGODB_URI": uri, "REDIS_URL": clean_redis_url, "SHARD_COUNT": str(SHARDS)}
        return Site(Settings.from_env(ENVIRONMENT | stores | settings), connect(uri), redis, tmp_path / "backup")

    yield make
    with MongoClient(embedded_mongo.uri) as client:
        for name in names:
            client.drop_database(name)


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    made = make_site()
    migrate(made.settings, made.database)
    return made


@pytest.fixture
def database(site: Site) -> None:
    """What ``make_log`` asks for."""


@pytest.fixture
def log(make_log: Callable[[], Log]) -> Log:
    return make_log()
