"""Pins are judged at commit and follow the log, whatever dies in between."""

from dataclasses import replace

import pytest
from pymongo.errors import AutoReconnect

from app.domain.commands import entry_hash
from app.domain.entries import EntryKind, Proposal
from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.pins import MOST_PINS
from app.models import Conversation, Membership
from app.sequencing import pins as pins_module
from app.sequencing import store as store_module
from app.sequencing.outcomes import Outcome, Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from tests.sequencing.conftest import Log


@pytest.fixture(autouse=True)
def admin(log: Log) -> None:
    """The first of the two is an admin, the second is not."""
    Membership.objects(conversation=log.conversation, user=log.members[0]).update(role="admin")


def about(log: Log, kind: EntryKind, target: int, sender: int = 0) -> Proposal:
    return replace(log.proposal(sender=sender), kind=kind, body="", hash=entry_hash(kind, "", target), target=target)


def told(outcomes: list[Outcome]) -> list[int | type[Exception]]:
    return [outcome.entry.seq if isinstance(outcome, Stored) else type(outcome.error) for outcome in outcomes]


def pinned(log: Log) -> tuple[list[int], int]:
    document = Conversation.objects.get(id=log.conversation)
    return [pin["seq"] for pin in document.pins or ()], document.pins_seq or 0


def test_a_batch_pins_unpins_and_deletes_in_its_order(log: Log) -> None:
    batch = [
        log.proposal("one"),
        log.proposal("two"),
        log.proposal("three"),
        about(log, "pinned", 1),
        about(log, "pinned", 1),
        about(log, "pinned", 3),
        about(log, "pinned", 2),
        about(log, "unpinned", 1),
        about(log, "unpinned", 1),
        about(log, "deleted", 3),
        about(log, "pinned", 3),
    ]
    assert told(Store().commit(batch)) == [1, 2, 3, 4, Conflict, 5, 6, 7, Conflict, 8, Conflict]
    assert pinned(log) == ([2], 8)
    assert told(Store().commit([about(log, "pinned", 2)])) == [Conflict]


def test_in_a_group_admins_pin_and_only_messages(log: Log) -> None:
    batch = [
        log.proposal("one"),
        about(log, "pinned", 1, sender=1),
        about(log, "pinned", 1),
        about(log, "unpinned", 1, sender=1),
        about(log, "pinned", 2),
        about(log, "pinned", 9),
    ]
    assert told(Store().commit(batch)) == [1, Forbidden, 2, Forbidden, NotFound, NotFound]


def test_so_many_and_no_more(log: Log) -> None:
    store = Store()
    store.commit([log.proposal(str(n)) for n in range(MOST_PINS + 1)])
    store.commit([about(log, "pinned", n + 1) for n in range(MOST_PINS)])
    assert told(store.commit([about(log, "pinned", MOST_PINS + 1)])) == [Forbidden]
    batch = [about(log, "unpinned", 7), about(log, "pinned", MOST_PINS + 1)]
    assert all(isinstance(outcome, Stored) for outcome in store.commit(batch))
    assert len(pinned(log)[0]) == MOST_PINS


def test_what_a_dead_committer_left_over_is_carried_out_by_the_next(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: object) -> None:
        raise AutoReconnect("the committer dies")

    batch = [log.proposal("one"), log.proposal("two"), about(log, "pinned", 1), about(log, "pinned", 2)]
    with monkeypatch.context() as patch:
        patch.setattr(store_module, "pin", dies)
        with pytest.raises(StoreUnclear):
            Store().commit(batch)
    assert pinned(log) == ([], 0)
    assert told(Store().commit(batch, seen_before=True)) == [1, 2, 3, 4]
    assert pinned(log) == ([1, 2], 4)
    assert told(Store().commit([about(log, "pinned", 1)])) == [Conflict]


def test_carrying_out_an_older_entry_again_changes_nothing(log: Log) -> None:
    outcomes = Store().commit([log.proposal("one"), about(log, "pinned", 1), about(log, "unpinned", 1)])
    entries = [outcome.entry for outcome in outcomes if isinstance(outcome, Stored)]
    pins_module.carry_out(entries[1:2])
    assert pinned(log) == ([], 3)
