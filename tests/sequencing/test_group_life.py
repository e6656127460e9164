"""How a group presents itself, what it lets its members do, and its end: at that number, exactly."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.errors import Conflict, Forbidden, NotFound
from app.domain.ids import new_id
from app.models import Conversation, GroupLink, Membership
from app.sequencing.committer import Announcement, Committer
from app.sequencing.log_state import load
from app.sequencing.store import Store
from tests.sequencing.conftest import Log
from tests.sequencing.test_member_changes import _dies_before_projecting, change, group, place, told

__all__ = ["group"]

QUIET, LOUD = '{"posts":"admins"}', '{"posts":"everyone"}'


def stored(log: Log) -> Conversation:
    return Conversation.objects.get(id=log.conversation)


def test_description_and_photo_follow_the_log(group: Log) -> None:
    photo = new_id()
    batch = [change(group, "described", "A"), change(group, "pictured", photo), change(group, "described", "B", 1)]
    assert told(Store().commit(batch)) == [1, 2, Forbidden]
    now = stored(group)
    assert (now.description, now.described_seq, now.avatar, now.pictured_seq) == ("A", 1, photo, 2)
    Store().commit([change(group, "described", ""), change(group, "pictured", "")])
    assert (stored(group).description, stored(group).avatar) == ("", "")


def test_an_older_description_that_is_carried_out_again_undoes_nothing(group: Log) -> None:
    first, second = change(group, "described", "first"), change(group, "described", "second")
    Store().commit([first, second])
    Store().commit([first], seen_before=True)
    assert stored(group).description == "second"


def test_a_message_behind_only_admins_write_in_the_same_batch_is_refused(group: Log) -> None:
    batch = [
        group.proposal("before", sender=1),
        change(group, "settings", QUIET),
        group.proposal("shut", sender=1),
        group.proposal("the owner goes on"),
        change(group, "settings", LOUD),
        group.proposal("open again", sender=1),
    ]
    store = Store()
    assert told(store.commit(batch)) == [1, 2, Forbidden, 3, 4, 5]
    assert told(store.commit([change(group, "settings", QUIET), group.proposal("shut", sender=1)])) == [6, Forbidden]


def test_a_reply_is_a_message_and_a_reaction_is_none(group: Log) -> None:
    store = Store()
    store.commit([group.proposal("before"), change(group, "settings", QUIET)])
    reply = replace(group.proposal("a way round?", sender=1), target=1)
    reaction = replace(change(group, "reacted", "👍", sender=1), target=1)
    assert told(store.commit([reply, reaction])) == [Forbidden, 3]


def test_settings_that_were_stored_and_not_carried_out_are_judged_by_nevertheless(
    group: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    _dies_before_projecting(monkeypatch, [change(group, "settings", QUIET)])
    assert told(Store().commit([group.proposal("after", sender=1)])) == [Forbidden]
    assert dict(stored(group).settings) == {"posts": "admins"}


def test_only_what_changed_of_the_settings_changes(group: Log) -> None:
    store = Store()
    store.commit([change(group, "settings", QUIET), change(group, "settings", '{"slow_seconds":30}')])
    state = load(group.conversation)
    assert state is not None and (state.settings.posts, state.settings.slow_seconds) == ("admins", 30)
    assert store.state(group.conversation) == state


def test_who_joins_is_a_member_from_there_and_joins_once(group: Log) -> None:
    group.members.append(new_id())
    joining = change(group, "joined", group.members[0], sender=2)
    batch = [group.proposal("a"), joining, group.proposal("hello", sender=2), replace(joining, client_id=new_id())]
    assert told(Store().commit(batch)) == [1, 2, 3, Conflict]
    assert (place(group, group.members[2]).from_seq, place(group, group.members[2]).role) == (2, "member")


def test_a_joining_that_is_asked_for_again_after_a_removal_brings_nobody_back(group: Log) -> None:
    ada = group.members[0]
    group.members.append(new_id())
    cleo = group.members[2]
    joining = change(group, "joined", ada, sender=2)
    store = Store()
    assert told(store.commit([joining, change(group, "removed", cleo)])) == [1, 2]
    assert told(store.commit([joining, group.proposal("still out", sender=2)])) == [1, NotFound]
    assert place(group, cleo).until_seq == 2


def test_nothing_is_written_behind_the_end_and_everybody_keeps_what_came_before(group: Log) -> None:
    ada, ben = group.members
    link = GroupLink(conversation=group.conversation, created_by=ada).save()
    batch = [
        group.proposal("before", sender=1),
        change(group, "closed", "", sender=1),
        change(group, "closed", ""),
        group.proposal("after"),
        change(group, "added", new_id()),
        replace(change(group, "joined", ada), sender=new_id()),
    ]
    assert told(Store().commit(batch)) == [1, Forbidden, 2, NotFound, NotFound, NotFound]
    assert {m.user: m.until_seq for m in Membership.objects(conversation=group.conversation)} == {ada: 2, ben: 2}
    assert (stored(group).closed_by, stored(group).closed_seq) == (ada, 2)
    assert GroupLink.objects.get(id=link.id).revoked_at is not None
    assert told(Store().commit([group.proposal("later", sender=1)])) == [NotFound]


def test_the_end_is_carried_out_by_whoever_comes_next(group: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    _dies_before_projecting(monkeypatch, [change(group, "closed", "")])
    assert place(group, group.members[1]).until_seq is None
    assert told(Store().commit([group.proposal("after", sender=1)])) == [NotFound]
    assert place(group, group.members[1]).until_seq == 1


def test_everybody_hears_of_the_end_in_the_room_they_are_in(group: Log, redis: Any) -> None:
    heard: list[Announcement] = []
    store = Store()
    committer = Committer(0, redis, store, heard.extend, lambda: True)
    outcomes = store.commit([group.proposal("a"), change(group, "closed", "")])
    announced = [(a.epoch, [e.seq for e in a.entries]) for a in committer._announcements(outcomes)]
    assert announced == [(0, [1]), (0, [2])]
