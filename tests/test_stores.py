"""Connections kept aside leave the pool enough for its other users; what is asked at once goes together."""

from collections.abc import Iterator, Sequence
from typing import Any

import gevent
import pytest
from redis import Redis
from redis.exceptions import ConnectionError, ResponseError

from app import lines
from app.lines import Line, SharedLine
from app.stores import connect_redis, line_of


class Counted(Line):
    """Counts its round trips, and loses the next if told so."""

    round_trips = 0
    loses = False

    def _ask(self, commands: Sequence[Sequence[Any]]) -> list[Any]:
        self.round_trips += 1
        if self.loses:
            self.loses = False
            raise ConnectionError
        return super()._ask(commands)


@pytest.fixture
def redis(clean_redis_url: str) -> Iterator[Redis]:
    client = connect_redis(clean_redis_url)
    yield client
    client.close()


@pytest.fixture
def counted(redis: Redis) -> Counted:
    return Counted(redis.connection_pool)


def test_after_a_storm_the_pool_has_its_connections_back(clean_redis_url: str) -> None:
    redis: Redis = connect_redis(clean_redis_url, connections=12)
    line = line_of(redis)
    storm = [gevent.spawn(line.ask, [("PING",)]) for _ in range(12)]
    gevent.joinall(storm, raise_error=True)
    assert len(line._idle) <= lines.KEPT_ASIDE
    held = [redis.connection_pool.get_connection() for _ in range(12 - lines.KEPT_ASIDE)]
    assert len(held) == 12 - lines.KEPT_ASIDE
    redis.close()


def test_one_broken_connection_takes_the_idle_ones_with_it(clean_redis_url: str) -> None:
    redis = connect_redis(clean_redis_url, connections=12)
    line = line_of(redis)
    gevent.joinall([gevent.spawn(line.ask, [("PING",)]) for _ in range(6)], raise_error=True)
    Redis.from_url(clean_redis_url).client_kill_filter(_type="normal", skipme=True)
    assert line.ask([("PING",)], retries=1) == ["PONG"]
    redis.close()


def test_what_is_asked_in_the_same_moment_is_one_round_trip_and_each_hears_its_own(counted: Counted) -> None:
    line = SharedLine(counted)
    asks = [gevent.spawn(line.ask, [("ECHO", f"{n}"), ("ECHO", f"{n}'")]) for n in range(5)]
    assert [ask.get(timeout=5) for ask in asks] == [[f"{n}", f"{n}'"] for n in range(5)]
    assert counted.round_trips == 1
    assert line.ask([("ECHO", "later")]) == ["later"]


def test_an_error_reply_is_its_askers_alone(redis: Redis, counted: Counted) -> None:
    redis.set("text", "x")
    line = SharedLine(counted)
    bad, good = gevent.spawn(line.ask, [("INCR", "text")]), gevent.spawn(line.ask, [("GET", "text")])
    assert isinstance(bad.get(timeout=5)[0], ResponseError)
    assert good.get(timeout=5) == ["x"]


def test_lost_answers_are_lost_for_all_who_asked_together_unless_one_would_try_again(counted: Counted) -> None:
    line = SharedLine(counted)
    for retries, lost in ((0, 2), (1, 0)):
        counted.loses = True
        asks = [gevent.spawn(line.ask, [("PING",)]), gevent.spawn(line.ask, [("PING",)], retries)]
        gevent.joinall(asks, timeout=5)
        assert sum(isinstance(ask.exception, ConnectionError) for ask in asks) == lost


def test_a_script_that_redis_forgot_is_called_by_its_source(redis: Redis, counted: Counted) -> None:
    script = redis.register_script("return {KEYS[1], ARGV[1]}")
    redis.script_flush()
    assert SharedLine(counted).call(script, 1, "key", "argument") == ["key", "argument"]
