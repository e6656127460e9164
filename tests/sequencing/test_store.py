"""The judge: what two unique indexes and one ordered insert make of conflicts."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect, BulkWriteError

from app.domain.errors import ClientIdReused, Invalid, NotFound
from app.domain.ids import new_id
from app.models import DeadLetter, Membership
from app.models import messages as message_model
from app.models.messages import insert_in_order, read_range
from app.sequencing.inserts import Documents
from app.sequencing.outcomes import Refused, Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from tests.sequencing.conftest import Log


def seqs(outcomes: list[Any]) -> list[int]:
    return [outcome.entry.seq for outcome in outcomes]


def test_two_stores_that_know_nothing_of_each_other_write_one_run(log: Log) -> None:
    one, two = Store(), Store()
    assert seqs(one.commit([log.proposal("a"), log.proposal("b")])) == [1, 2]
    assert seqs(two.commit([log.proposal("c")])) == [3]
    assert seqs(one.commit([log.proposal("d"), log.proposal("e")])) == [4, 5], "one's memory was stale"
    assert [entry.body for entry in read_range(log.conversation, 0, 10)] == ["a", "b", "c", "d", "e"]


def test_what_was_stored_before_gets_its_old_number_and_the_rest_no_hole(log: Log) -> None:
    store = Store()
    old = log.proposal("old")
    store.commit([old])
    outcomes = store.commit([log.proposal("x"), old, log.proposal("y")])
    assert seqs(outcomes) == [2, 1, 3]
    assert [outcome.fresh for outcome in outcomes] == [True, False, True]


def test_recovery_finds_what_a_crash_had_stored(log: Log) -> None:
    batch = [log.proposal(f"m{i}") for i in range(4)]
    Store().commit(batch[:2])
    outcomes = Store().commit(batch, seen_before=True)
    assert seqs(outcomes) == [1, 2, 3, 4]
    assert [outcome.fresh for outcome in outcomes] == [False, False, True, True]


def test_a_number_once_given_is_never_given_again(log: Log) -> None:
    store = Store()
    store.commit([log.proposal()])
    state = store.state(log.conversation)
    assert state is not None
    store._states[log.conversation] = replace(state, head=0)  # a zombie's belief
    assert seqs(store.commit([log.proposal()])) == [2]


def test_a_reused_client_id_is_refused_without_a_hole(log: Log) -> None:
    store = Store()
    first = log.proposal("one")
    store.commit([first])
    outcomes = store.commit([log.proposal("two", client_id=first.client_id), log.proposal("three")])
    assert isinstance(outcomes[0], Refused) and isinstance(outcomes[0].error, ClientIdReused)
    assert outcomes[1].entry.seq == 2


def test_two_of_the_same_client_id_in_one_batch_are_one_entry(log: Log) -> None:
    proposal = log.proposal()
    assert seqs(Store().commit([proposal, proposal, log.proposal()])) == [1, 1, 2]


def test_who_left_meanwhile_is_refused_once_the_store_looks_again(log: Log) -> None:
    store = Store()
    store.commit([log.proposal(sender=1)])
    Membership.objects(conversation=log.conversation, user=log.members[1]).update(until_seq=1)
    store.forget(log.conversation)
    outcomes = store.commit([log.proposal(sender=1), log.proposal(sender=0)])
    assert isinstance(outcomes[0], Refused) and isinstance(outcomes[0].error, NotFound)
    assert outcomes[1].entry.seq == 2


def test_time_never_goes_back_even_if_the_clock_does(log: Log) -> None:
    clock = iter([1_000_000, 400_000, 2_000_000])
    store = Store(clock=lambda: next(clock))
    times = [store.commit([log.proposal()])[0].entry.created_at for _ in range(3)]
    assert times == [1_000_000, 1_000_000, 2_000_000]


def test_only_texts_count_towards_unread(log: Log) -> None:
    created = replace(log.proposal("title"), kind="created")
    outcomes = Store().commit([created, log.proposal(), log.proposal()])
    assert [outcome.entry.ordinal for outcome in outcomes] == [0, 1, 2]


def test_a_document_mongodb_refuses_becomes_a_dead_letter_and_blocks_nothing(log: Log) -> None:
    store = Store()
    huge = replace(log.proposal(), body="x" * 17_000_000)
    outcomes = store.commit([log.proposal("a"), huge, log.proposal("b")])
    assert isinstance(outcomes[1], Refused) and isinstance(outcomes[1].error, Invalid)
    assert [outcomes[0].entry.seq, outcomes[2].entry.seq] == [1, 2]
    assert DeadLetter.objects(client_id=huge.client_id).count() == 1


@pytest.mark.usefixtures("changed_indexes")
def test_a_dead_letter_that_is_refused_too_is_kept_without_its_content(log: Log) -> None:
    DeadLetter._get_collection().create_index("payload", unique=True, sparse=True)
    store = Store()
    huge = [replace(log.proposal(), body="x" * 17_000_000) for _ in range(2)]
    outcomes = store.commit([*huge, log.proposal("b")])
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [True, True, False]
    assert sorted(letter.payload is None for letter in DeadLetter.objects()) == [False, True]


def test_who_was_added_meanwhile_may_write_though_nobody_said_so(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("a")])
    newcomer = Log(log.conversation, [new_id()])
    Membership(conversation=log.conversation, user=newcomer.members[0]).save()
    assert seqs(store.commit([log.proposal("b"), newcomer.proposal("hello"), log.proposal("c")])) == [2, 3, 4]


class LosesReplies:
    """Inserts over a link that loses the reply of the next one, before or after it was carried out."""

    def __init__(self, before: bool) -> None:
        self._before, self._armed = before, True

    def insert(self, documents: Documents) -> None:
        if not self._armed:
            insert_in_order(documents)
            return
        self._armed = False
        if not self._before:
            insert_in_order(documents)
        raise AutoReconnect("connection closed")


@pytest.mark.parametrize("before", [True, False], ids=["never carried out", "carried out"])
def test_a_lost_reply_is_unclear_and_trying_again_is_safe(log: Log, before: bool) -> None:
    store = Store(insert=LosesReplies(before).insert)
    batch = [log.proposal(f"m{i}") for i in range(3)]
    with pytest.raises(StoreUnclear):
        store.commit(batch)
    assert seqs(store.commit(batch, seen_before=True)) == [1, 2, 3]
    assert [entry.seq for entry in message_model.read_range(log.conversation, 0, 10)] == [1, 2, 3]


def test_a_batch_over_many_conversations_keeps_each_in_order(make_log: Any) -> None:
    logs = [make_log() for _ in range(5)]
    batch = [logs[i % 5].proposal(f"{i}") for i in range(50)]
    outcomes = Store().commit(batch)
    assert all(isinstance(outcome, Stored) for outcome in outcomes)
    for n, log in enumerate(logs):
        bodies = [entry.body for entry in read_range(log.conversation, 0, 20)]
        assert bodies == [str(i) for i in range(n, 50, 5)]


def test_an_error_that_is_not_the_contents_fault_keeps_the_batch(log: Log) -> None:
    class FullDisk(LosesReplies):
        def insert(self, documents: Documents) -> None:
            if self._armed:
                self._armed = False
                raise BulkWriteError({"writeErrors": [{"index": 0, "code": 14031, "errmsg": "no space"}]})
            insert_in_order(documents)

    store, proposal = Store(insert=FullDisk(before=True).insert), log.proposal()
    with pytest.raises(StoreUnclear):
        store.commit([proposal])
    assert DeadLetter.objects.count() == 0
    assert seqs(store.commit([proposal], seen_before=True)) == [1]
