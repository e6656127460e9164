"""Counting, and the port on which a process answers Prometheus."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry
from pymongo.errors import AutoReconnect
from redis.exceptions import ConnectionError as RedisAway

from app.counts import LIMITED, STORE_FAILURES, Spread
from app.domain.errors import RateLimited
from app.metrics.endpoint import Endpoint
from app.services.limits import BUCKETS, WINDOWS, Limits
from app.stores import cause_of
from app.watch import Watch
from dev.embedded import free_port
from tests.services.world import eventually

TOKEN = "pZ8vR2qLx7Tn4WcY9dKf3HsJ6mBg1QaE"


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """A port that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def ask(port: int | None, path: str = "/metrics", method: str = "GET", **headers: str) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_a_value_counts_up_to_the_first_bound_that_it_does_not_pass() -> None:
    spread = Spread((1, 5))
    for value in (0, 1, 1.5, 5, 6):
        spread.add(value)
    assert spread.times == [2, 2, 1]
    assert spread.sum == 13.5


def test_without_a_port_nothing_is_served() -> None:
    endpoint = Endpoint(CollectorRegistry(), (), "")
    endpoint.start()
    assert endpoint.port is None
    endpoint.stop()


def test_without_a_token_it_is_for_this_machine_and_metrics_alone() -> None:
    endpoint = Endpoint(CollectorRegistry(), (free_port(),), "")
    endpoint.start()
    try:
        assert endpoint._server.address[0] == "127.0.0.1"
        assert ask(endpoint.port) == 200
        assert ask(endpoint.port, "/") == 404
        assert ask(endpoint.port, method="POST") == 405
    finally:
        endpoint.stop()


def test_with_a_token_it_is_for_whoever_sends_it() -> None:
    endpoint = Endpoint(CollectorRegistry(), (free_port(),), TOKEN)
    endpoint.start()
    try:
        assert endpoint._server.address[0] == "0.0.0.0"
        assert ask(endpoint.port) == 401
        assert ask(endpoint.port, Authorization=f"Bearer {TOKEN[:-1]}") == 401
        assert ask(endpoint.port, Authorization="Bearer \xfc") == 401
        assert ask(endpoint.port, Authorization=f"Bearer {TOKEN}") == 200
    finally:
        endpoint.stop()


def test_the_next_port_is_taken_where_the_first_is_not_free(taken: socket.socket) -> None:
    second = free_port()
    endpoint = Endpoint(CollectorRegistry(), (taken.getsockname()[1], second), "")
    endpoint.start()
    try:
        assert endpoint.port == second
        assert ask(second) == 200
    finally:
        endpoint.stop()


def test_a_port_that_becomes_free_is_taken(taken: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.metrics.endpoint.LOOK_AGAIN_S", 0.02)
    port = taken.getsockname()[1]
    endpoint = Endpoint(CollectorRegistry(), (port,), "")
    endpoint.start()
    try:
        assert endpoint.port is None
        taken.close()
        assert eventually(lambda: endpoint.port) == port
        assert ask(port) == 200
    finally:
        endpoint.stop()


def test_a_scrape_that_fails_is_answered() -> None:
    class Broken:
        def collect(self) -> Iterator[None]:
            raise RuntimeError("no")

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Broken())
    endpoint = Endpoint(registry, (free_port(),), "")
    endpoint.start()
    try:
        assert ask(endpoint.port) == 500
    finally:
        endpoint.stop()


def test_a_store_that_did_not_answer_is_counted() -> None:
    before = dict(STORE_FAILURES)
    for error in (RedisAway(), AutoReconnect(), TimeoutError()):
        cause_of(error)
    for place in (("redis", "ConnectionError"), ("mongodb", "AutoReconnect"), ("unknown", "TimeoutError")):
        assert STORE_FAILURES[place] == before.get(place, 0) + 1


def test_the_watch_knows_which_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.watch.LOOK_EVERY_S", 0.01)
    fails = [True]

    def ping() -> None:
        if fails[0]:
            raise RedisAway

    watch = Watch({"redis": ping, "mongodb": lambda: None})
    watch.start()
    try:
        eventually(lambda: watch.away == {"redis": True, "mongodb": False})
        fails[0] = False
        eventually(lambda: watch.away == {"redis": False, "mongodb": False})
    finally:
        watch.stop()


def test_limits_that_are_hit_are_counted(clean_redis_url: str) -> None:
    before = dict(LIMITED)
    limits = Limits(clean_redis_url, clock=lambda: 0.0)
    for _ in range(int(BUCKETS["post"].burst)):
        limits.allow_local("edit", "ada")
    for _ in range(WINDOWS["export"][0].amount):
        limits.check("export", "ada")
    for ask_again in (lambda: limits.allow_local("edit", "ada"), lambda: limits.check("export", "ada")):
        with pytest.raises(RateLimited):
            ask_again()
    assert LIMITED["post",] == before.get(("post",), 0) + 1
    assert LIMITED["export",] == before.get(("export",), 0) + 1
