"""Slow mode: one message in so many seconds, over all servers."""

import uuid

import gevent
import pytest

from app.domain.errors import SlowedDown
from app.services.slow_mode import SlowMode
from tests.services.world import World


def test_the_second_message_waits_and_the_first_may_be_asked_for_again(world: World) -> None:
    here, there = SlowMode(world.redis), SlowMode(world.redis)
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    here.enter("ben", "g", first, 10)
    there.enter("ben", "g", first, 10)
    with pytest.raises(SlowedDown) as caught:
        there.enter("ben", "g", second, 10)
    assert 9 < (caught.value.retry_after or 0) <= 10
    assert (caught.value.code, caught.value.status) == ("slow_mode", 429)
    there.enter("cleo", "g", second, 10)
    there.enter("ben", "another", second, 10)


def test_of_many_at_once_one_is_let_through(world: World) -> None:
    slow = SlowMode(world.redis)

    def enter(_: int) -> bool:
        try:
            slow.enter("ben", "g", str(uuid.uuid4()), 10)
        except SlowedDown:
            return False
        return True

    assert sum(job.get() for job in [gevent.spawn(enter, n) for n in range(20)]) == 1


def test_what_was_refused_for_something_else_did_not_count(world: World) -> None:
    slow = SlowMode(world.redis)
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    slow.enter("ben", "g", first, 10)
    slow.leave("ben", "g", second, 10)
    with pytest.raises(SlowedDown):
        slow.enter("ben", "g", second, 10)
    slow.leave("ben", "g", first, 10)
    slow.enter("ben", "g", second, 10)


def test_a_new_setting_holds_at_once(world: World) -> None:
    slow = SlowMode(world.redis)
    slow.enter("ben", "g", str(uuid.uuid4()), 3600)
    slow.enter("ben", "g", str(uuid.uuid4()), 10)
