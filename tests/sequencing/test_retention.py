"""That texts are no longer kept is an entry of the log: one, whoever posts it, and from then on nobody reads or changes them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gevent
import pytest
from pymongo.errors import AutoReconnect
from redis import Redis

from app.domain.commands import entry_hash
from app.domain.entries import Proposal
from app.domain.errors import Conflict, Forbidden, Invalid
from app.domain.ids import derived_client_id
from app.domain.operator import OPERATOR
from app.models import Conversation, Membership
from app.models.messages import messages, read_many, read_range
from app.sequencing import store as store_module
from app.sequencing import targets as targets_module
from app.sequencing.heads import Heads
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from app.services.messages import Messages
from tests.sequencing.conftest import SHARDS, Log, Process, wait_for
from tests.sequencing.test_pins import about, pinned
from tests.sequencing.test_revisions import revision, told

LONG_AGO = 1_700_000_000_000


def expired(log: Log, seq: int, sender: str = OPERATOR) -> Proposal:
    once, body = derived_client_id(log.conversation, "expired", str(seq)), str(LONG_AGO)
    return Proposal(log.conversation, sender, once, "expired", body, entry_hash("expired", body, seq), target=seq)


def old_store() -> Store:
    return Store(clock=lambda: LONG_AGO)


def over(log: Log) -> tuple[int, int | None]:
    document = Conversation.objects.get(id=log.conversation)
    return document.expired or 0, document.expired_at


def bodies(log: Log, until: int) -> list[str]:
    return [entry.body for entry in read_range(log.conversation, 0, until)]


def test_it_counts_as_nothing_and_what_it_names_says_nothing_any_more(log: Log) -> None:
    store = old_store()
    store.commit([log.proposal("one"), log.proposal("two"), revision(log, "edited", 2, "two!"), log.proposal("three")])
    (outcome,) = store.commit([expired(log, 3)])
    assert isinstance(outcome, Stored)
    assert (outcome.entry.seq, outcome.entry.ordinal, outcome.entry.target) == (5, 3, 3)
    assert over(log) == (3, LONG_AGO)
    assert bodies(log, 5) == ["", "", "", "three", str(LONG_AGO)]
    assert messages().count_documents({"b": "two!"}) == 2, "nothing was taken out yet"
    assert [entry.expired for entry in read_range(log.conversation, 0, 5)] == [True, True, True, False, False]


def test_a_retry_and_two_workers_make_one_entry(log: Log) -> None:
    old_store().commit([log.proposal("one"), log.proposal("two")])
    store = old_store()
    assert told(store.commit([expired(log, 2), expired(log, 2)])) == [3, Conflict]
    assert told(Store().commit([expired(log, 2)], seen_before=True)) == [3]
    assert told(store.commit([expired(log, 1)])) == [Conflict]
    assert over(log) == (2, LONG_AGO)
    assert messages().count_documents({"c": log.conversation, "k": "expired"}) == 1


def test_two_committers_at_once_store_one(log: Log) -> None:
    first, second = old_store(), old_store()
    first.commit([log.proposal("one"), log.proposal("two")])
    second.state(log.conversation)
    assert told(first.commit([expired(log, 2)])) == [3]
    assert told(second.commit([expired(log, 2)])) == [3], "its number was taken, and its client id told"
    assert messages().count_documents({"c": log.conversation, "k": "expired"}) == 1


def test_nobody_but_the_operator_says_so_and_of_nothing_that_is_not_there(log: Log) -> None:
    Membership.objects(conversation=log.conversation, user=log.members[0]).update(role="owner")
    batch = [log.proposal("one"), expired(log, 1, sender=log.members[0]), expired(log, 9)]
    assert told(old_store().commit(batch)) == [1, Forbidden, Invalid]
    assert over(log) == (0, None)


def test_behind_it_nothing_is_written_about_those_texts_in_the_same_batch_either(log: Log) -> None:
    Membership.objects(conversation=log.conversation, user=log.members[0]).update(role="admin")
    by_operator = replace(revision(log, "deleted", 1), sender=OPERATOR)
    batch = [
        log.proposal("one"),
        about(log, "pinned", 1),
        expired(log, 1),
        revision(log, "edited", 1, "again"),
        revision(log, "reacted", 1, "👍"),
        revision(log, "deleted", 1),
        by_operator,
        about(log, "pinned", 1),
        replace(log.proposal("an answer"), target=1),
        log.proposal("goes on"),
    ]
    assert told(old_store().commit(batch)) == [1, 2, 3, *[Conflict] * 6, 4]
    assert told(old_store().commit([revision(log, "edited", 1, "yet again")])) == [Conflict]
    assert pinned(log) == ([], 3)


def test_what_a_dead_committer_left_over_is_carried_out_by_the_next(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: object) -> None:
        raise AutoReconnect("the committer dies")

    batch = [log.proposal("one"), expired(log, 1)]
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "expire", dies)
        with pytest.raises(StoreUnclear):
            old_store().commit(batch)
    assert over(log) == (0, None)
    assert told(old_store().commit(batch, seen_before=True)) == [1, 2]
    assert over(log) == (1, LONG_AGO)


def test_a_committer_that_slept_does_not_say_again_what_was_taken_out(log: Log) -> None:
    store = old_store()
    outcomes = store.commit([log.proposal("one"), revision(log, "edited", 1, "secret")])
    edit = [outcome.entry for outcome in outcomes if isinstance(outcome, Stored)][1]
    store.commit([expired(log, 1)])
    id = f"{log.conversation}:{1:010d}"
    messages().update_one({"_id": id}, {"$set": {"b": "", "z": True}, "$unset": {"v": "", "w": "", "r": ""}})
    targets_module.carry_out([edit])
    assert messages().find_one({"_id": id}, {"b": 1, "v": 1}) == {"_id": id, "b": ""}
    assert read_many([(log.conversation, 1)])[log.conversation, 1].fold is None


def test_whoever_says_it_again_gets_the_same_number(
    redis: Redis, log: Log, start_process: Callable[..., Process]
) -> None:
    here, there = start_process("here"), start_process("there")
    unused: Any = None
    workers = [Messages(redis, one.sequencer, Heads(redis, SHARDS), unused, unused) for one in (here, there)]
    here.sequencer.submit(log.proposal("one"))
    said = [gevent.spawn(one.expire, log.conversation, 1, LONG_AGO) for one in workers]
    assert [greenlet.get(timeout=20).seq for greenlet in said] == [2, 2]
    assert workers[0].expire(log.conversation, 1, LONG_AGO).seq == 2
    wait_for(lambda: len(here.entries(log.conversation) + there.entries(log.conversation)) >= 2)
    assert messages().count_documents({"c": log.conversation, "k": "expired"}) == 1
