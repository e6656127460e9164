"""What answers a message, and what answers that, is one thread: counted on its root, exactly, whatever dies in between."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from app.domain.threads import MOST_LISTED
from app.models.messages import find_replies, messages, read_many
from app.sequencing import store as store_module
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from tests.sequencing.conftest import Log
from tests.sequencing.test_revisions import revision, told, wire


def thread(log: Log, root: int, reader: int = 0) -> tuple[int, int]:
    shown = wire(log, root, reader)
    return shown["replies"], shown["replies_rev"]


def listed(log: Log, root: int) -> tuple[int, ...]:
    replies = read_many([(log.conversation, root)])[log.conversation, root].replies
    return replies.last if replies is not None else ()


def test_a_reply_to_a_reply_belongs_to_the_roots_thread(log: Log) -> None:
    batch = [
        log.proposal("root"),
        revision(log, "text", 1, "a reply", sender=1),
        revision(log, "text", 2, "a reply to it"),
        log.proposal("another"),
        revision(log, "text", 4, "elsewhere"),
    ]
    assert told(Store().commit(batch)) == [1, 2, 3, 4, 5]
    assert [(wire(log, n).get("target"), wire(log, n).get("root")) for n in (1, 2, 3, 5)] == [
        (None, None),
        (1, 1),
        (2, 1),
        (4, 4),
    ]
    assert (thread(log, 1), thread(log, 4)) == ((2, 3), (1, 5))
    later = Store().commit([revision(log, "text", 3, "in a later batch")])
    assert [outcome.entry.root for outcome in later if isinstance(outcome, Stored)] == [1]
    assert listed(log, 1) == (2, 3, 6)
    assert [entry.seq for entry in find_replies(log.conversation, 1, 6, 1)] == [3]


def test_a_deleted_reply_stays_and_is_not_counted(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("root"), revision(log, "text", 1, "a"), revision(log, "text", 2, "b", sender=1)])
    assert told(store.commit([revision(log, "deleted", 2)])) == [4]
    assert thread(log, 1) == (1, 4)
    assert listed(log, 1) == (2, 3)
    assert wire(log, 4)["root"] == 1


def test_a_deleted_root_keeps_its_thread(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("root"), revision(log, "text", 1, "a"), revision(log, "deleted", 1)])
    assert told(store.commit([revision(log, "text", 2, "b")])) == [4]
    assert thread(log, 1) == (2, 4)
    assert (wire(log, 1)["body"], wire(log, 1)["deleted_by"]) == ("", log.members[0])
    assert "root" not in wire(log, 3)


def test_who_must_not_see_a_reply_does_not_count_it(log: Log) -> None:
    _, ben = log.members
    store = Store()
    hidden = revision(log, "text", 1, "hidden", hidden_from=(ben,))
    store.commit([log.proposal("root"), revision(log, "text", 1, "seen"), hidden])
    assert (thread(log, 1), thread(log, 1, reader=1)) == ((2, 3), (1, 3))
    store.commit([revision(log, "deleted", 2, hidden_from=(ben,)), revision(log, "deleted", 3)])
    # He saw the first, and is not told that it is gone.
    assert (thread(log, 1), thread(log, 1, reader=1)) == ((0, 5), (1, 5))


def test_a_message_that_answers_nothing_counts_nowhere(log: Log) -> None:
    Store().commit([log.proposal("a"), log.proposal("b")])
    assert not list(messages().find({"$or": [{"a": {"$exists": True}}, {"n": {"$exists": True}}]}))


def test_what_a_dead_committer_did_not_count_is_counted_once(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(entries: list[Any]) -> None:
        if any(entry.root for entry in entries):
            raise AutoReconnect("the process ends here")

    batch = [log.proposal("root"), revision(log, "text", 1, "a"), revision(log, "text", 2, "b")]
    with monkeypatch.context() as dying:
        dying.setattr(store_module, "count", die)
        with pytest.raises(StoreUnclear):
            Store().commit(batch)
    assert "replies" not in wire(log, 1)
    assert told(Store().commit(batch, seen_before=True)) == [1, 2, 3]
    assert thread(log, 1) == (2, 3)
    assert told(Store().commit(batch, seen_before=True)) == [1, 2, 3]
    assert thread(log, 1) == (2, 3)


def test_two_at_once_count_each_reply_once(log: Log) -> None:
    first, second = Store(), Store()
    first.commit([log.proposal("root")])
    second.state(log.conversation)
    replies = [revision(log, "text", 1, f"reply {n}") for n in range(6)]
    first.commit(replies[:3])
    assert told(second.commit([*replies[:3], *replies[3:]])) == [2, 3, 4, 5, 6, 7]
    assert thread(log, 1) == (6, 7)


def test_the_same_reply_asked_for_again_is_the_same(log: Log) -> None:
    store = Store()
    reply = revision(log, "text", 1, "once")
    store.commit([log.proposal("root"), reply])
    assert told(store.commit([replace(reply)])) == [2]
    assert thread(log, 1) == (1, 2)


def test_a_root_lists_the_last_of_many_replies(log: Log) -> None:
    replies = [revision(log, "text", 1, f"reply {n}") for n in range(MOST_LISTED + 3)]
    Store().commit([log.proposal("root"), *replies])
    assert thread(log, 1) == (MOST_LISTED + 3, MOST_LISTED + 4)
    assert listed(log, 1) == tuple(range(5, MOST_LISTED + 5))
