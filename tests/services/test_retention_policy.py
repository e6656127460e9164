"""How long messages are kept: a change stands for a day before anything is deleted by it, and can be taken back."""

import pytest

from app.domain.errors import Conflict, Invalid
from app.domain.retention import DAY_MS
from app.models import Installation
from app.services.retention_policy import Policy, RetentionPolicy
from tests.services.test_retention import Clock, stands
from tests.services.world import World


def test_a_change_can_be_taken_back_and_while_one_is_pending_the_longer_holds(
    world: World,
) -> None:
    Installation(id="installation", shard_count=4).save()
    clock = Clock()
    policy = RetentionPolicy(now=clock)
    with pytest.raises(Conflict):
        policy.take_back()
    with pytest.raises(Conflict):
        policy.change(0)
    with pytest.raises(Invalid):
        policy.change(3_651)
    policy.change(7)
    assert policy.current().deletes_after == 0
    assert policy.take_back() == policy.current() == Policy(0)
    stands(policy, clock, 7)
    policy.change(90)
    assert policy.current() == Policy(7, 90, clock.ms + DAY_MS)
    assert policy.current().deletes_after == 90
    policy.change(1)
    assert policy.current().deletes_after == 7
