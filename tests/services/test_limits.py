"""Limits: the table is kept, over servers and within a process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domain.errors import Degraded, RateLimited
from app.services.limits import BUCKETS, SHARED_BUCKETS, WINDOWS, Bucket, Limits


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_parallel_asking_on_several_servers_gets_no_more_than_the_limit(clean_redis_url: str) -> None:
    servers = [Limits(clean_redis_url), Limits(clean_redis_url)]
    amount = WINDOWS["group_create"][0].amount
    ready = threading.Barrier(8)

    def ask(number: int) -> int:
        ready.wait()
        allowed = 0
        for _ in range(amount):
            try:
                servers[number % 2].check("group_create", "ada")
                allowed += 1
            except RateLimited:
                pass
        return allowed

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(8))) == amount


def test_one_persons_limit_is_nobody_elses(clean_redis_url: str) -> None:
    limits = Limits(clean_redis_url)
    for _ in range(WINDOWS["group_create"][0].amount):
        limits.check("group_create", "ada")
    with pytest.raises(RateLimited) as refused:
        limits.check("group_create", "ada")
    assert 1 <= (refused.value.retry_after or 0) <= WINDOWS["group_create"][0].seconds
    limits.check("group_create", "bob")


def test_outside_production_an_address_may_do_more_but_a_number_may_not(clean_redis_url: str) -> None:
    limits = Limits(clean_redis_url, lenient=True)
    for _ in range(WINDOWS["sign_in_address"][0].amount * 2):
        limits.check("sign_in_address", "127.0.0.1")
    for _ in range(WINDOWS["sign_in_number"][0].amount):
        limits.check("sign_in_number", "+447400123456")
    with pytest.raises(RateLimited):
        limits.check("sign_in_number", "+447400123456")


def test_without_redis_what_cannot_be_counted_is_refused_within_seconds() -> None:
    began = time.monotonic()
    with pytest.raises(Degraded):
        Limits("redis://127.0.0.1:1/0").check("sign_in_number", "x")
    assert time.monotonic() - began < 10


def test_neither_numbers_nor_addresses_stand_in_redis(clean_redis_url: str) -> None:
    from redis import Redis

    Limits(clean_redis_url).check("sign_in_number", "+447400123456")
    with Redis.from_url(clean_redis_url, decode_responses=True) as redis:
        kept = list(redis.scan_iter("*"))
    assert kept
    assert not any("7400" in key for key in kept)


def test_a_burst_passes_then_the_rate_holds_and_the_wait_is_told() -> None:
    clock = Clock()
    limits = Limits("redis://127.0.0.1:1/0", clock=clock)
    bucket = BUCKETS["post"]
    for _ in range(int(bucket.burst)):
        limits.allow_local("post", "ada")
    with pytest.raises(RateLimited) as refused:
        limits.allow_local("post", "ada")
    limits.allow_local("post", "bob")

    clock.now += refused.value.retry_after or 0
    limits.allow_local("post", "ada")
    with pytest.raises(RateLimited):
        limits.allow_local("post", "ada")


def test_a_thousand_posts_a_second_are_cut_down() -> None:
    clock = Clock()
    limits = Limits("redis://127.0.0.1:1/0", clock=clock)
    allowed = 0
    for _ in range(1_000):
        clock.now += 0.001
        try:
            limits.allow_local("post", "ada")
            allowed += 1
        except RateLimited:
            pass
    assert allowed <= BUCKETS["post"].burst + BUCKETS["post"].per_second + 1


def test_an_installation_may_have_another_rate_of_messages() -> None:
    limits = Limits("redis://127.0.0.1:1/0", posts=Bucket(2, 1), clock=Clock())
    limits.allow_local("post", "ada")
    limits.allow_local("post", "ada")
    with pytest.raises(RateLimited):
        limits.allow_local("post", "ada")


def test_every_socket_command_has_a_bucket() -> None:
    from app.domain.commands import COMMANDS

    assert {SHARED_BUCKETS.get(name, name) for name in COMMANDS} <= BUCKETS.keys()
