"""A group of a thousand: made, written to, looked at; and one more is refused."""

import time
import uuid
from typing import Any

import pytest
from pymongo import monitoring
from pymongo.monitoring import CommandFailedEvent, CommandStartedEvent, CommandSucceededEvent

from app.domain.commands import Read
from app.domain.entries import Proposal
from app.domain.errors import Conflict, Invalid
from app.domain.ids import content_hash, new_id
from app.domain.membership import GROUP_MEMBERS
from app.models import Contact, Membership, User
from app.sequencing.store import Store
from tests.services.world import World


class Counter(monitoring.CommandListener):
    """How many documents MongoDB answered."""

    def __init__(self) -> None:
        self.documents = 0

    def started(self, event: CommandStartedEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def succeeded(self, event: CommandSucceededEvent) -> None:
        cursor: Any = event.reply.get("cursor", {})
        self.documents += len(cursor.get("firstBatch", cursor.get("nextBatch", ())))


@pytest.fixture(scope="module")
def counter() -> Counter:
    """Counts in every client that is made from here on."""
    counter = Counter()
    monitoring.register(counter)
    return counter


@pytest.fixture
def crowd(counter: Counter, world: World) -> tuple[World, str, list[str]]:
    """Ada's group of a thousand, she among them: its id, and the members' ids."""
    ada = world.person("Ada")
    others = [new_id() for _ in range(GROUP_MEMBERS - 1)]
    User.objects.insert([User(id=other, name=f"Person {n}") for n, other in enumerate(others)])
    Contact.objects.insert([Contact(owner=ada, user=other, source="manual") for other in others])
    view = world.groups.create(ada, "Everybody", others, str(uuid.uuid4()))
    assert len(view["members"]) == GROUP_MEMBERS
    return world, view["id"], [ada, *others]


def message(conversation: str, sender: str, body: str) -> Proposal:
    return Proposal(conversation, sender, str(uuid.uuid4()), "text", body, content_hash("text", body))


def test_a_message_to_a_thousand_reads_nobodys_document(counter: Counter, crowd: tuple[World, str, list[str]]) -> None:
    world, group, members = crowd
    store = Store()
    store.commit([message(group, members[0], "the first loads who is in it")])
    world.access.member(members[5], group)
    before = counter.documents
    for n in range(20):
        world.access.member(members[n], group)
        store.commit([message(group, members[n], f"message {n}")])
    assert counter.documents - before == 0
    state = store.state(group)
    assert state is not None and len(state.members) == GROUP_MEMBERS


def test_one_more_is_refused_in_words(crowd: tuple[World, str, list[str]]) -> None:
    world, group, (ada, *_) = crowd
    late = world.person("Late")
    world.contacts.add_by_id(ada, late)
    with pytest.raises(Invalid, match="up to 1,000 members"):
        world.groups.add(ada, group, [late], str(uuid.uuid4()))
    link = world.links.make(ada, group, None, None)
    with pytest.raises(Conflict, match="up to 1,000 members"):
        world.links.join(late, link.id)


def test_of_a_thousand_only_those_who_are_here_are_told_and_looking_is_quick(
    crowd: tuple[World, str, list[str]],
) -> None:
    world, group, members = crowd
    assert world.publisher.facts(members[1], "conversation_added") == []
    world.presence.beat(members[1], "socket", True)
    world.conversations.announce_added(group, members)
    assert len(world.publisher.facts(members[1], "conversation_added")) == 1
    assert world.publisher.facts(members[2], "conversation_added") == []
    began = time.perf_counter()
    world.conversations.view(members[1], group)
    took = time.perf_counter() - began
    print(f"a view of a thousand: {took * 1000:.0f} ms")
    assert took < 2


def test_in_a_large_group_what_one_reads_is_told_to_ones_own_devices_alone(
    crowd: tuple[World, str, list[str]],
) -> None:
    world, group, members = crowd
    world.receipts.advance(members[1], Read(conversation=group, read=1))
    assert [fact["read"] for fact in world.publisher.facts(members[1], "cursors")] == [1]
    assert world.publisher.facts(group, "cursors") == []


def test_the_end_of_a_thousand_ends_all_memberships(crowd: tuple[World, str, list[str]]) -> None:
    world, group, (ada, *_) = crowd
    world.groups.close(ada, group, "Everybody", str(uuid.uuid4()))
    assert Membership.objects(conversation=group, until_seq=None).count() == 0


def test_many_are_added_at_once(world: World) -> None:
    ada, first = world.people("Ada", "First")
    world.contacts.add_by_id(ada, first)
    others = [new_id() for _ in range(GROUP_MEMBERS - 2)]
    User.objects.insert([User(id=other, name=f"Person {n}") for n, other in enumerate(others)])
    Contact.objects.insert([Contact(owner=ada, user=other, source="manual") for other in others])
    group = world.groups.create(ada, "Everybody", [first], str(uuid.uuid4()))["id"]
    began = time.perf_counter()
    view = world.groups.add(ada, group, others, str(uuid.uuid4()))
    print(f"a thousand added: {time.perf_counter() - began:.1f} s")
    assert len(view["members"]) == GROUP_MEMBERS
    assert world.place(group, others[-1]).from_seq == 2
