"""What must be true of the stores before anything is written; each failure is one clear sentence.

A store that is away at the start is no failure: the process serves what it can (``/health``, pages that say so), waits,
and looks at the store when it has come. A store that can never work ends the process, then as well as at the start.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Any

import gevent
import structlog
from pymongo.database import Database
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError, ResponseError

from app.models import Installation
from app.models.operations import RESTORING
from app.stores import cause_of, masters_of
from config import ConfigError, Settings

log = structlog.get_logger(__name__)

OLDEST_REDIS = (7, 0)
NEVER_WORKS = 4
"""The exit code for a configuration that can never work: gunicorn's master then ends too, instead of trying for ever."""
LOOK_EVERY_S = 1.0
SAY_EVERY_S = 5.0


class Preflight:
    """Whether the stores were found fit. Nothing may be appended or committed before ``passed``."""

    def __init__(self, settings: Settings, redis: Redis, database: Database[dict[str, Any]]) -> None:
        self._settings = settings
        self._redis = redis
        self._database = database
        self._said = -SAY_EVERY_S
        self.passed = False

    def look(self) -> bool:
        """Check what answers. Raises ``ConfigError`` where a store can never work; False where one is away."""
        away = check_stores(self._settings, self._redis, self._database)
        self.passed = not away
        if away and time.monotonic() - self._said >= SAY_EVERY_S:
            self._said = time.monotonic()
            for error in away:
                log.warning("waiting_for_store", **cause_of(error))
        return self.passed

    def then(self, go_on: Callable[[], None]) -> None:
        """Call ``go_on`` once the stores are fit: now, or later in a greenlet of its own."""
        if self.passed:
            go_on()
        else:
            gevent.spawn(self._wait, go_on)

    def _wait(self, go_on: Callable[[], None]) -> None:
        try:
            while not self.look():
                gevent.sleep(LOOK_EVERY_S)
        except ConfigError as error:
            print(f"Chatter cannot go on: {error}", file=sys.stderr, flush=True)
            os._exit(NEVER_WORKS)  # sys.exit() would end this greenlet alone
        log.info("stores_checked")
        go_on()


def check_stores(settings: Settings, redis: Redis, database: Database[dict[str, Any]]) -> list[Exception]:
    """Raise ``ConfigError`` where a store can never work; answer the errors of those that are merely away."""
    away: list[Exception] = []
    try:
        check_redis(redis)
    except (RedisError, OSError) as error:
        away.append(error)
    try:
        check_mongodb(settings, database)
    except PyMongoError as error:
        away.append(error)
    return away


def check_redis(redis: Redis) -> None:
    """Each server that holds a part of the keys. Raises ConfigError, RedisError."""
    for server in masters_of(redis):
        _check_server(server, whole=server is redis)


def advice_on(redis: Redis) -> list[str]:
    """What should be changed in the configuration of one server; nothing where it hides it. Raises RedisError."""
    try:
        persists = redis.config_get("appendonly").get("appendonly") != "no"
        covers = redis.config_get("cluster-require-full-coverage").get("cluster-require-full-coverage")
    except ResponseError:
        return []  # hosted Redis hides CONFIG
    advice = [] if persists else ["set appendonly yes, or accepted messages wait for a client's retry"]
    if covers == "yes" and _in_cluster(redis):
        advice.append("set cluster-require-full-coverage no, or all masters stand still while one is away")
    return advice


def _in_cluster(redis: Redis) -> bool:
    return bool(redis.info("cluster").get("cluster_enabled"))


def _check_server(redis: Redis, *, whole: bool) -> None:
    """``whole``: all keys are to be on this one."""
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
    if whole and _in_cluster(redis):
        raise ConfigError("REDIS_URL names one node of a cluster: write redis+cluster://host:port,host:port/ instead.")
    for advice in advice_on(redis):
        log.warning("redis_advice", advice=advice)


def check_mongodb(settings: Settings, database: Database[dict[str, Any]]) -> None:
    hello = database.client.admin.command("hello")
    if not hello.get("setName") and hello.get("msg") != "isdbgrid":
        raise ConfigError(
            "MONGODB_URI points to a standalone MongoDB: Chatter's promise needs majority commits, "
            "so start it as a replica set (one member is enough)."
        )
    if RESTORING in database.list_collection_names():
        raise ConfigError(
            f"The database {database.name} is half restored: wait until the restore has ended, and if it was broken off, "
            "drop the database (db.dropDatabase() in mongosh) and restore again."
        )
    installation = Installation.objects(id="installation").first()
    if installation is not None and installation.shard_count != settings.shard_count:
        raise ConfigError(
            f"SHARD_COUNT is {settings.shard_count}, but this installation was made with {installation.shard_count}: "
            "a conversation's shard can never change."
        )
