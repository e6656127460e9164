"""Who is to be told by push: claimed by one, given back by the clock, and never forgotten for news that came meanwhile."""

import time

import pytest
from redis import Redis

from app.sequencing import keys
from app.services import push_due
from app.services.push_due import PushDue
from tests.services.world import eventually


@pytest.fixture
def redis(clean_redis_url: str) -> Redis:
    return Redis.from_url(clean_redis_url, decode_responses=True)


def due_now(redis: Redis, *users: str) -> None:
    """As pointers do it."""
    redis.zadd(keys.PUSH_DUE, dict.fromkeys(users, int(time.time() * 1000) - 1), lt=True)


def test_who_is_due_is_claimed_once_the_longest_first(redis: Redis) -> None:
    here, there = PushDue(redis, "here"), PushDue(redis, "there")
    redis.zadd(keys.PUSH_DUE, {"b": 2, "a": 3, "c": 1, "later": (time.time() + 60) * 1000})
    assert here.claim(2)[1] == ["c", "b"]
    assert there.claim(2)[1] == ["a"]
    assert here.claim(2)[1] == there.claim(2)[1] == []


def test_who_was_seen_to_is_off_the_list_until_there_is_news(redis: Redis) -> None:
    due = PushDue(redis, "here")
    due_now(redis, "ada")
    claim, _ = due.claim(10)
    due.finish("ada", claim)
    assert redis.zcard(keys.PUSH_DUE) == 0
    due_now(redis, "ada")
    assert due.claim(10)[1] == ["ada"]


def test_news_that_comes_while_somebody_is_told_makes_them_due_again(redis: Redis) -> None:
    due = PushDue(redis, "here")
    due_now(redis, "ada")
    claim, _ = due.claim(10)
    due_now(redis, "ada")
    due.finish("ada", claim)
    assert due.claim(10)[1] == ["ada"]


def test_a_claim_whose_worker_died_ends_by_itself(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push_due, "CLAIM_MS", 50)
    due_now(redis, "ada")
    assert PushDue(redis, "dies").claim(10)[1] == ["ada"]
    other = PushDue(redis, "other")
    assert eventually(lambda: other.claim(10)[1]) == ["ada"]


def test_who_could_not_be_told_is_due_later(redis: Redis) -> None:
    due = PushDue(redis, "here")
    due_now(redis, "ada")
    claim, _ = due.claim(10)
    due.finish("ada", claim, 100)
    assert due.claim(10)[1] == []
    assert eventually(lambda: due.claim(10)[1]) == ["ada"]


def test_one_process_at_a_time_tells_somebody_and_pauses_afterwards(redis: Redis) -> None:
    here, there = PushDue(redis, "here", pause_ms=80), PushDue(redis, "there", pause_ms=80)
    assert here.enter("ada") and not there.enter("ada") and there.enter("ben")
    here.leave("ada")
    assert not there.enter("ada"), "a moment's pause"
    assert eventually(lambda: there.enter("ada"))
