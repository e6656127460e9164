"""Connections kept aside leave the pool enough for its other users."""

import gevent
from redis import Redis

from app import stores
from app.stores import connect_redis, line_of


def test_after_a_storm_the_pool_has_its_connections_back(clean_redis_url: str) -> None:
    redis: Redis = connect_redis(clean_redis_url, connections=12)
    line = line_of(redis)
    storm = [gevent.spawn(line.ask, [("PING",)]) for _ in range(12)]
    gevent.joinall(storm, raise_error=True)
    assert len(line._idle) <= stores.KEPT_ASIDE
    held = [redis.connection_pool.get_connection() for _ in range(12 - stores.KEPT_ASIDE)]
    assert len(held) == 12 - stores.KEPT_ASIDE
    redis.close()


def test_one_broken_connection_takes_the_idle_ones_with_it(clean_redis_url: str) -> None:
    redis = connect_redis(clean_redis_url, connections=12)
    line = line_of(redis)
    gevent.joinall([gevent.spawn(line.ask, [("PING",)]) for _ in range(6)], raise_error=True)
    Redis.from_url(clean_redis_url).client_kill_filter(_type="normal", skipme=True)
    assert line.ask([("PING",)], retries=1) == ["PONG"]
    redis.close()
