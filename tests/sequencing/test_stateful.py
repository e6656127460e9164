"""Append, commit and recover in any order and with any fault: the log is a list that only grows, the same for everyone.

The application's append script, committer, store and recovery run on the real servers; the model is a plain list.
``LOG_EXAMPLES=1000`` in the environment looks longer than a usual run does.
"""

import itertools
import os
from collections.abc import Callable

import pytest
import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from redis import Redis

from app.sequencing import committer as committer_module
from app.sequencing import rounds as rounds_module
from tests.sequencing.conftest import SHARDS
from tests.sequencing.stepping import ENDS, PLACES, Courier, Fate
from tests.sequencing.world import CONVERSATIONS, SENDERS, World

SETTINGS = settings(
    max_examples=int(os.environ.get("LOG_EXAMPLES", "40")),
    stateful_step_count=30,
    deadline=None,
    print_blob=True,
    phases=[Phase.reuse, Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)

conversations = st.integers(0, CONVERSATIONS - 1)
senders = st.integers(0, SENDERS - 1)
shards = st.integers(0, SHARDS - 1)
fates = st.sampled_from([None, *itertools.starmap(Fate, itertools.product(PLACES, ENDS))])
picks = st.integers(0, 1_000)


class LogMachine(RuleBasedStateMachine):
    """What clients, processes, operators and bad luck can do."""

    def __init__(self, make_world: Callable[[], World]) -> None:
        super().__init__()
        self.world = make_world()
        self.sound = True

    @initialize(leases=st.sampled_from([True, True, False]))
    def install(self, leases: bool) -> None:
        self.world.leases = leases

    @rule(conversation=conversations, sender=senders, count=st.integers(1, 4), pick=picks, fate=fates)
    def talk(self, conversation: int, sender: int, count: int, pick: int, fate: Fate | None) -> None:
        """Messages come, and a committer goes on until it meets its fate."""
        for _ in range(count):
            self.world.say(conversation, sender)
        self.commit(self.world.shard(conversation), 3, pick, fate)

    @rule(conversation=conversations, sender=senders, count=st.integers(1, 4))
    def say(self, conversation: int, sender: int, count: int) -> None:
        for _ in range(count):
            self.world.say(conversation, sender)

    @rule(shard=shards, turns=st.integers(1, 3), pick=picks, fate=fates)
    def commit(self, shard: int, turns: int, pick: int, fate: Fate | None) -> None:
        for _ in range(turns):
            if self.world.commit(shard, pick, fate) and fate:
                break

    @rule(conversation=conversations, sender=senders)
    def say_what_mongodb_refuses(self, conversation: int, sender: int) -> None:
        self.world.say(conversation, sender, refused=True)

    @precondition(lambda self: self.world.promises.asked)
    @rule(pick=picks, other_body=st.sampled_from([False, False, True]))
    def ask_again(self, pick: int, other_body: bool) -> None:
        asked = list(self.world.promises.asked.values())
        self.world.ask(asked[-1 - pick % len(asked)], other_body=other_body)

    @rule(shard=shards, fate=fates)
    def take_over(self, shard: int, fate: Fate | None) -> None:
        self.world.take_over(shard).turn(fate)

    @rule(conversation=conversations, sender=senders, redis_lost=st.booleans())
    def race(self, conversation: int, sender: int, redis_lost: bool) -> None:
        self.world.race(conversation, sender, redis_lost=redis_lost)

    @precondition(lambda self: self.world.zombies())
    @rule(pick=picks, fate=fates)
    def come_back(self, pick: int, fate: Fate | None) -> None:
        zombies = self.world.zombies()
        zombies[pick % len(zombies)].turn(fate)

    @precondition(lambda self: self.world.courier.held)
    @rule()
    def insert_arrives_late(self) -> None:
        self.world.courier.deliver()

    @rule(what=st.sampled_from(["emptied", "backed up", "set back", "scripts forgotten"]))
    def redis_is(self, what: str) -> None:
        if what == "emptied":
            self.world.lose_redis()
        elif what == "backed up":
            self.world.back_up()
        elif what == "scripts forgotten":
            self.world.redis.script_flush()
        elif self.world.backup is not None:
            self.world.restore()

    @rule(conversation=conversations, what=st.sampled_from(["lost", "set back", "seeded"]), number=st.integers(0, 5))
    def hash_is(self, conversation: int, what: str, number: int) -> None:
        """A seed may come a while after the accepting process asked MongoDB."""
        if what == "seeded":
            self.world.seed(conversation, late=number)
        else:
            self.world.set_hash_back(conversation, None if what == "lost" else number)

    @rule(conversation=conversations, sender=senders, member=st.booleans(), told=st.booleans())
    def change_members(self, conversation: int, sender: int, member: bool, told: bool) -> None:
        self.world.change_members(conversation, sender, member, told)

    @invariant()
    def promises_hold(self) -> None:
        self.sound = False
        self.world.check()
        self.sound = True

    def teardown(self) -> None:
        try:
            if self.sound:
                self.world.heal()
                self.world.check_healed()
        finally:
            self.world.close()


@pytest.mark.timeout(600)  # a counterexample is made smaller before it is shown
def test_the_log_is_one_list_whatever_happens(
    redis: Redis, clean_redis_url: str, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    courier = Courier()
    for module in (committer_module, rounds_module):
        monkeypatch.setattr(module, "ROUND_ENTRIES", 3)
    for wait in ("PACE_S", "IDLE_S", "NOTHING_S"):
        monkeypatch.setattr(rounds_module, wait, 0.001)
    for pause in ("RETRY_S", "RETRY_MAX_S"):
        monkeypatch.setattr(committer_module, pause, 0)
    with structlog.testing.capture_logs() as said:
        run_state_machine_as_test(
            lambda: LogMachine(lambda: World(redis, clean_redis_url, courier, said)), settings=SETTINGS
        )
