"""Invite links: who makes them, whom they let in, and how they end."""

import uuid
from datetime import timedelta

import gevent
import pytest

from app.domain.errors import Conflict, Forbidden, LinkGone, NotAMember, NotFound
from app.domain.group_settings import SettingsChange
from app.domain.ids import new_id
from app.models import GroupLink, Membership
from app.models.accounts import now
from app.services.group_links import LIVE_LINKS
from tests.services.world import World

HERE = "192.0.2.1"


def once() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def crew(world: World) -> tuple[str, str, str]:
    """Ada's group "Crew" with Ben: its id, Ada, Ben."""
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    return str(world.groups.create(ada, "Crew", [ben], once())["id"]), ada, ben


def reason(world: World, token: str) -> str:
    with pytest.raises(LinkGone) as caught:
        world.links.look(token, HERE)
    assert caught.value.status == 410
    return str(caught.value.details["reason"])


def test_a_stranger_comes_in_by_a_link_and_everybody_sees_who_invited(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    link = world.links.make(ada, group, None, None)
    assert len(link.id) == 22
    _, shown, members = world.links.look(link.id, HERE)
    assert (shown.title, members) == ("Crew", 2)
    cleo = world.person("Cleo")
    view = world.links.join(cleo, link.id)
    assert (view["last"]["kind"], view["last"]["sender"], view["last"]["body"]) == ("joined", cleo, ada)
    assert (view["me"]["role"], view["me"]["from_seq"]) == ("member", 2)
    assert world.conversations.view(ben, group)["head"] == 2
    told = world.publisher.facts(cleo, "conversation_added")
    assert [fact["conversation"]["id"] for fact in told] == [group]
    assert world.links.overview(ada, group)[0].uses == 1


def test_who_is_in_it_already_is_shown_in_and_not_counted(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    link = world.links.make(ada, group, None, 1)
    assert world.links.join(ben, link.id)["head"] == 1
    assert GroupLink.objects.get(id=link.id).uses == 0
    cleo = world.person("Cleo")
    world.links.join(cleo, link.id)
    assert world.links.join(cleo, link.id)["head"] == 2, "asked again"
    assert GroupLink.objects.get(id=link.id).uses == 1


def test_however_many_come_at_once_no_more_get_in_than_the_limit(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, _ = crew
    link = world.links.make(ada, group, None, 10)
    people = [world.person(f"P{n}") for n in range(25)]

    def come(who: str) -> bool:
        try:
            world.links.join(who, link.id)
        except LinkGone:
            return False
        return True

    came = [job.get() for job in [gevent.spawn(come, who) for who in people]]
    assert sum(came) == 10
    inside = set(Membership.objects(conversation=group, until_seq=None).scalar("user"))
    assert len(inside & set(people)) == 10
    assert GroupLink.objects.get(id=link.id).uses == 10


def test_who_was_removed_is_kept_out_until_an_admin_adds_them_and_who_left_comes_back(
    world: World, crew: tuple[str, str, str]
) -> None:
    group, ada, ben = crew
    link = world.links.make(ada, group, None, None)
    world.groups.leave(ben, group, once())
    assert world.links.join(ben, link.id)["me"]["until_seq"] is None
    world.groups.remove(ada, group, ben, once())
    with pytest.raises(Forbidden, match="removed"):
        world.links.join(ben, link.id)
    assert GroupLink.objects.get(id=link.id).uses == 1
    world.groups.add(ada, group, [ben], once())
    assert world.conversations.view(ben, group)["me"]["until_seq"] is None


def test_a_link_ends_by_time_by_use_and_by_being_revoked(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, _ = crew
    old, worn, revoked = (world.links.make(ada, group, 3600, 1) for _ in range(3))
    GroupLink.objects(id=old.id).update_one(set__expires_at=now() - timedelta(seconds=1))
    world.links.join(world.person("Cleo"), worn.id)
    world.links.revoke(ada, group, revoked.id)
    world.links.revoke(ada, group, revoked.id)
    assert [reason(world, link.id) for link in (old, worn, revoked)] == ["expired", "used_up", "revoked"]
    assert world.links.overview(ada, group) == []
    for link in (old, worn, revoked):
        with pytest.raises(LinkGone):
            world.links.join(world.person("Late"), link.id)
    with pytest.raises(NotFound):
        world.links.look(new_id(), HERE)


def test_links_are_made_by_who_may_add_people_and_work_no_longer_than_that(
    world: World, crew: tuple[str, str, str]
) -> None:
    group, ada, ben = crew
    with pytest.raises(Forbidden):
        world.links.make(ben, group, None, None)
    with pytest.raises(Forbidden):
        world.links.overview(ben, group)
    world.groups.set(ada, group, SettingsChange(adds="everyone"), once())
    bens, adas = world.links.make(ben, group, None, None), world.links.make(ada, group, None, None)
    assert [link.id for link in world.links.overview(ben, group)] == [bens.id], "a member sees their own"
    assert {link.id for link in world.links.overview(ada, group)} == {bens.id, adas.id}
    with pytest.raises(Forbidden):
        world.links.revoke(ben, group, adas.id)
    world.groups.set(ada, group, SettingsChange(adds="admins"), once())
    assert reason(world, bens.id) == "revoked"
    with pytest.raises(NotAMember):
        world.links.make(world.person("Stranger"), group, None, None)


def test_links_die_with_the_group(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, _ = crew
    link = world.links.make(ada, group, None, None)
    world.groups.close(ada, group, "Crew", once())
    assert reason(world, link.id) == "closed"
    with pytest.raises(LinkGone):
        world.links.join(world.person("Late"), link.id)


def test_there_are_not_more_links_than_one_can_look_over(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, _ = crew
    for _ in range(LIVE_LINKS):
        world.links.make(ada, group, None, None)
    with pytest.raises(Conflict):
        world.links.make(ada, group, None, None)


def test_looking_making_and_joining_are_limited(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, _ = crew
    link = world.links.make(ada, group, None, None)
    world.links.look(link.id, HERE)
    cleo = world.person("Cleo")
    world.links.join(cleo, link.id)
    wanted = {("group_link", ada), ("group_link_look", HERE), ("group_join", cleo)}
    assert wanted <= set(world.limits.counted)
