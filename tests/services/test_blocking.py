"""Ada blocks Ben: nothing of his reaches her, and nothing tells him so."""

from typing import Any

import pytest

from app.domain.commands import Read
from app.models import Contact
from app.services.messages import Messages
from tests.services.world import World


@pytest.fixture
def chat(world: World) -> tuple[str, str, str]:
    """Ada and Ben have written to each other, and Ada has read it."""
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    world.say(conversation, ada, "hello")
    world.say(conversation, ben, "hello yourself")
    world.receipts.advance(ada, Read(conversation=conversation, read=2))
    world.publisher.clear()
    return ada, ben, conversation


def seen_by(world: World, user: str, other: str, conversation: str) -> dict[str, Any]:
    """Everything that ``user`` can learn of ``other``."""
    return {
        "view": world.conversations.view(user, conversation),
        "overview": world.conversations.overview(user),
        "contacts": world.contacts.overview(user),
        "presence": world.presence.of([other], user),
        "search": world.contacts.search_people(user, "Ada"),
    }


def test_the_blocked_person_sees_exactly_what_they_saw_before(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    before = seen_by(world, ben, ada, conversation)
    world.contacts.change(ada, ben, {"blocked": True})
    assert seen_by(world, ben, ada, conversation) == before
    assert world.publisher.facts(ben) == []
    assert world.publisher.facts(conversation) == []


def test_the_blocked_person_can_write_and_sees_it_arrive_nowhere(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ada, ben, {"blocked": True})
    world.publisher.clear()
    seq = world.say(conversation, ben, "are you angry?")
    theirs = world.conversations.view(ben, conversation)
    assert theirs["last"]["body"] == "are you angry?"
    hers = world.conversations.view(ada, conversation)
    assert hers["last"]["seq"] == seq - 1 and "angry" not in str(hers)
    assert hers["blocked"] is True and theirs["blocked"] is False
    assert hers["head"] == theirs["head"] == seq
    assert hers["head_ordinal"] - hers["me"]["read_ordinal"] == 0
    assert world.publisher.facts(ada) == []


def test_reading_while_blocked_leaves_no_trace(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ada, ben, {"blocked": True})
    seq = world.say(conversation, ben, "are you there?")
    world.publisher.clear()
    answer = world.receipts.advance(ada, Read(conversation=conversation, delivered=seq, read=seq))
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (2, 2, 3)
    assert world.publisher.told == []
    member = next(m for m in world.conversations.view(ben, conversation)["members"] if m["user"]["id"] == ada)
    assert (member["delivered"], member["read"]) == (2, 2)


def test_the_blocked_person_s_own_cursors_go_on(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ada, ben, {"blocked": True})
    world.publisher.clear()
    world.receipts.advance(ben, Read(conversation=conversation, read=2))
    assert world.publisher.facts(conversation, "cursors")[0]["user"] == ben


def test_unblocking_counts_what_was_missed_as_seen_without_a_receipt(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ada, ben, {"blocked": True})
    world.say(conversation, ben, "one")
    world.say(conversation, ben, "two")
    before = seen_by(world, ben, ada, conversation)
    world.publisher.clear()
    view = world.contacts.change(ada, ben, {"blocked": False})
    assert view["blocked"] is False
    place = world.place(conversation, ada)
    assert (place.delivered, place.read, place.read_ordinal) == (2, 2, 4)
    assert seen_by(world, ben, ada, conversation) == before
    assert world.publisher.facts(ben) == []
    world.say(conversation, ben, "three")
    mine = world.conversations.view(ada, conversation)
    assert mine["head_ordinal"] - mine["me"]["read_ordinal"] == 1
    assert mine["last"]["body"] == "three"


def test_who_was_seen_online_is_seen_going_offline_and_never_coming_back(
    world: World, chat: tuple[str, str, str]
) -> None:
    ada, ben, conversation = chat
    world.presence.beat(ada, "tab", True)
    world.presence.beat(ben, "tab", True)
    world.publisher.clear()
    world.contacts.change(ada, ben, {"blocked": True})
    assert world.publisher.facts(ben) == [{"user": ada, "state": "offline", "last_seen": None}]
    world.presence.beat(ada, "tab", False)
    world.presence.beat(ada, "tab", True)
    assert len(world.publisher.facts(ben)) == 1
    member = next(m for m in world.conversations.view(ben, conversation)["members"] if m["user"]["id"] == ada)
    assert member["presence"] == world.contacts.overview(ben)[0]["presence"] == {"state": "offline", "last_seen": None}
    world.contacts.change(ada, ben, {"blocked": False})
    assert world.publisher.facts(ben)[-1]["state"] == "online"


def test_ones_own_devices_hear_of_the_block(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ada, ben, {"blocked": True})
    assert world.publisher.facts(ada, "contact_changed")[0]["contact"]["blocked"] is True
    assert world.publisher.facts(ada, "conversation_added")[0]["conversation"]["blocked"] is True
    assert conversation in world.publisher.forgotten


def heads_of(world: World, user: str) -> dict[str, int]:
    """What the heartbeat would answer."""
    unused: Any = None
    return Messages(world.redis, unused, world.heads, world.access, world.conversations).heads(user)


def test_a_stranger_blocked_beforehand_gets_no_way_in(world: World) -> None:
    ada, eve = world.people("Ada", "Eve")
    world.contacts.change(ada, eve, {"blocked": True})
    world.publisher.clear()
    conversation = world.direct(eve, ada)
    world.say(conversation, eve, "let me in")
    assert world.conversations.overview(ada) == []
    assert world.publisher.facts(ada) == []
    assert heads_of(world, ada) == {} and heads_of(world, eve) == {conversation: 1}
    contact = Contact.objects.get(owner=ada, user=eve)
    assert contact.removed_at is not None and contact.blocked_at is not None
    assert [v["user"]["id"] for v in world.contacts.overview(eve)] == [ada]
    assert len(world.conversations.view(eve, conversation)["members"]) == 2


def test_an_unblocked_stranger_is_heard_from_the_next_message_on(world: World) -> None:
    ada, eve = world.people("Ada", "Eve")
    conversation = world.direct(eve, ada)
    world.contacts.change(ada, eve, {"blocked": True})
    world.say(conversation, eve, "never shown")
    world.publisher.clear()
    world.contacts.change(ada, eve, {"blocked": False})
    assert world.conversations.overview(ada) == [] and heads_of(world, ada) == {}
    assert world.publisher.facts(ada) == [{"user": eve}]
    world.say(conversation, eve, "thank you")
    assert heads_of(world, ada) == {conversation: 2}
    view = world.conversations.overview(ada)[0]
    assert (view["last"]["body"], view["head_ordinal"] - view["me"]["read_ordinal"]) == ("thank you", 1)
    assert [v["user"]["id"] for v in world.contacts.overview(ada)] == [eve]


def test_who_opens_the_chat_with_somebody_they_blocked_sees_it(world: World) -> None:
    ada, eve = world.people("Ada", "Eve")
    world.contacts.change(ada, eve, {"blocked": True})
    conversation = world.direct(eve, ada)
    world.say(conversation, eve, "let me in")
    assert world.direct(ada, eve) == conversation
    assert [view["blocked"] for view in world.conversations.overview(ada)] == [True]


def test_removing_a_blocked_contact_keeps_the_block(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ada, ben, {"blocked": True})
    world.contacts.remove(ada, ben)
    world.say(conversation, ben, "and now?")
    assert world.conversations.view(ada, conversation)["last"]["body"] != "and now?"
    assert [view["blocked"] for view in world.contacts.overview(ada)] == [True]
    world.publisher.clear()
    world.contacts.change(ada, ben, {"blocked": False})
    assert world.contacts.overview(ada) == []
    assert world.publisher.facts(ada, "contact_removed") == [{"user": ben}]
    world.say(conversation, ben, "finally")
    assert [view["user"]["id"] for view in world.contacts.overview(ada)] == [ben]


def test_blocking_twice_and_unblocking_twice_change_nothing_more(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    for _ in range(2):
        assert world.contacts.change(ada, ben, {"blocked": True})["blocked"] is True
    world.say(conversation, ben, "one")
    for _ in range(2):
        assert world.contacts.change(ada, ben, {"blocked": False})["blocked"] is False
    world.say(conversation, ben, "two")
    mine = world.conversations.view(ada, conversation)
    assert mine["head_ordinal"] - mine["me"]["read_ordinal"] == 1


def test_what_is_withheld_moves_no_conversation_up_and_is_nobodys_last_word(
    world: World, chat: tuple[str, str, str]
) -> None:
    ada, ben, conversation = chat
    world.say(conversation, ben, "seen")
    world.contacts.change(ada, ben, {"blocked": True})
    for i in range(3):
        world.say(conversation, ben, f"unseen {i}")
    assert world.conversations.view(ada, conversation)["last"]["body"] == "seen"
    assert world.conversations.view(ben, conversation)["last"]["body"] == "unseen 2"
