"""Accept, commit, answer: the whole way on real stores."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest
from gevent.event import AsyncResult
from redis import Redis

from app.domain.errors import ClientIdReused, Degraded, NotFound, Pending
from app.domain.ids import new_id, shard_of
from app.models.messages import read_range
from app.sequencing import keys, sequencer
from app.sequencing.appender import Appender
from app.sequencing.scripts import Appended, Sent
from tests.sequencing.conftest import SHARDS, Log, Process, wait_for

Start = Callable[..., Process]


def numbers(log: Log) -> list[int]:
    return [entry.seq for entry in read_range(log.conversation, 0, 1_000)]


def test_messages_are_numbered_from_one_without_gaps(start_process: Start, log: Log) -> None:
    process = start_process("a")
    receipts = [process.sequencer.submit(log.proposal(f"m{i}")) for i in range(5)]
    assert [receipt.seq for receipt in receipts] == [1, 2, 3, 4, 5]
    assert [receipt.ordinal for receipt in receipts] == [1, 2, 3, 4, 5]
    assert numbers(log) == [1, 2, 3, 4, 5]


def test_many_at_once_from_two_processes_get_one_order(start_process: Start, log: Log) -> None:
    one, two = start_process("a"), start_process("b")
    jobs = [gevent.spawn((one, two)[i % 2].sequencer.submit, log.proposal(f"m{i}", sender=i % 2)) for i in range(120)]
    gevent.joinall(jobs, raise_error=True)
    assert sorted(job.value.seq for job in jobs) == list(range(1, 121))
    wait_for(lambda: len(one.entries(log.conversation)) + len(two.entries(log.conversation)) == 120)
    announced = one.entries(log.conversation) + two.entries(log.conversation)
    assert [entry.seq for entry in announced] == list(range(1, 121)), "announced out of order"
    by_id = {entry.client_id: entry for entry in read_range(log.conversation, 0, 200)}
    assert all(by_id[job.value.client_id].seq == job.value.seq for job in jobs)


def test_a_retry_gets_the_number_of_the_first(start_process: Start, log: Log) -> None:
    process = start_process("a")
    proposal = log.proposal()
    first = process.sequencer.submit(proposal)
    assert process.sequencer.submit(proposal) == first
    assert numbers(log) == [1]


def test_ten_retries_at_once_are_one_message(start_process: Start, log: Log) -> None:
    process = start_process("a")
    proposal = log.proposal()
    jobs = [gevent.spawn(process.sequencer.submit, proposal) for _ in range(10)]
    gevent.joinall(jobs, raise_error=True)
    assert {job.value.seq for job in jobs} == {1}
    assert numbers(log) == [1]


def test_a_retry_after_redis_was_emptied_gets_the_same_number(start_process: Start, redis: Redis, log: Log) -> None:
    process = start_process("a")
    proposal = log.proposal()
    first = process.sequencer.submit(proposal)
    process.sequencer.submit(log.proposal("another"))
    redis.flushall()
    assert process.sequencer.submit(proposal).seq == first.seq
    assert process.sequencer.submit(log.proposal("third")).seq == 3
    assert numbers(log) == [1, 2, 3]


def test_a_client_id_with_another_body_is_refused(start_process: Start, redis: Redis, log: Log) -> None:
    process = start_process("a")
    proposal = log.proposal("one")
    process.sequencer.submit(proposal)
    other = log.proposal("two", client_id=proposal.client_id)
    with pytest.raises(ClientIdReused):
        process.sequencer.submit(other)
    redis.flushall()  # now only MongoDB knows
    with pytest.raises(ClientIdReused):
        process.sequencer.submit(other)
    assert numbers(log) == [1]


def test_a_stranger_is_refused_at_commit_and_leaves_no_hole(start_process: Start, log: Log) -> None:
    process = start_process("a")
    process.sequencer.submit(log.proposal())
    stranger = Log(log.conversation, [new_id()])
    with pytest.raises(NotFound):
        process.sequencer.submit(stranger.proposal())
    assert process.sequencer.submit(log.proposal()).seq == 2


def test_the_answer_is_found_when_its_note_is_lost(start_process: Start, log: Log) -> None:
    start_process("committing")
    deaf = start_process("deaf", commits=False)
    deaf.mailbox.stop()
    assert deaf.sequencer.submit(log.proposal()).seq == 1


def test_without_a_committer_the_answer_is_pending_and_the_retry_finds_it(
    start_process: Start, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "GIVE_UP_AFTER_S", 1.0)
    accepting = start_process("a", commits=False)
    proposal = log.proposal()
    with pytest.raises(Pending):
        accepting.sequencer.submit(proposal)
    start_process("b")
    assert accepting.sequencer.submit(proposal).seq == 1
    assert numbers(log) == [1]


def test_a_full_backlog_is_said_and_nothing_is_accepted(
    start_process: Start, redis: Redis, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "GIVE_UP_AFTER_S", 0.5)
    accepting = start_process("a", commits=False)
    accepting.sequencer._backlog_limit = 3
    outcomes: list[str] = []

    def submit(body: str) -> None:
        try:
            accepting.sequencer.submit(log.proposal(body))
        except (Pending, Degraded) as refusal:
            outcomes.append(refusal.code)

    gevent.joinall([gevent.spawn(submit, f"m{i}") for i in range(5)], raise_error=True)
    assert sorted(outcomes) == ["degraded"] * 2 + ["pending"] * 3
    assert redis.xlen(keys.stream(shard_of(log.conversation, SHARDS))) == 3


def test_after_the_commit_nothing_is_left_in_redis_but_the_sent_keys(
    start_process: Start, redis: Redis, log: Log
) -> None:
    process = start_process("a")
    for i in range(20):
        process.sequencer.submit(log.proposal(f"m{i}"))
    shard = shard_of(log.conversation, SHARDS)
    wait_for(lambda: redis.xlen(keys.stream(shard)) == 0)
    assert redis.hgetall(keys.sequence(shard, log.conversation)) == {"committed": "20", "pending": "0"}
    assert all(0 < redis.ttl(key) <= 72 * 3600 for key in redis.scan_iter("sent:*"))


def test_a_full_redis_is_emptied_by_whoever_commits(start_process: Start, redis: Redis, log: Log) -> None:
    accepting = start_process("a", commits=False)
    stream = keys.stream(shard_of(log.conversation, SHARDS))
    jobs = [gevent.spawn(accepting.sequencer.submit, log.proposal(f"m{i}")) for i in range(3)]
    wait_for(lambda: redis.xlen(stream) == 3)
    redis.config_set("maxmemory", "1mb")
    try:
        start_process("b")
        gevent.joinall(jobs, raise_error=True)
        assert sorted(job.value.seq for job in jobs) == [1, 2, 3]
        wait_for(lambda: redis.xlen(stream) == 0)
    finally:
        redis.config_set("maxmemory", "0")


def test_an_entry_that_turns_up_before_what_was_read_is_found_while_others_keep_coming(
    start_process: Start, redis: Redis, log: Log, clean_redis_url: str
) -> None:
    """As after Redis was set back to an older state: whoever follows the stream is past that entry."""
    process = start_process("a", commits=False)
    stream = keys.stream(shard_of(log.conversation, SHARDS))
    lost = log.proposal("known to the older state alone")
    first = gevent.spawn(process.sequencer.submit, lost)
    wait_for(lambda: redis.xlen(stream) == 1)
    with Redis.from_url(clean_redis_url) as raw:
        older: Any = raw.dump(stream)
        raw.delete(stream)
    other = start_process("b")
    other.sequencer.submit(log.proposal())
    enough = False

    def talk() -> None:
        while not enough:
            other.sequencer.submit(log.proposal())

    talking = [gevent.spawn(talk) for _ in range(4)]
    with Redis.from_url(clean_redis_url) as raw:
        raw.restore(stream, 0, older, replace=True)
    assert first.get(timeout=5).seq > 1
    enough = True
    gevent.joinall(talking, timeout=10)


def test_a_redis_emptied_between_seed_and_append_is_said_as_degraded(
    start_process: Start, redis: Redis, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = start_process("a")
    seed = process.sequencer._scripts.seed
    monkeypatch.setattr(process.sequencer._scripts, "seed", lambda *args: (seed(*args), redis.flushall()))
    with pytest.raises(Degraded):
        process.sequencer.submit(log.proposal())


class Answers:
    """In the place of the scripts: gives these answers, a page each, and notes what it was asked."""

    def __init__(self, *pages: Exception | list[Appended]) -> None:
        self.pages = list(pages)
        self.asked: list[object] = []

    def lane_of(self, append: object) -> None:
        return None

    def append_many(self, appends: list[object]) -> list[Appended]:
        self.asked += appends
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page


def told_by(appender: Appender, append: object) -> AsyncResult:
    told = AsyncResult()
    appender.append(append, told)  # type: ignore[arg-type]
    return told


def test_a_bug_while_appending_is_told_to_who_waits_and_holds_nobody_up() -> None:
    stored = Sent(True, 7, "hash", 7, 1)
    appender = Appender(Answers(ValueError("a sent key of another format"), [Appended("", stored)]))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="another format"):
        told_by(appender, "first").get(timeout=1)
    assert told_by(appender, "second").get(timeout=1) == stored


def test_who_appends_something_new_hears_of_it_from_the_committer_alone() -> None:
    scripts = Answers([Appended("1-1", None), Appended("", Sent(False, 0, "hash", 0, 0))])
    appender = Appender(scripts)  # type: ignore[arg-type]
    told = [told_by(appender, "new"), told_by(appender, "accepted before")]
    wait_for(lambda: not scripts.pages)
    gevent.sleep(0.01)
    assert not any(one.ready() for one in told)


def test_the_committers_answer_stands_though_the_append_is_said_to_have_failed() -> None:
    class Slow(Answers):
        def append_many(self, appends: list[object]) -> list[Appended]:
            told.set("stored")
            return super().append_many(appends)

    told = told_by(Appender(Slow(ConnectionError("the answer was lost"))), "first")  # type: ignore[arg-type]
    gevent.sleep(0.01)
    assert told.get(timeout=1) == "stored"


def test_what_nobody_waits_for_any_more_is_not_appended() -> None:
    scripts = Answers([Appended("1-1", None)])
    appender = Appender(scripts)  # type: ignore[arg-type]
    told_by(appender, "given up").set(None)
    told_by(appender, "wanted")
    wait_for(lambda: not scripts.pages)
    assert scripts.asked == ["wanted"]
