"""Each script on a real server, one by one, and on the masters of a cluster."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import OutOfMemoryError

from app.sequencing import keys
from app.sequencing.scripts import (
    Append,
    BacklogFull,
    ContentDiffers,
    Fenced,
    NeedsSeed,
    Scripts,
    Sent,
    Settled,
)
from app.stores import connect_redis, masters_of

LIMITS: dict[str, Any] = {"reply_to": "p", "backlog_limit": 3, "oldest_allowed_ms": 5_000}


@pytest.fixture(params=["clean_redis_url", "clean_cluster_url"], ids=["one", "cluster"])
def redis(request: pytest.FixtureRequest) -> Iterator[Redis]:
    client = connect_redis(request.getfixturevalue(request.param))
    yield client
    client.close()


def set_memory(redis: Redis, most: str) -> None:
    for master in masters_of(redis):
        master.config_set("maxmemory", most)


def forget_scripts(redis: Redis) -> None:
    for master in masters_of(redis):
        master.script_flush()


@pytest.fixture
def scripts(redis: Redis) -> Scripts:
    return Scripts(redis)


def append(scripts: Scripts, client_id: str, hash: str = "ab", **limits: Any) -> Any:
    return scripts.append(Append(0, "c", "u", client_id, hash, "{}", **(LIMITS | limits)))


class TestAppend:
    def test_asks_for_a_seed_before_anything_is_written(self, scripts: Scripts, redis: Redis) -> None:
        with pytest.raises(NeedsSeed):
            append(scripts, "1")
        assert list(redis.scan_iter("*")) == []

    def test_writes_the_entry_counts_it_and_remembers_the_client_id(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 5)
        assert append(scripts, "1").known is None
        [(_, fields)] = redis.xrange(keys.stream(0))
        assert fields == {
            "conversation": "c", "sender": "u", "client_id": "1", "hash": "ab", "payload": "{}", "reply_to": "p",
        }  # fmt: skip
        assert redis.hgetall(keys.sequence(0, "c")) == {"committed": "5", "pending": "1"}
        assert redis.get(keys.sent(0, "c", "u", "1")) == "pending:0:ab:0:0"
        assert redis.ttl(keys.sent(0, "c", "u", "1")) == -1, "a pending client id must not expire"

    def test_the_same_client_id_is_written_once(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        append(scripts, "1")
        assert append(scripts, "1").known == Sent(False, 0, "ab", 0, 0)
        assert redis.xlen(keys.stream(0)) == 1

    def test_another_body_under_the_same_client_id_is_refused(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        append(scripts, "1")
        with pytest.raises(ContentDiffers):
            append(scripts, "1", hash="cd")
        assert redis.xlen(keys.stream(0)) == 1

    def test_many_go_in_one_round_trip_and_each_has_its_own_answer(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        forget_scripts(redis)  # a server that forgot the script is told it again, for all of them at once
        asked = [Append(0, "c", "u", *rest, "{}", **LIMITS) for rest in (("1", "ab"), ("1", "cd"), ("2", "ab"))]
        first, other_body, second = scripts.append_many([*asked, Append(0, "d", "u", "1", "ab", "{}", **LIMITS)])[:3]
        assert isinstance(other_body, ContentDiffers)
        assert [id for id, _ in redis.xrange(keys.stream(0))] == [first.stream_id, second.stream_id]
        (unseeded,) = scripts.append_many([Append(0, "d", "u", "1", "ab", "{}", **LIMITS)])
        assert isinstance(unseeded, NeedsSeed)

    def test_a_full_stream_refuses_and_writes_nothing(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        for client_id in "123":
            append(scripts, client_id)
        with pytest.raises(BacklogFull) as refusal:
            append(scripts, "4")
        assert refusal.value.entries == 3
        assert not redis.exists(keys.sent(0, "c", "u", "4"))
        assert append(scripts, "1").known is not None, "a known client id is answered even then"

    def test_an_oldest_entry_too_old_refuses(self, scripts: Scripts) -> None:
        scripts.seed(0, "c", 0)
        append(scripts, "1")
        time.sleep(0.05)
        with pytest.raises(BacklogFull):
            append(scripts, "2", oldest_allowed_ms=10)

    def test_out_of_memory_refuses_before_the_first_write(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        set_memory(redis, "1mb")
        try:
            with pytest.raises(OutOfMemoryError):
                append(scripts, "1")
        finally:
            set_memory(redis, "0")
        assert redis.hgetall(keys.sequence(0, "c")) == {"committed": "0", "pending": "0"}
        assert not redis.exists(keys.sent(0, "c", "u", "1"), keys.stream(0))

    def test_a_script_cache_flush_goes_unnoticed(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        forget_scripts(redis)
        assert append(scripts, "1").known is None


class TestSeed:
    def test_sets_what_is_absent(self, scripts: Scripts, redis: Redis) -> None:
        assert scripts.seed(0, "c", 7) == 7
        assert redis.hgetall(keys.sequence(0, "c")) == {"committed": "7", "pending": "0"}

    def test_never_lowers_and_leaves_pending_alone(self, scripts: Scripts, redis: Redis) -> None:
        redis.hset(keys.sequence(0, "c"), mapping={"committed": 9, "pending": 4})
        assert scripts.seed(0, "c", 7) == 9
        assert redis.hget(keys.sequence(0, "c"), "pending") == "4"


class TestLease:
    def test_is_taken_kept_and_expires(self, scripts: Scripts, redis: Redis) -> None:
        assert scripts.lease(0, "p", 1, 4_000).held
        assert scripts.lease(0, "p", 1, 4_000).held
        assert 0 < redis.pttl(keys.lease(0)) <= 4_000

    def test_is_refused_to_another_while_it_lives(self, scripts: Scripts, redis: Redis) -> None:
        scripts.lease(0, "p", 1, 4_000)
        assert not scripts.lease(0, "q", 2, 4_000).held
        assert redis.get(keys.lease(0)) == "p:1"

    def test_is_taken_kept_and_handed_back_while_redis_is_full(self, scripts: Scripts, redis: Redis) -> None:
        set_memory(redis, "1mb")
        try:
            assert scripts.lease(0, "p", 1, 4_000).held
            assert scripts.lease(0, "p", 1, 4_000).held
            scripts.lease(0, "p", 1, 0)
        finally:
            set_memory(redis, "0")
        assert not redis.exists(keys.lease(0))

    def test_an_older_epoch_is_fenced_even_when_it_is_free(self, scripts: Scripts) -> None:
        scripts.lease(0, "q", 2, 4_000)
        scripts.lease(0, "q", 2, 0)
        with pytest.raises(Fenced) as refusal:
            scripts.lease(0, "p", 1, 4_000)
        assert refusal.value.epoch == 2

    def test_only_its_holder_hands_it_back(self, scripts: Scripts, redis: Redis) -> None:
        scripts.lease(0, "p", 1, 4_000)
        scripts.lease(0, "q", 2, 0)
        assert redis.exists(keys.lease(0))
        assert not scripts.lease(0, "p", 1, 0).held
        assert not redis.exists(keys.lease(0))


class TestAcknowledge:
    def test_trims_counts_down_and_lets_the_sent_key_expire(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        ids = [append(scripts, client_id).stream_id for client_id in "12"]
        sent = Sent(True, 1, "ab", 1, 99)
        assert scripts.acknowledge(0, {"c": 1}, [Settled("c", "u", "1", ids[0], sent)], sent_life_s=60) == 1
        assert [id for id, _ in redis.xrange(keys.stream(0))] == [ids[1]]
        assert redis.hgetall(keys.sequence(0, "c")) == {"committed": "1", "pending": "1"}
        assert 0 < redis.ttl(keys.sent(0, "c", "u", "1")) <= 60
        assert append(scripts, "1").known == sent

    def test_twice_does_no_harm(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        settled = [Settled("c", "u", "1", append(scripts, "1").stream_id, Sent(True, 1, "ab", 1, 99))]
        scripts.acknowledge(0, {"c": 1}, settled, sent_life_s=60)
        assert scripts.acknowledge(0, {"c": 1}, settled, sent_life_s=60) == 0
        assert redis.hgetall(keys.sequence(0, "c")) == {"committed": "1", "pending": "0"}

    def test_a_refused_entry_frees_its_client_id(self, scripts: Scripts, redis: Redis) -> None:
        scripts.seed(0, "c", 0)
        id = append(scripts, "1").stream_id
        scripts.acknowledge(0, {"c": 0}, [Settled("c", "u", "1", id, None)], sent_life_s=60)
        assert not redis.exists(keys.sent(0, "c", "u", "1"))
        assert append(scripts, "1").known is None

    def test_several_conversations_in_one_call_and_the_number_never_falls(self, scripts: Scripts, redis: Redis) -> None:
        for conversation in ("c", "d"):
            scripts.seed(0, conversation, 10)
        one = scripts.append(Append(0, "c", "u", "1", "ab", "{}", **LIMITS)).stream_id
        two = scripts.append(Append(0, "d", "u", "1", "ab", "{}", **LIMITS)).stream_id
        settled = [
            Settled("c", "u", "1", one, Sent(True, 11, "ab", 1, 9)),
            Settled("d", "u", "1", two, Sent(True, 4, "ab", 1, 9)),
        ]
        assert scripts.acknowledge(0, {"c": 11, "d": 4}, settled, sent_life_s=60) == 2
        assert redis.hget(keys.sequence(0, "c"), "committed") == "11"
        assert redis.hget(keys.sequence(0, "d"), "committed") == "10"
