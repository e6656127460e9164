"""Several shards' streams are read together, and nobody holds up the others for long."""

import time
from collections.abc import Callable
from typing import Any

import gevent
import pytest
from redis import Redis
from redis.exceptions import ResponseError

from app.sequencing import rounds as rounds_module
from app.sequencing.recovery import START
from app.sequencing.rounds import Rounds

A, B = "stream:{0}", "stream:{1}"


class Counted(Rounds):
    """Remembers which streams each read asked for."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self.reads: list[set[str]] = []

    def _found(self, lasts: dict[str, str]) -> Any:
        self.reads.append(set(lasts))
        return super()._found(lasts)


@pytest.fixture
def rounds(redis: Redis) -> Counted:
    return Counted(redis)


def reading(rounds: Rounds, stream: str, last: str = START) -> gevent.Greenlet:
    return gevent.spawn(rounds.read, stream, last)


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 5
    while not true():
        assert time.monotonic() < limit
        gevent.sleep(0.005)


def test_what_came_in_several_streams_is_read_at_once_and_each_is_given_its_own(redis: Redis, rounds: Counted) -> None:
    first, second = redis.xadd(A, {"n": "1"}), redis.xadd(B, {"n": "2"})
    a, b = reading(rounds, A), reading(rounds, B)
    assert (a.get(timeout=5), b.get(timeout=5)) == ([(first, {"n": "1"})], [(second, {"n": "2"})])
    assert rounds.reads == [{A, B}]


def test_a_round_waits_for_who_still_commits_the_one_before(
    redis: Redis, rounds: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds_module, "BARRIER_S", 5.0)
    last = redis.xadd(A, {"n": "1"})
    b = reading(rounds, B)
    assert reading(rounds, A).get(timeout=5)
    came = redis.xadd(B, {"n": "2"})
    gevent.sleep(0.1)
    assert not b.ready()
    a = reading(rounds, A, last)
    assert b.get(timeout=2) == [(came, {"n": "2"})]
    assert rounds.reads[-1] == {A, B}
    a.kill()


def test_who_takes_too_long_is_not_waited_for_and_who_leaves_neither(redis: Redis, rounds: Counted) -> None:
    redis.xadd(A, {"n": "1"})
    b = reading(rounds, B)
    assert reading(rounds, A).get(timeout=5)
    last = redis.xadd(B, {"n": "2"})
    assert len(b.get(timeout=rounds_module.BARRIER_S + 1)) == 1, "A never came back"
    b = reading(rounds, B, last)
    rounds.leave(A)
    redis.xadd(B, {"n": "3"})
    assert len(b.get(timeout=1)) == 1


def test_an_error_reaches_all_who_asked_and_the_next_ask_begins_anew(redis: Redis, rounds: Counted) -> None:
    redis.set(A, "no stream")
    redis.xadd(B, {"n": "1"})
    a, b = reading(rounds, A), reading(rounds, B)
    for one in (a, b):
        with pytest.raises(ResponseError):
            one.get(timeout=5)
    assert len(reading(rounds, B).get(timeout=5)) == 1


def test_nothing_is_lost_with_who_died_while_asking(redis: Redis, rounds: Counted) -> None:
    dead = reading(rounds, A)
    until(lambda: bool(rounds.reads))
    dead.kill()
    redis.xadd(A, {"n": "1"})
    assert len(reading(rounds, A).get(timeout=5)) == 1


def test_who_waits_in_vain_is_told_so(rounds: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds_module, "NOTHING_S", 0.05)
    assert reading(rounds, A).get(timeout=5) == []
