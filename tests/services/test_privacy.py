"""What a person hides is told to nobody, by no way, and they see no more of others than they give."""

import itertools
import uuid
from typing import Any

import pytest

from app.domain.commands import Read, Typing
from app.domain.errors import Forbidden
from app.domain.privacy import AUDIENCES, Audience
from app.models import Contact
from tests.services.world import World

Chat = tuple[str, str, str]
OFFLINE = {"state": "offline", "last_seen": None}


@pytest.fixture
def chat(world: World) -> Chat:
    """Ada added Ben and wrote to him; he has not answered. Both are here."""
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    conversation = world.direct(ada, ben)
    world.say(conversation, ada, "hello")
    for user in (ada, ben):
        world.presence.beat(user, f"{user}-tab", True)
    world.publisher.clear()
    return ada, ben, conversation


def member(world: World, viewer: str, conversation: str, user: str) -> dict[str, Any]:
    (found,) = [m for m in world.conversations.view(viewer, conversation)["members"] if m["user"]["id"] == user]
    return dict(found)


def looks(world: World, viewer: str, conversation: str, user: str) -> str:
    """Whether ``user`` is here as ``viewer`` sees it, the same by every way."""
    ways = [member(world, viewer, conversation, user)["presence"], world.presence.of([user], viewer)[user]]
    ways += [c["presence"] for c in world.contacts.overview(viewer) if c["user"]["id"] == user]
    ways += [
        m["presence"] for v in world.conversations.overview(viewer) for m in v["members"] if m["user"]["id"] == user
    ]
    assert all(way == ways[0] for way in ways)
    return str(ways[0]["state"])


@pytest.mark.parametrize(("hers", "his"), list(itertools.product(AUDIENCES, AUDIENCES)))
def test_who_is_here_is_seen_where_both_would_show_it(world: World, chat: Chat, hers: Audience, his: Audience) -> None:
    ada, ben, conversation = chat
    world.privacy.change(ada, {"last_seen": hers})
    world.privacy.change(ben, {"last_seen": his})
    # Ada added Ben. To him she merely came: he has not answered, named or added her.
    mutual = hers != "nobody" and his == "everyone"
    for viewer, user in ((ada, ben), (ben, ada)):
        assert looks(world, viewer, conversation, user) == ("online" if mutual else "offline")


def test_answering_makes_somebody_a_contact_one_wanted(world: World, chat: Chat) -> None:
    ada, ben, conversation = chat
    world.privacy.change(ben, {"last_seen": "contacts"})
    assert Contact.objects.get(owner=ben, user=ada).unasked
    assert looks(world, ada, conversation, ben) == "offline"
    world.say(conversation, ben, "hello yourself")
    assert looks(world, ada, conversation, ben) == "online"
    assert not Contact.objects.get(owner=ben, user=ada).unasked


def test_who_hides_is_told_to_be_gone_at_once_and_never_to_be_back(world: World, chat: Chat) -> None:
    ada, ben, _ = chat
    world.privacy.change(ada, {"last_seen": "nobody"})
    assert world.publisher.facts(ben, "presence") == [{"user": ada, **OFFLINE}]
    world.publisher.clear()
    for visible in (False, True):
        world.presence.beat(ada, f"{ada}-tab", visible)
        world.presence.beat(ben, f"{ben}-tab", visible)
    assert world.publisher.facts(ben, "presence") == []
    assert world.publisher.facts(ada, "presence") == [], "who hides sees nobody"
    world.privacy.change(ada, {"last_seen": "everyone"})
    assert world.publisher.facts(ben, "presence")[-1]["state"] == "online"


def test_taking_somebody_off_ones_contacts_hides_one_from_them_at_once(world: World, chat: Chat) -> None:
    ada, ben, _ = chat
    world.privacy.change(ada, {"last_seen": "contacts"})
    assert world.publisher.facts(ben, "presence")[-1]["state"] == "online"
    world.contacts.remove(ada, ben)
    assert world.publisher.facts(ben, "presence")[-1] == {"user": ada, **OFFLINE}


def test_last_seen_is_hidden_too(world: World, chat: Chat) -> None:
    ada, ben, conversation = chat
    world.redis.flushall()
    world.presence.beat(ada, "tab", True)
    world.presence.gone(ada, "tab")
    world.presence.settle(ada)
    assert member(world, ben, conversation, ada)["presence"]["last_seen"]
    world.privacy.change(ada, {"last_seen": "nobody"})
    assert member(world, ben, conversation, ada)["presence"] == OFFLINE


