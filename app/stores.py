"""Connections of a process to its two stores, and which of them an error is about."""

import weakref
from collections.abc import Callable
from typing import Any

from pymongo.errors import PyMongoError
from redis import BlockingConnectionPool, Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.cluster import Cluster, connect_cluster
from app.counts import STORE_FAILURES
from app.lines import Line, SharedLine
from app.links import Link, MasterLink
from app.masters import behind_sentinel

REDIS_CONNECTIONS = 32
READ_BYTES = 16_384
"""Each connection keeps a buffer of this size."""
WAIT_FOR_CONNECTION_S = 5
SOCKET_TIMEOUT_S = 5
CONNECT_TIMEOUT_S = 2


def connect(url: str, *, retries: int = 1, **options: Any) -> Redis:
    """A client of the Redis at ``url``, of the master that the sentinels in it name, or of the cluster. ``options`` are its pool's
    (each node's); ``retries`` are a cluster's, where the pool has no say."""
    cluster = connect_cluster(url, retries, **options)
    if cluster is not None:
        return cluster
    followed = behind_sentinel(url)
    if followed is None:
        return Redis(connection_pool=BlockingConnectionPool.from_url(url, **options))
    make: Any = BlockingConnectionPool
    pool: BlockingConnectionPool = make(**options | followed | {"connection_class": MasterLink})
    return Redis(connection_pool=pool)


def connect_redis(url: str, *, retries: int = 1, connections: int = REDIS_CONNECTIONS) -> Redis:
    """A client that decodes responses, from a pool that waits: redis-py's default pool fails under many greenlets.

    A command whose reply was lost is sent again ``retries`` times; the scripts bear that. Reading a stream does not:
    the entries of the lost reply would be handled after those of the second, so committers take no retries.
    ``connections`` is the pool's limit: a blocking read holds one.
    """
    return connect(
        url,
        retries=retries,
        **({} if url.startswith("rediss:") else {"connection_class": Link}),
        max_connections=connections,
        socket_read_size=READ_BYTES,
        timeout=WAIT_FOR_CONNECTION_S,
        socket_timeout=SOCKET_TIMEOUT_S,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        health_check_interval=15,
        decode_responses=True,
        # RESP 2: over RESP 3, redis-py 8 loses the pong that tells a silent subscription from a dead one.
        protocol=2,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), retries),
        client_name="chatter",
    )


def masters_of(redis: Redis) -> list[Redis]:
    """A client of each server that holds a part of the keys: one, or the masters of a cluster. Raises RedisError."""
    return redis.masters() if isinstance(redis, Cluster) else [redis]


def heed_changes(redis: Redis, changed: Callable[[], None]) -> None:
    """Have ``changed`` called when a cluster's master went away, came back or was replaced. Of one Redis the link that hears its
    channels tells as much."""
    if isinstance(redis, Cluster):
        redis.topology.changed = changed


_lines: "weakref.WeakKeyDictionary[Any, Line]" = weakref.WeakKeyDictionary()


def line_of(redis: Redis) -> Line:
    """The line of this client's pool, or cluster."""
    if isinstance(redis, Cluster):
        return redis.line
    pool = redis.connection_pool
    line = _lines.get(pool)
    if line is None:
        line = _lines[pool] = Line(pool)
    return line


_shared_lines: "weakref.WeakKeyDictionary[Any, SharedLine]" = weakref.WeakKeyDictionary()


def shared_line_of(redis: Redis) -> SharedLine:
    """The shared line of this client's pool, or cluster."""
    if isinstance(redis, Cluster):
        return redis.shared_line
    pool = redis.connection_pool
    line = _shared_lines.get(pool)
    if line is None:
        line = _shared_lines[pool] = SharedLine(line_of(redis))
    return line


def cause_of(error: BaseException) -> dict[str, str]:
    """What a log line says of a store that did not answer: ``store`` (redis, mongodb or unknown) and ``cause``. It is counted."""
    store = "redis" if isinstance(error, RedisError) else "mongodb" if isinstance(error, PyMongoError) else "unknown"
    cause = type(error).__name__
    STORE_FAILURES[store, cause] += 1
    return {"store": store, "cause": cause}
