"""One conversation per pair of people; what each of them sees of it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import mongoengine
import pytest
from mongoengine.errors import NotUniqueError
from pymongo.monitoring import CommandListener, CommandStartedEvent

from app.domain.errors import NotAMember, NotFound, RateLimited
from app.domain.ids import direct_key, new_id
from app.models import Contact, Conversation, Membership, User
from app.models.accounts import now
from tests.services.world import World

ROUNDS = 25


def test_opening_from_either_side_leads_to_the_same_conversation(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    assert world.direct(ada, ben) == world.direct(ben, ada) == world.direct(ada, ben)
    assert Conversation.objects.count() == 1
    assert Membership.objects.count() == 2


def test_two_who_open_at_the_same_moment_get_one_conversation(world: World) -> None:
    for _ in range(ROUNDS):
        ada, ben = world.people("Ada", "Ben")
        together = Barrier(4)

        def opened(pair: tuple[str, str], together: Barrier = together) -> str:
            together.wait()
            return world.direct(*pair)

        with ThreadPoolExecutor(4) as pool:
            ids = set(pool.map(opened, [(ada, ben), (ben, ada), (ada, ben), (ben, ada)]))
        assert len(ids) == 1
        assert Membership.objects(conversation=ids.pop()).count() == 2
    assert Conversation.objects.count() == ROUNDS


def test_the_index_lets_no_second_conversation_of_two_people_exist(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.direct(ada, ben)
    with pytest.raises(NotUniqueError):
        Conversation(kind="direct", direct_key=direct_key(ben, ada), created_by=ben).save(force_insert=True)


def test_a_note_to_self_has_one_member(world: World) -> None:
    ada = world.person("Ada")
    view = world.conversations.open_direct(ada, ada)
    assert [member["user"]["id"] for member in view["members"]] == [ada]
    assert world.conversations.open_direct(ada, ada)["id"] == view["id"]
    seq = world.say(view["id"], ada, "milk")
    assert world.conversations.overview(ada)[0]["head"] == seq
    assert Contact.objects.count() == 0


def test_nobody_and_the_disabled_cannot_be_opened(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    User.objects(id=ben).update_one(set__disabled_at=now())
    for other in (ben, new_id()):
        with pytest.raises(NotFound):
            world.conversations.open_direct(ada, other)
    assert Conversation.objects.count() == 0


def test_opening_strangers_is_limited_and_what_is_known_stays_open(world: World) -> None:
    ada, ben, eve = world.people("Ada", "Ben", "Eve")
    world.limits.allowed["conversation_open"] = 1
    first = world.direct(ada, ben)
    with pytest.raises(RateLimited):
        world.direct(ada, eve)
    assert world.direct(ada, ben) == first


def test_an_empty_conversation_is_listed_only_for_who_opened_it(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    assert [view["id"] for view in world.conversations.overview(ada)] == [conversation]
    assert world.conversations.overview(ben) == []
    world.say(conversation, ada, "hello")
    assert [view["id"] for view in world.conversations.overview(ben)] == [conversation]


def test_the_view_says_how_far_the_log_is_and_what_stands_last(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    for body in ("one", "two", "three"):
        world.say(conversation, ada, body)
    view = world.conversations.view(ben, conversation)
    assert (view["head"], view["head_ordinal"], view["last"]["body"]) == (3, 3, "three")
    assert view["me"]["read_ordinal"] == 0
    assert view["title"] is None and view["blocked"] is False


def test_a_stranger_sees_nothing(world: World) -> None:
    ada, ben, eve = world.people("Ada", "Ben", "Eve")
    conversation = world.direct(ada, ben)
    for attempt in (
        lambda: world.conversations.view(eve, conversation),
        lambda: world.conversations.change(eve, conversation, {"pinned": True}),
        lambda: world.conversations.view(eve, new_id()),
    ):
        with pytest.raises(NotAMember) as refusal:
            attempt()
        assert refusal.value.to_wire() == NotFound().to_wire()
    world.publisher.clear()
    world.conversations.announce_added(conversation, [eve])
    assert world.publisher.told == []


def test_the_first_message_introduces_both_and_tells_both_once(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    assert Contact.objects.count() == 0
    world.say(conversation, ada, "hello")
    world.access.forget(conversation)
    world.say(conversation, ben, "hello yourself")
    for owner, other in ((ada, ben), (ben, ada)):
        contact = Contact.objects.get(owner=owner)
        assert (contact.user, contact.source) == (other, "message")
        told = world.publisher.facts(owner, "contact_added")
        assert [fact["contact"]["user"]["id"] for fact in told] == [other]
        assert told[0]["contact"]["conversation"] == conversation


def test_introducing_twice_changes_nothing(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    stale = Conversation.objects.get(id=world.direct(ada, ben))
    for _ in range(2):
        world.conversations.introduce(Conversation.objects.get(id=stale.id), ada)
        stale.introduced_at = None
        world.conversations.introduce(stale, ben)
    assert Contact.objects.count() == 2
    assert len(world.publisher.facts(ada, "contact_added")) == 1


def test_muting_pinning_and_archiving_are_ones_own_and_reach_ones_other_devices(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    world.publisher.clear()
    view = world.conversations.change(ada, conversation, {"muted_until": 4_000_000_000_000, "pinned": True})
    assert (view["me"]["muted_until"], view["me"]["pinned"], view["me"]["archived"]) == (4_000_000_000_000, True, False)
    assert world.publisher.facts(ada, "conversation_added")[0]["conversation"]["me"] == view["me"]
    assert world.publisher.facts(ben) == []
    theirs = world.conversations.view(ben, conversation)["me"]
    assert (theirs["muted_until"], theirs["pinned"]) == (None, False)
    assert world.conversations.change(ada, conversation, {"muted_until": None})["me"]["muted_until"] is None
    assert world.conversations.view(ada, conversation)["me"]["pinned"] is True


def test_muting_for_good_is_not_too_far_for_a_date(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    view = world.conversations.change(ada, world.direct(ada, ben), {"muted_until": 9_007_199_254_740_991})
    assert view["me"]["muted_until"] > 4_000_000_000_000


def test_a_deleted_account_keeps_no_name(world: World) -> None:
    ada, ben = world.person("Ada"), world.person("Ben", handle="ben", about="here")
    conversation = world.direct(ada, ben)
    world.say(conversation, ben, "bye")
    world.presence.beat(ben, "socket", True)
    User.objects(id=ben).update_one(set__disabled_at=now())
    members = world.conversations.view(ada, conversation)["members"]
    member = next(member for member in members if member["user"]["id"] == ben)
    nobody = {"id": ben, "name": "Deleted account", "handle": None, "avatar": None, "about": "", "deleted": True}
    assert member["user"] == nobody
    assert member["presence"] == {"state": "offline", "last_seen": None}


class Queries(CommandListener):
    """Counts the commands a client sends."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.names.append(event.command_name)

    def succeeded(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...


def test_the_overview_takes_as_many_queries_for_many_conversations_as_for_one(
    world: World, indexed_mongodb_uri: str
) -> None:
    ada = world.person("Ada")

    def converse(people: int) -> None:
        for number in range(people):
            conversation = world.direct(ada, world.person(f"Person {number}"))
            world.say(conversation, ada, "hello")
        world.heads.of(list(Membership.objects(user=ada).scalar("conversation")), exact=True)

    def queries() -> list[str]:
        listener = Queries()
        mongoengine.disconnect_all()
        mongoengine.connect(
            host=indexed_mongodb_uri, tz_aware=True, uuidRepresentation="standard", event_listeners=[listener]
        )
        listener.names.clear()
        world.conversations.overview(ada)
        return [name for name in listener.names if name in ("find", "aggregate", "count", "getMore")]

    converse(1)
    for_one = queries()
    converse(30)
    for_many = queries()
    assert len(world.conversations.overview(ada)) == 31
    assert len(for_many) == len(for_one) <= 10
