"""Edits, deletions and reactions are judged at commit and folded into their targets, whatever dies in between."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from app.domain.commands import entry_hash
from app.domain.entries import Entry, EntryKind, Proposal
from app.domain.errors import Conflict, Forbidden, NotFound
from app.models import Conversation, Membership
from app.models import messages as messages_module
from app.models.messages import insert_in_order, messages, read_range
from app.sequencing import store as store_module
from app.sequencing import targets as targets_module
from app.sequencing.inserts import Documents
from app.sequencing.outcomes import Outcome, Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from tests.sequencing.conftest import Log, Process

AT_ONCE = 120


def revision(
    log: Log, kind: EntryKind, target: int, body: str = "", sender: int = 0, hidden_from: tuple[str, ...] = ()
) -> Proposal:
    plain = log.proposal(sender=sender)
    hash = entry_hash(kind, body, target)
    return replace(plain, kind=kind, body=body, hash=hash, target=target, hidden_from=hidden_from)


def told(outcomes: list[Outcome]) -> list[int | type[Exception]]:
    return [outcome.entry.seq if isinstance(outcome, Stored) else type(outcome.error) for outcome in outcomes]


def wire(log: Log, seq: int, reader: int = 0) -> dict[str, Any]:
    (entry,) = read_range(log.conversation, seq - 1, seq)
    return entry.seen_by(log.members[reader])


def test_a_post_and_what_changes_it_stand_in_one_batch(log: Log) -> None:
    _, ben = log.members
    batch = [
        log.proposal("first"),
        revision(log, "edited", 1, "second"),
        revision(log, "reacted", 1, "👍", sender=1),
        revision(log, "reacted", 1, "🎉", sender=1),
        revision(log, "unreacted", 1, "👍", sender=1),
        revision(log, "text", 1, "a reply", sender=1),
    ]
    outcomes = Store().commit(batch)
    assert told(outcomes) == [1, 2, 3, 4, 5, 6]
    shown = wire(log, 1)
    assert (shown["body"], shown["rev"], shown["reactions"]) == ("second", 5, [{"user": ben, "emoji": "🎉"}])
    assert shown["edited_at"] >= shown["created_at"]
    assert "rev" not in wire(log, 6) and wire(log, 6)["target"] == 1
    assert [o.entry.ordinal for o in outcomes if isinstance(o, Stored)] == [1, 1, 1, 1, 1, 2]


def test_a_deletion_wipes_every_version_and_ends_all(log: Log) -> None:
    store = Store()
    store.commit([log.proposal("secret one"), revision(log, "edited", 1, "secret two")])
    batch = [
        revision(log, "edited", 1, "secret three"),
        revision(log, "deleted", 1),
        revision(log, "edited", 1, "again"),
        revision(log, "reacted", 1, "👍", sender=1),
        revision(log, "deleted", 1),
        revision(log, "text", 1, "a reply to nothing"),
    ]
    assert told(store.commit(batch)) == [3, 4, Conflict, Conflict, Conflict, Conflict]
    assert not list(messages().find({"$or": [{"b": {"$regex": "secret"}}, {"w": {"$regex": "secret"}}]}))
    assert (wire(log, 1)["body"], wire(log, 1)["deleted_by"]) == ("", log.members[0])


def test_who_may_do_what_is_judged_exactly(log: Log) -> None:
    Membership.objects(conversation=log.conversation, user=log.members[1]).update(role="admin")
    batch = [
        log.proposal("Ada's"),
        log.proposal("Ben's", sender=1),
        revision(log, "edited", 1, "x", sender=1),
        revision(log, "edited", 1, "Ada's"),
        revision(log, "deleted", 2),
        revision(log, "edited", 9, "x"),
        revision(log, "reacted", 2, "👍"),
        revision(log, "reacted", 2, "👍"),
        revision(log, "unreacted", 2, "🎉"),
        revision(log, "edited", 3, "an edit of a reaction"),
        revision(log, "deleted", 1, sender=1),
    ]
    outcomes = [1, 2, Forbidden, Conflict, Forbidden, NotFound, 3, Conflict, Conflict, NotFound, 4]
    assert told(Store().commit(batch)) == outcomes


def test_in_a_direct_conversation_nobody_deletes_the_others_words(log: Log) -> None:
    Conversation.objects(id=log.conversation).update(kind="direct")
    Membership.objects(conversation=log.conversation, user=log.members[1]).update(role="owner")
    assert told(Store().commit([log.proposal("a"), revision(log, "deleted", 1, sender=1)])) == [1, Forbidden]


def _dies_before_folding(monkeypatch: pytest.MonkeyPatch, batch: list[Proposal]) -> None:
    def die(revisions: list[Entry]) -> None:
        if revisions:
            raise AutoReconnect("the process ends here")

    with monkeypatch.context() as dying:
        dying.setattr(store_module, "carry_out", die)
        with pytest.raises(StoreUnclear):
            Store().commit(batch)


def test_recovery_folds_what_was_stored_and_not_carried_out(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = [log.proposal("a"), revision(log, "edited", 1, "b"), revision(log, "deleted", 1)]
    _dies_before_folding(monkeypatch, batch)
    assert wire(log, 1)["body"] == "a"
    assert told(Store().commit(batch, seen_before=True)) == [1, 2, 3]
    assert (wire(log, 1)["deleted_by"], wire(log, 2)["body"]) == (log.members[0], "")


def test_even_if_redis_forgot_the_batch_the_next_one_is_judged_after_it(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    Conversation.objects(id=log.conversation).update(kind="direct")
    _dies_before_folding(monkeypatch, [log.proposal("a"), revision(log, "deleted", 1)])
    assert told(Store().commit([revision(log, "reacted", 1, "👍", sender=1), log.proposal("b")])) == [Conflict, 3]
    assert wire(log, 1)["body"] == ""


def test_retries_in_another_order_lose_nothing_that_came_before(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis lost the stream, and the clients ask again, the later one first; this committer's memory is older still."""
    paused = Store()
    paused.commit([log.proposal("a")])
    edit, reaction = revision(log, "edited", 1, "b"), revision(log, "reacted", 1, "👍", sender=1)
    _dies_before_folding(monkeypatch, [edit, reaction])
    assert told(paused.commit([reaction, edit])) == [3, 2]
    shown = wire(log, 1)
    assert (shown["body"], shown["rev"], len(shown["reactions"])) == ("b", 3, 1)


