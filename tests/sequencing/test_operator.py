"""What whoever runs this Chatter writes into a log: a deletion, and nothing else; judged at commit like everybody's."""

from dataclasses import replace

from app.domain.entries import EntryKind, Proposal
from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.operator import OPERATOR
from app.models import Conversation, Membership
from app.models.accounts import now
from app.models.messages import messages
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.sequencing.verification import Verdict, _read_log
from tests.sequencing.conftest import Log
from tests.sequencing.test_revisions import revision, told, wire


def by_operator(log: Log, kind: EntryKind, target: int, body: str = "") -> Proposal:
    return replace(revision(log, kind, target, body), sender=OPERATOR)


def test_a_text_is_deleted_with_all_it_said_and_says_by_whom(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("secret one"), revision(log, "edited", 1, "secret two"), log.proposal("other")])
    (outcome,) = store.commit([by_operator(log, "deleted", 1)])
    assert isinstance(outcome, Stored)
    assert (outcome.entry.seq, outcome.entry.sender, outcome.entry.ordinal) == (4, OPERATOR, 2)
    assert outcome.state is not None and outcome.state.members == frozenset(log.members)
    for reader in (0, 1):
        assert (wire(log, 1, reader)["body"], wire(log, 1, reader)["deleted_by"]) == ("", OPERATOR)
    assert not list(messages().find({"$or": [{"b": {"$regex": "secret"}}, {"w": {"$regex": "secret"}}]}))


def test_nothing_else_is_the_operators_to_write(log: Log) -> None:
    batch = [
        log.proposal("a text"),
        by_operator(log, "edited", 1, "other words"),
        by_operator(log, "reacted", 1, "👍"),
        by_operator(log, "pinned", 1),
        replace(log.proposal("an order"), sender=OPERATOR),
        replace(log.proposal("Other"), sender=OPERATOR, kind="titled"),
        by_operator(log, "deleted", 7),
        by_operator(log, "deleted", 1),
        by_operator(log, "deleted", 1),
        by_operator(log, "deleted", 2),
        log.proposal("goes on"),
    ]
    refused = [Forbidden, Forbidden, Forbidden, Forbidden, Forbidden, NotFound]
    assert told(Store().commit(batch)) == [1, *refused, 2, Conflict, NotFound, 3]


def test_the_same_again_is_the_same_entry(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("a text")])
    once = by_operator(log, "deleted", 1)
    assert told(store.commit([once])) == [2]
    assert told(Store().commit([once], seen_before=True)) == [2]


def test_it_is_gone_where_nobody_may_write_and_where_its_writer_is_no_more(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("one"), log.proposal("two", sender=1)])
    Conversation.objects(id=log.conversation).update_one(set__frozen_at=now())
    Membership.objects(conversation=log.conversation).update(set__until_seq=2)
    store.forget(log.conversation)
    batch = [by_operator(log, "deleted", 1), by_operator(log, "deleted", 2), log.proposal("three")]
    assert told(store.commit(batch))[:2] == [3, 4]
    assert wire(log, 2)["deleted_by"] == OPERATOR


def test_who_was_not_shown_the_text_is_not_shown_that_it_is_gone(log: Log) -> None:
    ada, ben = log.members
    store = Store()
    store.commit([replace(log.proposal("not for Ben"), hidden_from=(ben,))])
    (outcome,) = store.commit([by_operator(log, "deleted", 1)])
    assert isinstance(outcome, Stored)
    assert outcome.entry.seen_by(ben)["kind"] == "withheld"
    assert outcome.entry.seen_by(ada)["kind"] == "deleted"


def test_the_log_is_whole_afterwards(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("one"), by_operator(log, "deleted", 1), log.proposal("two")])
    verdict = Verdict(log.conversation)
    _read_log(verdict)
    assert (verdict.problems, verdict.head, verdict.ordinal) == ([], 3, 2)
