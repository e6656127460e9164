"""Connections of a process to its two stores, and which of them an error is about."""

from pymongo.errors import PyMongoError
from redis import BlockingConnectionPool, Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

REDIS_CONNECTIONS = 64
WAIT_FOR_CONNECTION_S = 5
SOCKET_TIMEOUT_S = 5
CONNECT_TIMEOUT_S = 2


def connect_redis(url: str, *, retries: int = 1, connections: int = REDIS_CONNECTIONS) -> Redis:
    """A client that decodes responses, from a pool that waits: redis-py's default pool fails under many greenlets.

    A command whose reply was lost is sent again ``retries`` times; the scripts bear that. Reading a stream does not:
    the entries of the lost reply would be handled after those of the second, so committers take no retries.
    ``connections`` is the pool's limit: a blocking read holds one.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=connections,
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
    return Redis(connection_pool=pool)


def cause_of(error: BaseException) -> dict[str, str]:
    """What a log line says of a store that did not answer: ``store`` (redis, mongodb or unknown) and ``cause``."""
    store = "redis" if isinstance(error, RedisError) else "mongodb" if isinstance(error, PyMongoError) else "unknown"
    return {"store": store, "cause": type(error).__name__}