def test_carrying_out_again_late_changes_nothing(log: Log) -> None:
    edit = revision(log, "edited", 1, "b")
    Store().commit([log.proposal("a"), edit])
    Store().commit([revision(log, "edited", 1, "c")])
    Store().commit([edit], seen_before=True)
    assert (wire(log, 1)["body"], wire(log, 1)["rev"]) == ("c", 3)


def test_a_paused_committers_judgement_is_made_anew(log: Log) -> None:
    paused = Store()
    paused.commit([log.proposal("a")])
    Store().commit([revision(log, "deleted", 1)])
    assert told(paused.commit([revision(log, "edited", 1, "b"), log.proposal("c")])) == [Conflict, 3]


def test_a_revision_is_hidden_from_whoever_its_target_is_hidden_from(log: Log) -> None:
    _, ben = log.members
    batch = [replace(log.proposal("a"), hidden_from=(ben,)), revision(log, "edited", 1, "b")]
    Store().commit(batch)
    for seq in (1, 2):
        assert wire(log, seq, reader=1)["kind"] == "withheld"
        assert set(wire(log, seq, reader=1).values()) <= {"withheld", "", seq, 1, wire(log, seq)["created_at"]}
    assert told(Store().commit([revision(log, "reacted", 1, "👍", sender=1)])) == [NotFound]


def test_who_blocks_the_sender_goes_on_seeing_what_they_saw(log: Log) -> None:
    """Ben blocks Ada between her message and what she makes of it."""
    ada, ben = log.members
    Store().commit([log.proposal("a"), revision(log, "reacted", 1, "👍")])
    before = wire(log, 1, reader=1)
    Store().commit([revision(log, "edited", 1, "b", hidden_from=(ben,))])
    Store().commit([revision(log, "unreacted", 1, "👍", hidden_from=(ben,))])
    assert wire(log, 1, reader=1) == before
    Store().commit([revision(log, "reacted", 1, "🎉", sender=1)])
    theirs, hers = wire(log, 1, reader=1), wire(log, 1)
    assert theirs["reactions"] == [{"user": ada, "emoji": "👍"}, {"user": ben, "emoji": "🎉"}]
    assert (hers["body"], hers["reactions"]) == ("b", [{"user": ben, "emoji": "🎉"}])
    Store().commit([revision(log, "deleted", 1, hidden_from=(ben,))])
    assert wire(log, 1, reader=1) == theirs
    assert wire(log, 1)["body"] == ""
    assert wire(log, 6, reader=1)["kind"] == "withheld"


@pytest.fixture
def asked(log: Log, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked of the log's collection."""
    names: list[str] = []
    collection = messages()

    class Listening:
        def __getattr__(self, name: str) -> Any:
            if name in ("find", "find_one", "bulk_write"):
                names.append(name)
            return getattr(collection, name)

    for module in (messages_module, targets_module, store_module):
        monkeypatch.setattr(module, "messages", Listening)
    return names


def test_a_batch_without_targets_asks_for_nothing_more_and_one_with_many_asks_together(
    log: Log, asked: list[str]
) -> None:
    def insert(documents: Documents) -> None:
        asked.append("insert")
        insert_in_order(documents)

    store = Store(insert=insert)
    store.commit([log.proposal("a")])
    asked.clear()
    store.commit([log.proposal("b") for _ in range(AT_ONCE)])
    assert asked == ["insert"]
    asked.clear()
    store.commit([revision(log, "reacted", seq + 1, "👍") for seq in range(AT_ONCE)])
    pages = -(-AT_ONCE // 50)
    assert asked == ["find"] * pages + ["insert"] + ["find"] * pages + ["bulk_write"]


def test_through_the_whole_path_an_edit_and_its_retry_are_one(log: Log, start_process: Any) -> None:
    process: Process = start_process("one")
    seq = process.sequencer.submit(log.proposal("a")).seq
    edit = revision(log, "edited", seq, "b")
    first = process.sequencer.submit(edit)
    assert process.sequencer.submit(edit) == first
    with pytest.raises(Forbidden):
        process.sequencer.submit(revision(log, "edited", seq, "c", sender=1))
    assert wire(log, seq)["body"] == "b"
    announced = [entry.to_wire() for entry in process.entries(log.conversation)]
    assert [(one["kind"], one.get("target")) for one in announced] == [("text", None), ("edited", seq)]
