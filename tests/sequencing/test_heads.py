"""Finding the end of a log without holes."""

import pytest
from redis import Redis

from app.domain.ids import message_id, shard_of
from app.models.messages import messages
from app.sequencing import keys
from app.sequencing.heads import Heads, find_head
from tests.sequencing.conftest import SHARDS, Log


def fill(log: Log, until: int) -> None:
    messages().insert_many(
        {"_id": message_id(log.conversation, seq), "c": log.conversation, "s": "u", "i": str(seq)}
        for seq in range(1, until + 1)
    )


@pytest.mark.parametrize("length", [0, 1, 2, 3, 64, 127, 128, 1_000])
@pytest.mark.parametrize("hint", [0, 1, 60, 999, 5_000])
def test_the_head_is_found_from_any_hint(log: Log, length: int, hint: int) -> None:
    if length:
        fill(log, length)
    assert find_head(log.conversation, hint) == length


def test_redis_is_believed_until_exactness_is_asked_for(log: Log, redis: Redis) -> None:
    fill(log, 10)
    heads = Heads(redis, SHARDS)
    assert heads.of([log.conversation]) == {log.conversation: 10}
    redis.hset(keys.sequence(shard_of(log.conversation, SHARDS), log.conversation), "committed", 4)
    assert heads.of([log.conversation]) == {log.conversation: 4}
    assert heads.of([log.conversation], exact=True) == {log.conversation: 10}
    assert heads.of([log.conversation]) == {log.conversation: 10}, "what was learnt is kept"


def test_a_redis_that_was_set_back_is_not_believed_once_in_doubt(log: Log, redis: Redis) -> None:
    fill(log, 10)
    heads = Heads(redis, SHARDS)
    heads.of([log.conversation])
    redis.hset(keys.sequence(shard_of(log.conversation, SHARDS), log.conversation), "committed", 4)
    heads.doubt()
    assert heads.of([log.conversation]) == {log.conversation: 10}
    assert Heads(redis, SHARDS).of([log.conversation]) == {log.conversation: 10}


def test_a_new_process_does_not_believe_what_it_did_not_prove(log: Log, redis: Redis) -> None:
    fill(log, 10)
    redis.hset(keys.sequence(shard_of(log.conversation, SHARDS), log.conversation), "committed", 4)
    assert Heads(redis, SHARDS).of([log.conversation]) == {log.conversation: 10}


def test_who_was_answered_finds_what_redis_has_not_heard_of_yet(log: Log, redis: Redis) -> None:
    """A committer answers before it trims, and Redis learns the number with the trimming."""
    fill(log, 4)
    heads = Heads(redis, SHARDS)
    assert heads.of([log.conversation]) == {log.conversation: 4}
    messages().insert_one({"_id": message_id(log.conversation, 5), "c": log.conversation, "s": "u", "i": "5"})
    assert heads.of([log.conversation]) == {log.conversation: 4}
    heads.moved(log.conversation)
    assert heads.of([log.conversation]) == {log.conversation: 5}
