"""Who takes first messages from their contacts alone gets requests from others, who learn nothing before they accept."""

from typing import Any

import pytest

from app.domain.commands import Read, Typing
from app.domain.errors import NotFound
from app.models import Contact, User
from tests.services.world import World

OFFLINE = {"state": "offline", "last_seen": None}


@pytest.fixture
def asked(world: World) -> tuple[str, str, str]:
    """Ben, whom Ada does not know, has written to her, who lets nobody do that unasked. Both are here."""
    ada, ben = world.person("Ada", handle="ada", avatar="a" * 22), world.person("Ben")
    world.privacy.change(ada, {"first_messages": "contacts"})
    for user in (ada, ben):
        world.presence.beat(user, f"{user}-tab", True)
    conversation = world.direct(ben, ada)
    world.say(conversation, ben, "do you know me?")
    return ada, ben, conversation


def of(world: World, viewer: str, conversation: str, user: str) -> dict[str, Any]:
    return next(dict(m) for m in world.conversations.view(viewer, conversation)["members"] if m["user"]["id"] == user)


def learned(world: World, ben: str, ada: str, conversation: str) -> dict[str, Any]:
    """All that Ben can know of Ada."""
    return {
        "member": of(world, ben, conversation, ada),
        "contacts": [c for c in world.contacts.overview(ben) if c["user"]["id"] == ada],
        "search": world.contacts.search_people(ben, "@ada"),
        "presence": world.presence.of([ada], ben)[ada],
    }


def test_it_is_a_request_to_her_and_a_chat_to_him(world: World, asked: tuple[str, str, str]) -> None:
    ada, ben, conversation = asked
    (hers,) = world.conversations.overview(ada)
    assert hers["request"] is True and hers["last"]["body"] == "do you know me?"
    assert world.conversations.view(ben, conversation)["request"] is False
    assert Contact.objects(owner=ada, user=ben).first() is None
    assert [c["user"]["id"] for c in world.contacts.overview(ben)] == [ada]


def test_he_learns_nothing_whatever_she_does(world: World, asked: tuple[str, str, str]) -> None:
    ada, ben, conversation = asked
    before = learned(world, ben, ada, conversation)
    assert before["presence"] == before["member"]["presence"] == OFFLINE
    assert '"avatar": None' not in str(before) and "photos" not in str(before)
    world.publisher.clear()
    answer = world.receipts.advance(ada, Read(conversation=conversation, delivered=1, read=1))
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (0, 0, 1), "her own count goes on"
    world.typing.note(ada, Typing(conversation=conversation, active=True))
    world.presence.beat(ada, f"{ada}-tab", False)
    world.presence.beat(ada, f"{ada}-tab", True)
    assert world.publisher.facts(ben) == world.publisher.facts(conversation) == []
    assert learned(world, ben, ada, conversation) == before


def test_accepting_makes_them_known_to_each_other(world: World, asked: tuple[str, str, str]) -> None:
    ada, ben, conversation = asked
    world.publisher.clear()
    assert world.requests.accept(ada, conversation)["request"] is False
    assert world.publisher.facts(ada, "conversation_added")[-1]["conversation"]["request"] is False
    after = learned(world, ben, ada, conversation)
    assert after["presence"]["state"] == after["member"]["presence"]["state"] == "online"
    assert after["member"]["user"]["avatar"] and after["search"][0]["avatar"]
    assert (after["member"]["delivered"], after["member"]["read"]) == (1, 1)
    assert world.publisher.facts(ben, "conversation_added")[-1]["conversation"]["members"]
    assert Contact.objects(owner=ada, user=ben, removed_at=None).count() == 1
    world.publisher.clear()
    world.typing.note(ada, Typing(conversation=conversation, active=True))
    assert world.publisher.facts(conversation, "typing")
    assert world.requests.accept(ada, conversation)["request"] is False, "again"
    world.say(conversation, ben, "thank you")
    assert world.conversations.view(ada, conversation)["request"] is False


@pytest.mark.parametrize("how", ["answer", "add"])
def test_answering_or_adding_accepts(world: World, asked: tuple[str, str, str], how: str) -> None:
    ada, ben, conversation = asked
    if how == "answer":
        world.say(conversation, ada, "I do")
    else:
        world.contacts.add_by_id(ada, ben)
    assert world.conversations.view(ada, conversation)["request"] is False
    assert of(world, ben, conversation, ada)["presence"]["state"] == "online"


def test_declining_makes_it_go_and_what_comes_then_is_a_new_request(world: World, asked: tuple[str, str, str]) -> None:
    ada, ben, conversation = asked
    before = learned(world, ben, ada, conversation)
    world.publisher.clear()
    world.requests.decline(ada, conversation)
    assert world.publisher.facts(ada, "conversation_removed") == [{"conversation": conversation}]
    assert world.publisher.facts(ben) == [] and learned(world, ben, ada, conversation) == before
    assert world.conversations.overview(ada) == []
    with pytest.raises(NotFound):
        world.requests.decline(ada, conversation)
    with pytest.raises(NotFound):
        world.requests.accept(ada, conversation)
    world.say(conversation, ben, "hello?")
    (again,) = world.conversations.overview(ada)
    assert again["request"] and again["last"]["body"] == "hello?" and again["me"]["from_seq"] == 2
    assert again["head_ordinal"] - again["me"]["read_ordinal"] == 1


def test_blocking_makes_it_go_for_good(world: World, asked: tuple[str, str, str]) -> None:
    ada, ben, conversation = asked
    before = learned(world, ben, ada, conversation)
    world.contacts.change(ada, ben, {"blocked": True})
    assert {"conversation": conversation} in world.publisher.facts(ada, "conversation_removed")
    world.say(conversation, ben, "please")
    assert world.conversations.overview(ada) == []
    assert learned(world, ben, ada, conversation)["member"] == before["member"]


def test_whom_she_added_or_wrote_to_needs_not_ask(world: World) -> None:
    ada, ben, cleo = world.people("Ada", "Ben", "Cleo")
    world.privacy.change(ada, {"first_messages": "contacts"})
    world.contacts.add_by_id(ada, ben)
    chat = world.direct(ben, ada)
    world.say(chat, ben, "hello")
    other = world.direct(ada, cleo)
    world.say(other, cleo, "you opened this")
    assert [view["request"] for view in world.conversations.overview(ada)] == [False, False]
    note = world.direct(ada, ada)
    world.say(note, ada, "to me")
    assert world.conversations.view(ada, note)["request"] is False


def test_only_the_one_who_is_asked_answers(world: World, asked: tuple[str, str, str]) -> None:
    ada, ben, conversation = asked
    stranger = world.person("Stranger")
    for user in (ben, stranger):
        with pytest.raises(NotFound):
            world.requests.decline(user, conversation)
    with pytest.raises(NotFound):
        world.requests.accept(stranger, conversation)
    assert world.requests.accept(ben, conversation)["request"] is False
    assert world.conversations.view(ada, conversation)["request"] is True
    assert User.objects(id=ada).first()
