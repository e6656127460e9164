"""A log that is whole is found whole, and each damage is found and named."""

from collections.abc import Callable
from typing import Any

import gevent
import pytest
from redis import Redis

from app.domain.ids import message_id, shard_of
from app.models import Conversation, Membership
from app.models.messages import SENT_ONCE, messages
from app.sequencing import keys
from app.sequencing.verification import MOST_PROBLEMS, PAGE_ENTRIES, lost_logs, verify, verify_all
from tests.sequencing.conftest import SHARDS, Log, Process

LENGTH = 12


def document(log: Log, seq: int, **changed: Any) -> dict[str, Any]:
    own = {"_id": message_id(log.conversation, seq), "c": log.conversation, "s": log.members[0], "i": str(seq)}
    return own | {"o": seq, "k": "text", "b": "", "h": "", "t": seq} | changed


def fill(log: Log, until: int = LENGTH) -> None:
    messages().insert_many(document(log, seq) for seq in range(1, until + 1))


def change(log: Log, seq: int, **values: Any) -> None:
    messages().update_one({"_id": message_id(log.conversation, seq)}, {"$set": values})


def count(redis: Redis, log: Log, committed: int) -> None:
    redis.hset(keys.sequence(shard_of(log.conversation, SHARDS), log.conversation), "committed", committed)


def test_a_whole_log_of_several_pages_has_no_problem(log: Log, redis: Redis) -> None:
    fill(log, PAGE_ENTRIES + LENGTH)
    count(redis, log, PAGE_ENTRIES + LENGTH)
    verdict = verify(log.conversation, redis, SHARDS)
    assert (verdict.head, verdict.problems) == (PAGE_ENTRIES + LENGTH, [])


def test_threads_that_are_whole_have_no_problem(log: Log, redis: Redis) -> None:
    fill(log)
    for seq, values in ((8, {"g": 2, "a": 2}), (10, {"g": 8, "a": 2}), (12, {"k": "deleted", "o": 11, "g": 8, "a": 2})):
        change(log, seq, **values)
    assert verify(log.conversation, redis, SHARDS).problems == []


@pytest.mark.parametrize(("gone", "named"), [((7,), "entry 7 is missing"), ((1, 2, 3), "entries 1 to 3 are missing")])
def test_numbers_removed_by_hand_are_named(log: Log, redis: Redis, gone: tuple[int, ...], named: str) -> None:
    fill(log)
    messages().delete_many({"_id": {"$in": [message_id(log.conversation, seq) for seq in gone]}})
    assert verify(log.conversation, redis, SHARDS).problems == [named]


@pytest.mark.usefixtures("changed_indexes")
def test_a_doubled_client_id_is_named(log: Log, redis: Redis) -> None:
    fill(log)
    messages().drop_index(SENT_ONCE)
    change(log, 9, i="4")
    assert verify(log.conversation, redis, SHARDS).problems == ["entries 4 and 9 have one client id, 4"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"o": 3}, "entry 12 has the ordinal 3, and the one before it 11"),
        ({"t": 2}, "entry 12 is older than the one before it"),
        ({"c": "other"}, "entry 12 says that it is of conversation other"),
        ({"k": "edited", "o": 11, "g": 40}, "entry 12 (edited) is about entry 40, which is not there before it"),
        ({"k": "deleted", "o": 11}, "entry 12 (deleted) is about nothing"),
        ({"t": "noon"}, "entry 12 is incomplete: t"),
        ({"g": 12}, "entry 12 (text) is about entry 12, which is not there before it"),
        ({"g": 2, "a": 3}, "entry 12 (text) names the thread 3, and it is 2"),
        ({"g": 2}, "entry 12 (text) names the thread None, and it is 2"),
        ({"k": "reacted", "o": 11, "g": 2, "a": 2}, "entry 12 (reacted) names the thread 2, and it is None"),
    ],
)
def test_an_entry_out_of_step_is_named(log: Log, redis: Redis, values: dict[str, Any], named: str) -> None:
    fill(log)
    change(log, LENGTH, **values)
    assert verify(log.conversation, redis, SHARDS).problems == [named]


@pytest.mark.parametrize("id", ["5", "00000000005", "0000000000", "5x"])
def test_an_id_that_is_no_number_is_named_and_ends_nothing(log: Log, redis: Redis, id: str) -> None:
    fill(log)
    messages().insert_one(document(log, 5, _id=f"{log.conversation}:{id}", i="again"))
    verdict = verify(log.conversation, redis, SHARDS)
    assert set(verdict.problems) == {
        f"there is an entry with the id {log.conversation}:{id}, which is no number of this log"
    }
    assert verdict.head == LENGTH


