"""What committers count of trouble."""

from collections.abc import Callable
from dataclasses import replace

import gevent
from redis import Redis

from app.counts import BATCH_ENTRIES, DEAD_LETTERS, LEASES, REPAIRS, SUBMISSIONS
from app.sequencing import keys
from app.sequencing.store import Store
from tests.sequencing.conftest import SHARDS, Log, Process, wait_for

Start = Callable[..., Process]


def test_an_entry_whose_number_was_taken_is_counted(log: Log) -> None:
    before = REPAIRS["renumbered",]
    one, two = Store(), Store()
    one.commit([log.proposal("a")])
    assert REPAIRS["renumbered",] == before
    two.commit([log.proposal("b")])
    one.commit([log.proposal("c")])
    assert REPAIRS["renumbered",] == before + 1


def test_a_dead_letter_is_counted(log: Log) -> None:
    before = DEAD_LETTERS[()]
    Store().commit([log.proposal("a"), replace(log.proposal(), body="x" * 17_000_000)])
    assert DEAD_LETTERS[()] == before + 1


def test_what_somebody_left_in_a_stream_is_counted_and_so_are_batches(
    start_process: Start, redis: Redis, log: Log
) -> None:
    recovered, entries, batches = REPAIRS["recovered",], BATCH_ENTRIES.sum, sum(BATCH_ENTRIES.times)
    accepted = SUBMISSIONS["text", "accepted"]
    web = start_process("x", commits=False)
    asked = [gevent.spawn(web.sequencer.submit, log.proposal(str(n))) for n in range(3)]
    wait_for(lambda: sum(redis.xlen(keys.stream(shard)) for shard in range(SHARDS)) == 3)
    start_process("w")
    assert sorted(one.get(timeout=8).seq for one in asked) == [1, 2, 3]
    assert REPAIRS["recovered",] == recovered + 3
    assert SUBMISSIONS["text", "accepted"] == accepted + 3
    wait_for(lambda: BATCH_ENTRIES.sum == entries + 3)
    assert sum(BATCH_ENTRIES.times) == batches + 1


def test_what_becomes_of_leases_is_counted(start_process: Start, redis: Redis) -> None:
    before = dict(LEASES)

    def since(event: str) -> int:
        return LEASES[event,] - before.get((event,), 0)

    process = start_process("a")
    wait_for(lambda: process.leases.held == [0, 1])
    assert since("taken") == 2
    redis.hset(keys.lease_meta(0), "epoch", 1_000)
    wait_for(lambda: since("fenced") == 1)
    redis.set(keys.lease(1), "somebody else")
    wait_for(lambda: since("lost") == 1)
    process.leases.stop()


def test_a_lease_that_is_handed_back_is_counted(start_process: Start) -> None:
    before = LEASES["handed_back",]
    process = start_process("a")
    wait_for(lambda: process.leases.held == [0, 1])
    process.leases.stop()
    assert LEASES["handed_back",] == before + 2
