"""What must be true of the stores before a process starts; each failure is one clear sentence."""

from typing import Any

import structlog
from pymongo.database import Database
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from app.models import Installation
from config import ConfigError, Settings

log = structlog.get_logger(__name__)

OLDEST_REDIS = (7, 0)


def check_stores(settings: Settings, redis: Redis, database: Database[dict[str, Any]]) -> None:
    """Raise ``ConfigError`` where a store can never work. A store that is merely away is waited for, not refused."""
    try:
        _check_redis(redis)
    except ConfigError:
        raise
    except (RedisError, OSError) as error:
        log.warning("redis_away_at_start", cause=type(error).__name__)
    try:
        _check_mongodb(settings, database)
    except ConfigError:
        raise
    except PyMongoError as error:
        log.warning("mongodb_away_at_start", cause=type(error).__name__)


def _check_redis(redis: Redis) -> None:
    server = redis.info("server")
    version = tuple(int(part) for part in str(server["redis_version"]).split(".")[:2])
    if version < OLDEST_REDIS:
        raise ConfigError(f"Redis {server['redis_version']} is too old: Chatter's scripts need 7.0 or newer.")
    policy = str(redis.info("memory").get("maxmemory_policy", "noeviction"))
    if policy != "noeviction":
        raise ConfigError(
            f"REDIS_URL points to a Redis that evicts keys (maxmemory-policy {policy}): "
            "set maxmemory-policy to noeviction, or accepted messages could vanish."
        )
    try:
        if redis.config_get("appendonly").get("appendonly") == "no":
            log.warning(
                "redis_without_aof", advice="set appendonly yes, or accepted messages wait for a client's retry"
            )
    except ResponseError:
        pass  # hosted Redis hides CONFIG


def _check_mongodb(settings: Settings, database: Database[dict[str, Any]]) -> None:
    hello = database.client.admin.command("hello")
    if not hello.get("setName") and hello.get("msg") != "isdbgrid":
        raise ConfigError(
            "MONGODB_URI points to a standalone MongoDB: Chatter's promise needs majority commits, "
            "so start it as a replica set (one member is enough)."
        )
    installation = Installation.objects(id="installation").first()
    if installation is not None and installation.shard_count != settings.shard_count:
        raise ConfigError(
            f"SHARD_COUNT is {settings.shard_count}, but this installation was made with {installation.shard_count}: "
            "a conversation's shard can never change."
        )