@pytest.mark.parametrize("off", ["reader", "viewer"])
def test_receipts_are_told_where_both_give_them(world: World, chat: Chat, off: str) -> None:
    ada, ben, conversation = chat
    world.privacy.change(ben if off == "reader" else ada, {"receipts": False})
    world.publisher.clear()
    answer = world.receipts.advance(ben, Read(conversation=conversation, read=1))
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (1, 1, 1), "his own count goes on"
    assert world.publisher.facts(conversation) == []
    (heard,) = world.publisher.facts(ada, "cursors")
    assert (heard["delivered"], heard["read"]) == (1, 0)
    (own,) = world.publisher.facts(ben, "cursors")
    assert own["read"] == 1, "his other tabs"
    assert member(world, ada, conversation, ben)["read"] == 0
    mine = world.conversations.view(ben, conversation)
    assert mine["me"]["read"] == 1 and member(world, ben, conversation, ben)["read"] == 1
    (listed,) = world.conversations.overview(ada)
    assert [m["read"] for m in listed["members"] if m["user"]["id"] == ben] == [0]


def test_what_was_read_while_receipts_were_off_is_not_told_by_switching_them_on(world: World, chat: Chat) -> None:
    ada, ben, conversation = chat
    world.receipts.advance(ben, Read(conversation=conversation, read=1))
    world.say(conversation, ada, "secretly")
    world.privacy.change(ben, {"receipts": False})
    world.receipts.advance(ben, Read(conversation=conversation, read=2))
    assert member(world, ada, conversation, ben)["read"] == 1, "what was told stays told"
    world.privacy.change(ben, {"receipts": True})
    assert member(world, ada, conversation, ben)["read"] == 1
    world.receipts.advance(ben, Read(conversation=conversation, read=2))
    assert member(world, ada, conversation, ben)["read"] == 1, "said again, by a reload"
    world.say(conversation, ada, "openly")
    world.receipts.advance(ben, Read(conversation=conversation, read=3))
    assert member(world, ada, conversation, ben)["read"] == 3


def test_in_a_group_each_member_hears_what_is_for_them(world: World, chat: Chat) -> None:
    ada, ben, _ = chat
    cleo = world.person("Cleo")
    world.contacts.add_by_id(ada, cleo)
    group = world.groups.create(ada, "Three", [ben, cleo], str(uuid.uuid4()))["id"]
    seq = world.say(group, ada, "to all")
    world.privacy.change(cleo, {"receipts": False, "typing": False})
    world.publisher.clear()
    world.receipts.advance(ben, Read(conversation=group, read=seq))
    assert world.publisher.facts(group) == []
    assert [world.publisher.facts(user, "cursors")[0]["read"] for user in (ada, ben, cleo)] == [seq, seq, 0]
    world.publisher.clear()
    world.receipts.advance(cleo, Read(conversation=group, read=seq))
    assert [world.publisher.facts(user, "cursors")[0]["read"] for user in (ada, ben, cleo)] == [0, 0, seq]
    world.publisher.clear()
    world.typing.note(ben, Typing(conversation=group, active=True))
    assert world.publisher.facts(ada, "typing") and not world.publisher.facts(cleo, "typing")
    assert world.publisher.facts(group) == []


@pytest.mark.parametrize("off", ["ada", "ben"])
def test_typing_is_told_where_both_give_it(world: World, chat: Chat, off: str) -> None:
    ada, ben, conversation = chat
    world.typing.note(ada, Typing(conversation=conversation, active=True))
    assert len(world.publisher.told) == 1
    world.privacy.change(ada if off == "ada" else ben, {"typing": False})
    world.publisher.clear()
    world.typing.note(ada, Typing(conversation=conversation, active=True))
    world.typing.note(ben, Typing(conversation=conversation, active=True))
    assert world.publisher.told == []


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("wanted", [True, False])
def test_groups_are_for_those_one_lets(world: World, chat: Chat, audience: Audience, wanted: bool) -> None:
    ada, ben, conversation = chat
    own = world.groups.create(ada, "Own", [], str(uuid.uuid4()))["id"]
    if wanted:
        world.say(conversation, ben, "do add me")
    world.privacy.change(ben, {"groups": audience})
    if audience == "everyone" or (audience == "contacts" and wanted):
        world.groups.create(ada, "With Ben", [ben], str(uuid.uuid4()))
        world.groups.add(ada, own, [ben], str(uuid.uuid4()))
        return
    for attempt in (
        lambda: world.groups.create(ada, "With Ben", [ben], str(uuid.uuid4())),
        lambda: world.groups.add(ada, own, [ben], str(uuid.uuid4())),
    ):
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert "Ben" not in refused.value.message and ben not in str(refused.value.to_wire())
    assert len(world.conversations.overview(ben)) == 1


def test_a_change_is_told_to_ones_own_pages_and_to_no_one_else_s(world: World, chat: Chat) -> None:
    ada, ben, _ = chat
    chosen = world.privacy.change(ada, {"receipts": False, "groups": "contacts"})
    assert chosen == {
        "last_seen": "everyone",
        "receipts": False,
        "typing": True,
        "groups": "contacts",
        "first_messages": "everyone",
    }
    assert world.publisher.facts(ada, "privacy_changed") == [{"privacy": chosen}]
    assert world.publisher.facts(ben) == []
    assert world.privacy.of(ada) == chosen and world.privacy.of(ben)["receipts"] is True
