"""What one deletes for oneself and marks as unread is one's own: on all devices, and nobody else notices."""

import uuid

import pytest

from app.domain.commands import Read
from app.domain.errors import Forbidden, NotAMember, NotFound
from app.services import conversations as conversations_module
from tests.services.world import World


@pytest.fixture
def chat(world: World) -> tuple[str, str, str]:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    for n in range(3):
        world.say(conversation, ada, f"message {n}")
    world.publisher.clear()
    return ada, ben, conversation


def test_a_message_deleted_for_oneself_is_so_in_every_fresh_view_of_ones_own(
    world: World, chat: tuple[str, str, str]
) -> None:
    ada, ben, conversation = chat
    assert world.conversations.hide(ben, conversation, 2)["me"]["hidden"] == [2]
    assert world.conversations.hide(ben, conversation, 2)["me"]["hidden"] == [2]
    (told,) = world.publisher.told
    assert (told.to, told.payload["conversation"]["me"]["hidden"]) == ((ben,), [2])
    assert [view["me"]["hidden"] for view in world.conversations.overview(ben)] == [[2]]
    assert world.conversations.view(ada, conversation)["me"]["hidden"] == []


def test_only_messages_that_one_sees_and_so_many(
    world: World, chat: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ben, conversation = chat
    monkeypatch.setattr(conversations_module, "MOST_HIDDEN", 2)
    with pytest.raises(NotFound):
        world.conversations.hide(ben, conversation, 9)
    with pytest.raises(NotAMember):
        world.conversations.hide(world.person("Cy"), conversation, 1)
    world.conversations.hide(ben, conversation, 1)
    world.conversations.hide(ben, conversation, 2)
    with pytest.raises(Forbidden):
        world.conversations.hide(ben, conversation, 3)


def test_marked_as_unread_until_one_reads_on(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    assert world.conversations.change(ben, conversation, {"unread": True})["me"]["unread"] is True
    assert [told.to for told in world.publisher.told] == [(ben,)]
    assert world.conversations.view(ada, conversation)["me"]["unread"] is False
    world.receipts.advance(ben, Read.parse({"conversation": conversation, "delivered": 3}))
    assert world.conversations.view(ben, conversation)["me"]["unread"] is True
    world.receipts.advance(ben, Read.parse({"conversation": conversation, "read": 3}))
    assert world.conversations.view(ben, conversation)["me"]["unread"] is False


def test_several_are_deleted_for_oneself_together_or_none_of_them(
    world: World, chat: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben, conversation = chat
    monkeypatch.setattr(conversations_module, "MOST_HIDDEN", 2)
    world._store(conversation, ada, "edited", "", str(uuid.uuid4()), ())
    for wrong in (4, 9):
        with pytest.raises(NotFound):
            world.conversations.hide(ben, conversation, 1, wrong)
    with pytest.raises(Forbidden):
        world.conversations.hide(ben, conversation, 1, 2, 3)
    assert world.conversations.view(ben, conversation)["me"]["hidden"] == []
    assert world.conversations.hide(ben, conversation, 2, 1)["me"]["hidden"] == [1, 2]
    assert len(world.publisher.told) == 1
    with pytest.raises(Forbidden):
        world.conversations.hide(ben, conversation, 1, 3)
