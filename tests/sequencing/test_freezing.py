"""In a frozen conversation the committer takes nothing but people who go; it believes no memory that says frozen."""

from dataclasses import replace

import pytest

from app.domain.errors import Forbidden
from app.models import Conversation, Membership
from app.models.accounts import now
from app.sequencing.log_state import load
from app.sequencing.store import Store
from tests.sequencing.conftest import Log
from tests.sequencing.test_member_changes import change, group, told

__all__ = ["group"]


def freeze(conversation: str) -> None:
    Conversation.objects(id=conversation).update_one(set__frozen_at=now())


def test_nothing_is_written_but_people_may_go(group: Log) -> None:
    ada, ben = group.members
    store = Store()
    assert told(store.commit([group.proposal("before")])) == [1]
    freeze(group.conversation)
    store.forget(group.conversation)  # as the control note does
    batch = [
        group.proposal("text"),
        change(group, "titled", "Other"),
        change(group, "settings", '{"posts":"admins"}'),
        change(group, "role", f"{ben} owner"),
        change(group, "left", ""),
        group.proposal("still", sender=1),
    ]
    assert told(store.commit(batch)) == [Forbidden, Forbidden, Forbidden, 2, 3, Forbidden]
    assert Membership.objects.get(conversation=group.conversation, user=ada).until_seq == 3


@pytest.mark.parametrize("kind", ["edited", "deleted", "reacted", "pinned"])
def test_what_was_said_before_stays_as_it_is(group: Log, kind: str) -> None:
    store = Store()
    store.commit([group.proposal("before")])
    freeze(group.conversation)
    store.forget(group.conversation)
    body = {"edited": "after", "reacted": "👍"}.get(kind, "")
    assert told(store.commit([replace(group.proposal(body), kind=kind, target=1)])) == [Forbidden]


def test_whoever_loads_it_anew_knows(group: Log) -> None:
    freeze(group.conversation)
    state = load(group.conversation)
    assert state is not None and state.frozen
    assert told(Store().commit([group.proposal("text")])) == [Forbidden]


def test_a_note_of_unfreezing_that_was_lost_keeps_nobody_out(group: Log) -> None:
    freeze(group.conversation)
    store = Store()
    assert told(store.commit([group.proposal("refused")])) == [Forbidden]
    Conversation.objects(id=group.conversation).update_one(unset__frozen_at=True)
    assert told(store.commit([group.proposal("heard")])) == [1]


def test_an_administrator_s_end_of_a_group_says_whose_it_is(group: Log) -> None:
    freeze(group.conversation)
    assert told(Store().commit([change(group, "closed", "administrator")])) == [1]
    assert Conversation.objects.get(id=group.conversation).closed_by == "administrator"
