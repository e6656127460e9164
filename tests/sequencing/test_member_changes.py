"""Members come and go by entries of the log: at that number, exactly, whatever dies in between."""

from dataclasses import replace
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from app.domain.entries import EntryKind, Proposal
from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.ids import content_hash, new_id
from app.models import Conversation, Membership
from app.models.messages import read_range
from app.sequencing import store as store_module
from app.sequencing.committer import Announcement, Committer
from app.sequencing.outcomes import Outcome, Refused, Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from tests.sequencing.conftest import Log, Process


@pytest.fixture
def group(log: Log) -> Log:
    """Its first member owns it."""
    Membership.objects(conversation=log.conversation, user=log.members[0]).update(role="owner")
    return log


def change(log: Log, kind: EntryKind, body: str, sender: int = 0) -> Proposal:
    return replace(log.proposal(sender=sender), kind=kind, body=body, hash=content_hash(kind, body))


def place(log: Log, user: str) -> Membership:
    return Membership.objects.get(conversation=log.conversation, user=user)


def told(outcomes: list[Outcome]) -> list[int | type[Exception]]:
    return [outcome.entry.seq if isinstance(outcome, Stored) else type(outcome.error) for outcome in outcomes]


def test_what_a_removed_member_writes_after_it_in_the_same_batch_is_refused(group: Log) -> None:
    _, ben = group.members
    batch = [
        group.proposal("before", sender=1),
        change(group, "removed", ben),
        group.proposal("after", sender=1),
        group.proposal("goes on"),
    ]
    assert told(Store().commit(batch)) == [1, 2, NotFound, 3]
    assert place(group, ben).until_seq == 2
    assert Conversation.objects.get(id=group.conversation).epoch == 2


def test_a_new_member_writes_in_the_same_batch_and_sees_it_from_there(group: Log) -> None:
    newcomer = new_id()
    group.members.append(newcomer)
    batch = [group.proposal("a"), change(group, "added", newcomer), group.proposal("hello", sender=2)]
    assert told(Store().commit(batch)) == [1, 2, 3]
    mine = place(group, newcomer)
    assert (mine.role, mine.from_seq, mine.read, mine.read_ordinal) == ("member", 2, 1, 1)


def test_who_comes_back_sees_it_from_there_and_who_is_here_keeps_their_place(group: Log) -> None:
    ada, ben = group.members
    Store().commit([group.proposal("a"), change(group, "removed", ben), group.proposal("b")])
    Store().commit([change(group, "added", f"{ben} {ada}")])
    assert (place(group, ben).from_seq, place(group, ben).until_seq) == (4, None)
    assert (place(group, ada).from_seq, place(group, ada).role) == (1, "owner")


def test_roles_and_titles_follow_the_log_and_are_judged_at_commit(group: Log) -> None:
    ada, ben = group.members
    batch = [
        change(group, "titled", "Ben's", sender=1),
        change(group, "role", f"{ben} admin"),
        change(group, "titled", "Ben's", sender=1),
        change(group, "role", f"{ben} owner"),
        change(group, "removed", ben),
        change(group, "removed", ada, sender=1),
        change(group, "removed", ada, sender=1),
    ]
    assert told(Store().commit(batch)) == [Forbidden, 1, 2, 3, Forbidden, 4, Conflict]
    assert Conversation.objects.get(id=group.conversation).title == "Ben's"
    assert (place(group, ben).role, place(group, ada).until_seq) == ("owner", 4)


def test_a_direct_conversation_has_no_changes(group: Log) -> None:
    Conversation.objects(id=group.conversation).update(kind="direct")
    (outcome,) = Store().commit([change(group, "removed", group.members[1])])
    assert isinstance(outcome, Refused)


def _dies_before_projecting(monkeypatch: pytest.MonkeyPatch, batch: list[Proposal]) -> None:
    def die(_: Any) -> None:
        raise AutoReconnect("the process ends here")

    with monkeypatch.context() as dying:
        dying.setattr(store_module, "project", die)
        with pytest.raises(StoreUnclear):
            Store().commit(batch)


def test_recovery_carries_out_what_was_stored_and_not_done(group: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ben = group.members
    batch = [change(group, "removed", ben), group.proposal("after", sender=1)]
    _dies_before_projecting(monkeypatch, batch)
    assert (len(read_range(group.conversation, 0, 9)), place(group, ben).until_seq) == (1, None)
    assert told(Store().commit(batch, seen_before=True)) == [1, NotFound]
    assert place(group, ben).until_seq == 1


def test_even_if_redis_forgot_the_batch_nothing_is_written_before_it_is_done(
    group: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ben = group.members
    _dies_before_projecting(monkeypatch, [change(group, "removed", ben)])
    assert told(Store().commit([group.proposal("after", sender=1), group.proposal("b")])) == [NotFound, 2]
    assert place(group, ben).until_seq == 1


def test_a_committer_that_was_paused_meanwhile_is_told(group: Log) -> None:
    """Its memory has Ben in the group; the number it proposes is taken, so it has to look again."""
    _, ben = group.members
    paused = Store()
    paused.commit([group.proposal("a")])
    Store().commit([change(group, "removed", ben)])
    assert told(paused.commit([group.proposal("late", sender=1), group.proposal("b")])) == [NotFound, 3]


def test_an_older_change_that_is_carried_out_again_undoes_nothing(group: Log) -> None:
    _, ben = group.members
    removal, return_ = change(group, "removed", ben), change(group, "added", ben)
    Store().commit([removal, return_])
    Store().commit([removal], seen_before=True)
    assert (place(group, ben).from_seq, place(group, ben).until_seq) == (2, None)


def test_each_entry_is_announced_to_those_who_may_hear_it(group: Log, redis: Any) -> None:
    ada, ben = group.members
    heard: list[Announcement] = []
    store = Store()
    committer = Committer(0, redis, store, heard.extend, lambda: True)
    outcomes = store.commit([group.proposal("a"), change(group, "removed", ben), group.proposal("b")])
    announced = [(a.epoch, a.members, [e.seq for e in a.entries]) for a in committer._announcements(outcomes)]
    assert announced == [(0, {ada, ben}, [1]), (2, {ada}, [2, 3])]


def test_through_the_whole_path_a_retry_of_a_removal_is_the_same_removal(group: Log, start_process: Any) -> None:
    process: Process = start_process("one")
    removal = change(group, "removed", group.members[1])
    first = process.sequencer.submit(removal)
    assert process.sequencer.submit(removal) == first
    with pytest.raises(NotFound):
        process.sequencer.submit(group.proposal(sender=1))
    with pytest.raises(Conflict):
        process.sequencer.submit(change(group, "removed", group.members[1]))
