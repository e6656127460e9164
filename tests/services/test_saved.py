"""What one saves for later: on all one's devices, in order, a page at a time, as far as one may still see it."""

import uuid
from typing import Any

import pytest

from app.domain.commands import entry_hash
from app.domain.entries import Proposal
from app.domain.errors import Forbidden, NotAMember, NotFound
from app.domain.saved import Mark
from app.models import Membership
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.services import saved as saved_module
from app.services.saved import Saved
from tests.services.world import World

Chat = tuple[str, str, str]


@pytest.fixture
def saved(world: World) -> Saved:
    return Saved(world.conversations, world.publisher)


@pytest.fixture
def chat(world: World) -> Chat:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    for n in range(1, 5):
        world.say(conversation, ada, f"message {n}")
    world.publisher.clear()
    return ada, ben, conversation


def revise(conversation: str, user: str, kind: Any, target: int, body: str = "") -> None:
    hash = entry_hash(kind, body, target)
    (outcome,) = Store().commit([Proposal(conversation, user, str(uuid.uuid4()), kind, body, hash, target=target)])
    assert isinstance(outcome, Stored)


def bodies(page: dict[str, Any]) -> list[str]:
    return [one["entry"]["body"] for one in page["saved"]]


def test_it_is_told_to_ones_own_devices_and_listed_with_the_last_first(world: World, chat: Chat, saved: Saved) -> None:
    ada, ben, conversation = chat
    view = saved.change(ben, conversation, [3, 1], active=True)
    assert (view["me"]["saved"], view["me"]["saved_rev"]) == ([1, 3], 1)
    saved.change(ben, conversation, [2], active=True)
    saved.change(ben, conversation, [2, 3], active=True)
    assert [told.to for told in world.publisher.told] == [(ben,), (ben,)], "nothing changed the third time"
    page = saved.page(ben, None, 10)
    assert bodies(page) == ["message 2", "message 3", "message 1"]
    assert [one["conversation"] for one in page["saved"]] == [conversation] * 3
    assert page["next"] is None
    assert world.conversations.view(ada, conversation)["me"]["saved"] == []
    assert saved.page(ada, None, 10) == {"saved": [], "next": None}
    view = saved.change(ben, conversation, [1, 4], active=False)
    assert (view["me"]["saved"], view["me"]["saved_rev"]) == ([3, 2], 3)


def test_a_page_goes_on_where_the_one_before_ended_even_if_that_is_gone(world: World, chat: Chat, saved: Saved) -> None:
    _, ben, conversation = chat
    notes = world.direct(ben, ben)
    world.say(notes, ben, "a note")
    saved.change(ben, conversation, [1, 2, 3], active=True)
    saved.change(ben, notes, [1], active=True)
    first = saved.page(ben, None, 2)
    assert bodies(first) == ["a note", "message 3"]
    saved.change(ben, conversation, [3], active=False)
    second = saved.page(ben, Mark.parse(first["next"]), 2)
    assert (bodies(second), second["next"]) == (["message 2", "message 1"], None)


def test_only_what_one_sees_and_so_much(
    world: World, chat: Chat, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben, conversation = chat
    revise(conversation, ada, "deleted", 4)
    for wrong in ([9], [1, 4], [5]):
        with pytest.raises(NotFound):
            saved.change(ben, conversation, wrong, active=True)
    with pytest.raises(NotAMember):
        saved.change(world.person("Cy"), conversation, [1], active=True)
    notes = world.direct(ben, ben)
    world.say(notes, ben, "a note")
    monkeypatch.setattr(saved_module, "MOST_SAVED", 2)
    saved.change(ben, notes, [1], active=True)
    with pytest.raises(Forbidden):
        saved.change(ben, conversation, [1, 2], active=True)
    assert world.conversations.view(ben, conversation)["me"]["saved"] == []
    saved.change(ben, conversation, [1], active=True)


def test_two_devices_at_once_lose_nothing(chat: Chat, saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    _, ben, conversation = chat
    changed, other = saved_module._changed, [2]

    def meanwhile(*args: Any, **options: Any) -> Any:
        if other:
            saved.change(ben, conversation, [other.pop()], active=True)
        return changed(*args, **options)

    monkeypatch.setattr(saved_module, "_changed", meanwhile)
    assert sorted(saved.change(ben, conversation, [1], active=True)["me"]["saved"]) == [1, 2]


def test_what_is_edited_deleted_or_hidden_later(world: World, chat: Chat, saved: Saved) -> None:
    ada, ben, conversation = chat
    saved.change(ben, conversation, [1, 2, 3], active=True)
    revise(conversation, ada, "edited", 1, "said otherwise")
    revise(conversation, ada, "deleted", 2)
    world.conversations.hide(ben, conversation, 3)
    page = saved.page(ben, None, 10)
    assert [(one["entry"]["body"], bool(one["entry"].get("deleted_at"))) for one in page["saved"]] == [
        ("", True),
        ("said otherwise", False),
    ]
    assert world.conversations.view(ben, conversation)["me"]["saved"] == [1, 2]


def test_in_a_group_one_left_it_stays_as_it_was_then(world: World, saved: Saved) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    group = str(world.groups.create(ada, "Crew", [ben], str(uuid.uuid4()))["id"])
    seq = world.say(group, ada, "we row")
    saved.change(ben, group, [seq], active=True)
    world.groups.leave(ben, group, str(uuid.uuid4()))
    revise(group, ada, "edited", seq, "we do not row")
    assert bodies(saved.page(ben, None, 10)) == ["we row"]
    Membership.objects(conversation=group, user=ben).update(set__from_seq=seq + 1)
    assert saved.page(ben, None, 10)["saved"] == [], "what one may not see any more is left out"
