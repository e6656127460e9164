"""A draft for all one's devices: in versions, so that none writes over what it has not seen."""

import pytest

from app.domain.errors import Conflict, NotAMember
from app.services.drafts import Drafts
from tests.services.world import World

Chat = tuple[str, str, str]


@pytest.fixture
def drafts(world: World) -> Drafts:
    return Drafts(world.access, world.publisher)


@pytest.fixture
def chat(world: World) -> Chat:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    world.say(conversation, ada, "hello")
    world.publisher.clear()
    return ada, ben, conversation


def test_it_is_told_to_ones_own_devices_and_in_ones_own_view_alone(world: World, chat: Chat, drafts: Drafts) -> None:
    ada, ben, conversation = chat
    stands = {"conversation": conversation, "body": "half a thou", "version": 1}
    assert drafts.change(ben, conversation, "half a thou", 0) == stands
    (told,) = world.publisher.told
    assert (told.to, told.fact, told.payload) == ((ben,), "draft_changed", stands)
    me = world.conversations.view(ben, conversation)["me"]
    assert (me["draft"], me["draft_rev"]) == ("half a thou", 1)
    assert world.conversations.view(ada, conversation)["me"]["draft"] == ""
    drafts.change(ben, conversation, "", 1)
    assert world.conversations.view(ben, conversation)["me"]["draft_rev"] == 2


def test_what_was_made_from_an_older_version_changes_nothing(world: World, chat: Chat, drafts: Drafts) -> None:
    _, ben, conversation = chat
    drafts.change(ben, conversation, "from the phone", 0)
    for base in (0, 7):
        with pytest.raises(Conflict) as refused:
            drafts.change(ben, conversation, "from the desk", base)
        assert refused.value.details == {"body": "from the phone", "version": 1}
    assert world.conversations.view(ben, conversation)["me"]["draft"] == "from the phone"
    again = drafts.change(ben, conversation, "from the phone", 0)
    assert again["version"] == 1, "asked for again after a lost answer"
    assert len(world.publisher.told) == 1


def test_only_who_is_there_writes_there(world: World, chat: Chat, drafts: Drafts) -> None:
    with pytest.raises(NotAMember):
        drafts.change(world.person("Cy"), chat[2], "hello", 0)
