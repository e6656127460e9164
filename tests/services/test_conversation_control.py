"""Freezing, unfreezing and deleting conversations: who hears of it, and what stands in the log."""

import uuid

import pytest
from redis import Redis
from redis.exceptions import RedisError

from app.domain.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import Conversation, Membership
from app.models.messages import read_range
from app.sequencing.heads import find_head
from app.services.conversation_control import ConversationControl
from tests.services.world import World


def control_of(world: World, redis: Redis | None = None) -> ConversationControl:
    return ConversationControl(redis or world.redis, world, world.conversations, world.access, world.publisher)  # type: ignore[arg-type]


@pytest.fixture
def crew(world: World) -> tuple[str, str, str]:
    """Ada's group "Crew" with Ben: its id, Ada, Ben."""
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    group = str(world.groups.create(ada, "Crew", [ben], str(uuid.uuid4()))["id"])
    world.publisher.clear()
    world.publisher.forgotten.clear()
    return group, ada, ben


def test_members_and_servers_hear_of_it_and_nobody_writes(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    control = control_of(world)
    control.freeze(group)
    assert group in world.publisher.forgotten
    for user in (ada, ben):
        (told,) = world.publisher.facts(user, "conversation_added")
        assert told["conversation"]["frozen"] is True
    with pytest.raises(Forbidden, match="frozen"):
        world.append(ada, group, str(uuid.uuid4()), "titled", "Other")
    control.unfreeze(group)
    assert world.publisher.facts(ben, "conversation_added")[-1]["conversation"]["frozen"] is False
    world.append(ada, group, str(uuid.uuid4()), "titled", "Other")


def test_what_nobody_could_be_told_of_is_an_error(world: World, crew: tuple[str, str, str]) -> None:
    away = Redis(host="127.0.0.1", port=1, socket_connect_timeout=0.2)
    with pytest.raises(RedisError):
        control_of(world, away).freeze(crew[0])


def test_a_group_is_deleted_by_an_administrator_and_says_so_once(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    control = control_of(world)
    with pytest.raises(Invalid):
        control.delete(group, "Cre")
    control.freeze(group)
    control.delete(group, " crew ")
    last = read_range(group, 0, find_head(group))[-1]
    assert (last.kind, last.sender, last.body) == ("closed", ada, "administrator")
    assert Membership.objects(conversation=group, until_seq=None).count() == 0
    assert world.conversations.view(ben, group)["closed_by"] == "administrator"
    with pytest.raises(Conflict):
        control.delete(group, "Crew")


def test_direct_conversations_stay_and_what_is_nowhere_is_not_found(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    direct = world.direct(ada, ben)
    control = control_of(world)
    with pytest.raises(Conflict):
        control.delete(direct, direct)
    for verb in (control.freeze, control.unfreeze):
        with pytest.raises(NotFound):
            verb("a" * 22)
    assert Conversation.objects.get(id=direct).frozen_at is None