def test_an_entry_kept_as_another_conversations_is_named(log: Log, redis: Redis) -> None:
    fill(log)
    messages().insert_one(document(log, 5, _id="elsewhere:0000000001", i="again"))
    problems = verify(log.conversation, redis, SHARDS).problems
    assert problems == ["there is an entry with the id elsewhere:0000000001, which is no number of this log"]


def test_an_entry_without_its_fields_is_named_and_what_follows_is_read_on(log: Log, redis: Redis) -> None:
    fill(log)
    messages().update_one({"_id": message_id(log.conversation, 5)}, {"$unset": {"o": "", "s": "", "i": ""}})
    messages().delete_one({"_id": message_id(log.conversation, 9)})
    assert verify(log.conversation, redis, SHARDS).problems == ["entry 5 is incomplete: o, s, i", "entry 9 is missing"]


def test_only_so_many_problems_are_kept_and_all_are_counted(log: Log, redis: Redis) -> None:
    messages().insert_many(document(log, 2 * n, o=n) for n in range(1, MOST_PROBLEMS + 6))
    verdict = verify(log.conversation, redis, SHARDS)
    assert (len(verdict.problems), verdict.found) == (MOST_PROBLEMS, MOST_PROBLEMS + 5)


def test_an_edit_of_what_is_no_text_is_named(log: Log, redis: Redis) -> None:
    fill(log, 10)
    messages().insert_one(document(log, 11, k="edited", o=10, g=4))
    messages().insert_one(document(log, 12, k="deleted", o=10, g=11))
    assert verify(log.conversation, redis, SHARDS).problems == [
        "entry 12 (deleted) is about entry 11, which is no text"
    ]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"read": 13}, "has read 13, and 12 is the last entry"),
        ({"delivered": -1}, "has delivered -1, and 12 is the last entry"),
        ({"mentioned": 99}, "has mentioned 99, and 12 is the last entry"),
        ({"read_ordinal": 13}, "has read 13 messages, and there are 12"),
        ({"from_seq": 14}, "is a member from entry 14 on, and 12 is the last entry"),
        ({"from_seq": 9, "until_seq": 8}, "was a member from entry 9 to 8, and 12 is the last entry"),
    ],
)
def test_a_place_outside_the_log_is_named(log: Log, redis: Redis, values: dict[str, int], named: str) -> None:
    fill(log)
    place = {"conversation": log.conversation, "user": log.members[1]}
    Membership._get_collection().update_one(place, {"$set": values})
    assert verify(log.conversation, redis, SHARDS).problems == [f"{log.members[1]} {named}"]


@pytest.mark.parametrize(
    ("committed", "named"),
    [
        (13, "Redis counts 13 entries as stored, and 12 is the last one"),
        (5, "Redis counts 5 entries, and 12 are stored"),
    ],
)
def test_a_counter_that_is_wrong_is_named(log: Log, redis: Redis, committed: int, named: str) -> None:
    fill(log)
    count(redis, log, committed)
    assert verify(log.conversation, redis, SHARDS).problems == [named]


def test_all_are_read_and_it_goes_on_behind_the_one_it_stopped_at(make_log: Callable[[], Log], redis: Redis) -> None:
    made = sorted(make_log().conversation for _ in range(3))
    Conversation.objects(id=made[2]).update_one(set__head=5)
    assert [verdict.conversation for verdict in verify_all(redis, SHARDS)] == made
    assert [(one.conversation, len(one.problems)) for one in verify_all(redis, SHARDS, made[1])] == [(made[2], 1)]


def test_a_log_that_grows_meanwhile_is_not_taken_for_damaged(
    log: Log, redis: Redis, start_process: Callable[..., Process]
) -> None:
    process = start_process("one")
    process.sequencer.submit(log.proposal())
    seen: set[int] = set()

    def write() -> None:
        while len(seen) < 5:
            process.sequencer.submit(log.proposal())

    writer = gevent.spawn(write)
    with gevent.Timeout(40):
        while len(seen) < 5:
            verdict = verify(log.conversation, redis, SHARDS)
            assert verdict.problems == []
            seen.add(verdict.head)
        writer.get()


def test_a_log_whose_conversation_is_gone_is_named(make_log: Callable[[], Log]) -> None:
    made = sorted((make_log() for _ in range(3)), key=lambda log: log.conversation)
    for one in made:
        fill(one)
    assert list(lost_logs()) == []
    Conversation.objects(id__in=[made[0].conversation, made[2].conversation]).delete()
    assert list(lost_logs()) == [made[0].conversation, made[2].conversation]
    assert list(lost_logs(made[0].conversation)) == [made[2].conversation]
