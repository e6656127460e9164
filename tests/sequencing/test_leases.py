"""Who commits: spread, taken over, handed back; and two at once do no harm."""

import time
from collections.abc import Callable

import gevent
import pytest
from redis import Redis

from app.domain.errors import Degraded, Pending
from app.models.connection import ensure_indexes
from app.models.messages import messages, read_range
from app.sequencing import keys
from app.sequencing.leases import CLAIMS_AT_ONCE, LEASE_MS, TICK_S, Leases, next_epoch
from app.sequencing.store import Store
from dev.embedded import EmbeddedValkey
from tests.sequencing.conftest import SHARDS, Log, Process, wait_for

Start = Callable[..., Process]


def test_one_process_takes_every_shard(start_process: Start) -> None:
    process = start_process("a")
    wait_for(lambda: process.leases.held == [0, 1], 2)


def test_a_second_worker_gets_its_share(start_process: Start) -> None:
    one = start_process("a")
    wait_for(lambda: len(one.leases.held) == 2)
    two = start_process("b")
    wait_for(lambda: len(one.leases.held) == 1 and len(two.leases.held) == 1)
    assert set(one.leases.held) | set(two.leases.held) == set(range(SHARDS))


def test_a_web_process_steps_in_when_a_worker_dies_and_steps_back_when_one_comes(
    start_process: Start, redis: Redis, log: Log
) -> None:
    worker = start_process("w")
    web = start_process("x", role="web")
    wait_for(lambda: len(worker.leases.held) == 2)
    worker.leases._loop.kill()  # as kill -9 would: nothing is handed back, the committers stop
    worker.leases._held.clear()
    began = time.monotonic()
    assert web.sequencer.submit(log.proposal()).seq == 1
    assert time.monotonic() - began < 8
    start_process("w2")
    wait_for(lambda: web.leases.held == [])
    assert web.sequencer.submit(log.proposal()).seq == 2


def test_a_clean_stop_hands_back_at_once(start_process: Start, redis: Redis, log: Log) -> None:
    one, two = start_process("a"), start_process("b", role="web")
    one.sequencer.submit(log.proposal())
    one.leases.stop()
    assert not any(redis.exists(keys.lease(shard)) for shard in range(SHARDS))
    assert two.sequencer.submit(log.proposal()).seq == 2


def test_a_stop_waits_for_all_shards_at_once(redis: Redis, database: None) -> None:
    leases = Leases(redis, "a", "worker", 16, lambda _: Store(), lambda _: None)
    leases.start()
    wait_for(lambda: len(leases.held) == 16)
    began = time.monotonic()
    leases.stop()
    assert time.monotonic() - began < 2.5, "one blocking read is a second, and they all end together"
    assert not any(redis.exists(keys.lease(shard)) for shard in range(16))


def test_shards_that_are_claimed_slowly_are_kept_meanwhile(
    redis: Redis, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Raising the epoch of 80 shards takes longer than a lease lives."""
    taken: list[int] = []

    def slowly(shard: int) -> int:
        taken.append(shard)
        gevent.sleep(1.5 * LEASE_MS / 1000 * CLAIMS_AT_ONCE / 80)
        return next_epoch(shard)

    monkeypatch.setattr("app.sequencing.leases.next_epoch", slowly)
    leases = Leases(redis, "a", "worker", 80, lambda _: Store(), lambda _: None)
    leases.start()
    wait_for(lambda: len(leases.held) == 80, 30)
    gevent.sleep(2 * TICK_S)
    leases.stop()
    assert sorted(taken) == list(range(80)), "each once: none ran out"


def test_commits_again_after_redis_stood_still_for_longer_than_a_lease(
    start_process: Start, embedded_valkey: EmbeddedValkey, log: Log
) -> None:
    process = start_process("a")
    assert process.sequencer.submit(log.proposal()).seq == 1
    embedded_valkey.pause()
    gevent.sleep(LEASE_MS / 1000 + 2)
    embedded_valkey.resume()
    proposal = log.proposal()

    def stored() -> bool:
        try:
            return process.sequencer.submit(proposal).seq == 2
        except (Degraded, Pending):
            return False

    wait_for(stored, 20)


@pytest.mark.usefixtures("changed_indexes")
def test_nothing_is_committed_before_the_indexes_that_judge_are_there(start_process: Start, log: Log) -> None:
    messages().drop_indexes()
    process = start_process("a")
    asked = gevent.spawn(process.sequencer.submit, log.proposal())
    gevent.sleep(1.5)  # three looks at what is vacant
    assert process.leases.held == [] and read_range(log.conversation, 0, 10) == []
    ensure_indexes()
    assert asked.get(timeout=8).seq == 1


def test_an_older_epoch_is_fenced(start_process: Start, redis: Redis) -> None:
    process = start_process("a")
    wait_for(lambda: process.leases.held == [0, 1])
    redis.hset(keys.lease_meta(0), "epoch", 1_000)
    wait_for(lambda: 0 not in process.leases.held, 3)


def test_three_committers_at_once_without_a_lease_still_write_one_log(
    start_process: Start, redis: Redis, log: Log
) -> None:
    processes = [start_process(name, commits=False) for name in "abc"]
    still = True
    for process in processes:  # everybody believes to hold everything
        process.leases._holds = lambda shard, epoch: still
        for shard in range(SHARDS):
            redis.delete(keys.lease(shard))
            process.leases._claim(shard)
    try:
        jobs = [
            gevent.spawn(processes[i % 3].sequencer.submit, log.proposal(f"m{i}", sender=i % 2)) for i in range(150)
        ]
        gevent.joinall(jobs, raise_error=True)
        assert sorted(job.value.seq for job in jobs) == list(range(1, 151))
        stored = read_range(log.conversation, 0, 300)
        assert [entry.seq for entry in stored] == list(range(1, 151))
        assert len({entry.client_id for entry in stored}) == 150
    finally:
        still = False


def test_epochs_raised_at_once_are_all_different(database: None) -> None:
    jobs = [gevent.spawn(next_epoch, 0) for _ in range(20)]
    gevent.joinall(jobs, raise_error=True)
    epochs = [job.value for job in jobs]
    assert len(set(epochs)) == 20, "two holders would not know each other apart"
    assert next_epoch(0) > max(epochs)
