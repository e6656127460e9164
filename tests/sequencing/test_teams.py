"""All shards wait for each other while little is said; when it is much, those of one team do, and the teams do not."""

from collections.abc import Iterator
from contextlib import contextmanager

import gevent
import pytest
from redis import Redis

from app.sequencing import rounds as rounds_module
from app.sequencing import teams as teams_module
from app.sequencing.recovery import START
from app.sequencing.teams import Teams

FIRST, SECOND, THIRD = "stream:{0}", "stream:{1}", "stream:{2}"
"""As they are first read: the third is of the first's team."""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def teams(redis: Redis, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Teams]:
    monkeypatch.setattr(rounds_module, "BARRIER_S", 5.0)
    monkeypatch.setattr(rounds_module, "IDLE_S", 0.05)
    monkeypatch.setattr(rounds_module, "NOTHING_S", 0.05)
    monkeypatch.setattr(teams_module, "MUCH_PER_S", 10)
    teams = Teams(redis, clock)
    for stream in (FIRST, SECOND, THIRD):
        assert teams.read(stream, START) == []
    return teams


def say(redis: Redis, stream: str, entries: int = 1) -> None:
    for _ in range(entries):
        redis.xadd(stream, {"n": "1"})


def much_is_said(redis: Redis, teams: Teams, clock: Clock) -> None:
    say(redis, THIRD, 20)
    assert len(teams.read(THIRD, START)) >= 20
    teams.leave(THIRD)
    clock.now += 1.0


@contextmanager
def committing(redis: Redis, teams: Teams, stream: str) -> Iterator[None]:
    """Somebody was given what came in this stream, and does not read again meanwhile."""
    say(redis, stream)
    assert gevent.spawn(teams.read, stream, START).get(timeout=2)
    yield
    teams.leave(stream)


def is_held_up(redis: Redis, teams: Teams, stream: str) -> bool:
    """Whether who reads this stream waits though something is there."""
    say(redis, stream)
    reading = gevent.spawn(teams.read, stream, START)
    reading.join(timeout=0.2)
    held_up = not reading.ready()
    reading.kill()
    teams.leave(stream)
    return held_up


def test_while_little_is_said_all_wait_for_each_other(redis: Redis, teams: Teams) -> None:
    with committing(redis, teams, FIRST):
        assert is_held_up(redis, teams, SECOND)
        assert is_held_up(redis, teams, THIRD)
    assert not is_held_up(redis, teams, SECOND)


def test_when_much_is_said_a_team_waits_for_its_own_alone(redis: Redis, teams: Teams, clock: Clock) -> None:
    much_is_said(redis, teams, clock)
    with committing(redis, teams, FIRST):
        assert not is_held_up(redis, teams, SECOND)
        assert is_held_up(redis, teams, THIRD)


def test_when_it_is_little_again_they_come_together_again(redis: Redis, teams: Teams, clock: Clock) -> None:
    much_is_said(redis, teams, clock)
    assert not teams.read(SECOND, "$")
    clock.now += 1.0
    with committing(redis, teams, FIRST):
        assert is_held_up(redis, teams, SECOND)


def test_nobody_waits_for_who_reads_elsewhere_by_now(redis: Redis, teams: Teams, clock: Clock) -> None:
    much_is_said(redis, teams, clock)
    with committing(redis, teams, FIRST):
        clock.now += 1_000.0
        elsewhere = gevent.spawn(teams.read, FIRST, "$")  # with all the others: little was said
        gevent.sleep(0.01)
        much_is_said(redis, teams, clock)
        assert not is_held_up(redis, teams, THIRD)
        elsewhere.kill()
