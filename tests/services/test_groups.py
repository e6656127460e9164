"""Groups: who can be in one, what its log begins with, who is told."""

import uuid

import pytest

from app.domain.commands import Read
from app.domain.errors import Forbidden, Invalid, NotFound, RateLimited
from app.domain.ids import new_id
from app.domain.membership import GROUP_MEMBERS
from app.models import Contact, Conversation, Membership, User
from app.models.accounts import now
from tests.services.world import World


def client_id() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def friends(world: World) -> list[str]:
    """Ada and her contacts Ben, Cleo and Dan, who do not know each other."""
    ada, *others = world.people("Ada", "Ben", "Cleo", "Dan")
    for other in others:
        world.contacts.add_by_id(ada, other)
    world.publisher.clear()
    return [ada, *others]


def test_a_group_begins_with_who_founded_it_and_everybody_is_told(world: World, friends: list[str]) -> None:
    ada, *others = friends
    view = world.groups.create(ada, "  Release \n train ", others, client_id())
    assert (view["kind"], view["title"], view["created_by"], view["head"]) == ("group", "Release train", ada, 1)
    assert (view["last"]["kind"], view["last"]["body"], view["head_ordinal"]) == ("created", "Release train", 0)
    assert {m["user"]["id"]: m["role"] for m in view["members"]} == {ada: "owner"} | dict.fromkeys(others, "member")
    for member in friends:
        told = world.publisher.facts(member, "conversation_added")
        assert [fact["conversation"]["id"] for fact in told] == [view["id"]]
        assert told[0]["conversation"]["me"]["role"] == ("owner" if member == ada else "member")
        assert [v["id"] for v in world.conversations.overview(member)] == [view["id"]]


def test_the_members_of_a_small_group_become_contacts_of_each_other(world: World, friends: list[str]) -> None:
    ada, ben, cleo, dan = friends
    world.groups.create(ada, "Four", [ben, cleo, dan], client_id())
    assert Contact.objects.count() == 4 * 3
    assert Contact.objects.get(owner=ben, user=cleo).source == "group"
    assert Contact.objects.get(owner=ada, user=ben).source == "manual"
    told = [fact["contact"]["user"]["id"] for fact in world.publisher.facts(ben, "contact_added")]
    assert sorted(told) == sorted([ada, cleo, dan])
    assert world.publisher.facts(ada, "contact_added") == []


def test_who_wants_no_contacts_by_groups_gets_none_and_becomes_nobodys(world: World, friends: list[str]) -> None:
    ada, ben, cleo, dan = friends
    User.objects(id=cleo).update_one(set__met_in_groups=False)
    world.groups.create(ada, "Four", [ben, cleo, dan], client_id())
    met = set(Contact.objects(source="group").scalar("owner", "user"))
    assert met == {(ben, ada), (dan, ada), (ben, dan), (dan, ben)}
    world.groups.leave(dan, str(Conversation.objects.first().id), client_id())
    late = world.person("Late")
    world.contacts.add_by_id(ada, late)
    User.objects(id=cleo).update_one(set__met_in_groups=True)
    world.groups.add(ada, str(Conversation.objects.first().id), [late], client_id())
    assert Contact.objects(owner=cleo, user=late, source="group").first() is not None


def test_the_same_request_twice_is_one_group(world: World, friends: list[str]) -> None:
    ada, *others = friends
    again = client_id()
    first = world.groups.create(ada, "Once", others[:1], again)
    second = world.groups.create(ada, "Once", others, again)
    assert first["id"] == second["id"] and second["head"] == 1
    assert len(second["members"]) == 2
    assert Conversation.objects.count() == 1


def test_only_ones_own_living_contacts_can_be_added(world: World, friends: list[str]) -> None:
    ada, ben, cleo, dan = friends
    stranger = world.person("Stranger")
    world.contacts.remove(ada, cleo)
    User.objects(id=dan).update_one(set__disabled_at=now())
    for wrong in (stranger, cleo, dan, new_id()):
        with pytest.raises(Invalid):
            world.groups.create(ada, "Mixed", [ben, wrong], client_id())
    assert Conversation.objects.count() == Membership.objects.count() == 0


def test_who_blocked_the_founder_is_left_out_and_the_founder_is_not_told_why(world: World, friends: list[str]) -> None:
    ada, ben, cleo, _ = friends
    world.contacts.change(ben, ada, {"blocked": True})
    world.publisher.clear()
    view = world.groups.create(ada, "Quiet", [ben, cleo], client_id())
    assert {m["user"]["id"] for m in view["members"]} == {ada, cleo}
    assert world.publisher.facts(ben) == []
    assert world.conversations.overview(ben) == []


def test_a_group_has_a_title_and_a_largest_size(world: World, friends: list[str]) -> None:
    ada, *others = friends
    for title in ("", "  ", "x" * 121, "‮reversed"):
        with pytest.raises(Invalid):
            world.groups.create(ada, title, others, client_id())
    with pytest.raises(Invalid):
        world.groups.create(ada, "Many", [new_id() for _ in range(GROUP_MEMBERS)], client_id())


def test_founding_is_limited(world: World, friends: list[str]) -> None:
    world.limits.allowed["group_create"] = 2
    for _ in range(2):
        world.groups.create(friends[0], "Again", friends[1:], client_id())
    with pytest.raises(RateLimited):
        world.groups.create(friends[0], "Again", friends[1:], client_id())


@pytest.fixture
def group(world: World, friends: list[str]) -> str:
    """Ada's group with Ben and Cleo; Dan is outside."""
    ada, ben, cleo, _ = friends
    id: str = world.groups.create(ada, "Three", [ben, cleo], client_id())["id"]
    world.publisher.clear()
    return id


def test_who_is_added_hears_of_the_group_and_sees_it_from_there(world: World, friends: list[str], group: str) -> None:
    ada, ben, cleo, dan = friends
    world.say(group, ada, "before Dan")
    view = world.groups.add(ada, group, [dan], client_id())
    assert {m["user"]["id"] for m in view["members"]} == {ada, ben, cleo, dan}
    (told,) = world.publisher.facts(dan, "conversation_added")
    mine = told["conversation"]["me"]
    assert (mine["role"], mine["from_seq"], mine["until_seq"]) == ("member", 3, None)
    assert told["conversation"]["head_ordinal"] == mine["read_ordinal"], "nothing is unread"
    assert Contact.objects(owner=dan, user=ben, source="group").count() == 1


def test_who_was_removed_keeps_what_came_before_and_learns_nothing_after(
    world: World, friends: list[str], group: str
) -> None:
    ada, ben, cleo, dan = friends
    world.say(group, ben, "mine")
    once = client_id()
    view = world.groups.remove(ada, group, ben, once)
    assert world.groups.remove(ada, group, ben, once)["head"] == view["head"], "asked again: the same removal"
    assert {m["user"]["id"] for m in view["members"]} == {ada, cleo}
    assert [user["id"] for user in view["former"]] == [ben]
    world.groups.rename(ada, group, "Secret plans", client_id())
    world.groups.add(ada, group, [dan], client_id())
    world.say(group, ada, "after")
    world.receipts.advance(ada, Read(conversation=group, read=5))
    (kept,) = world.conversations.overview(ben)
    assert (kept["head"], kept["last"]["kind"], kept["last"]["body"]) == (3, "removed", ben)
    assert kept["me"]["until_seq"] == 3
    assert dan not in str(kept)
    assert kept["title"] == "Three"
    assert max(member["read"] for member in kept["members"]) <= 3


def test_a_view_that_is_read_while_somebody_is_removed_shows_them_nothing_after(
    world: World, friends: list[str], group: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ben, *_ = friends
    heads = world.heads.of

    def meanwhile(conversations: list[str], exact: bool = False) -> dict[str, int]:
        monkeypatch.setattr(world.heads, "of", heads)
        removed = world.append(ada, group, client_id(), "removed", ben).seq
        assert world.say(group, ada, "not for Ben") == removed + 1
        return heads(conversations, exact)

    monkeypatch.setattr(world.heads, "of", meanwhile)
    view = world.conversations.view(ben, group)
    assert view["last"]["kind"] == "removed"
    assert view["head"] == view["me"]["until_seq"] == view["last"]["seq"]


def test_who_left_is_out_and_may_be_brought_back(world: World, friends: list[str], group: str) -> None:
    ada, ben, *_ = friends
    assert world.groups.leave(ben, group, client_id())["me"]["until_seq"] == 2
    with pytest.raises(NotFound):
        world.groups.rename(ben, group, "No", client_id())
    with pytest.raises(Forbidden):
        world.groups.leave(ada, group, client_id())
    world.groups.add(ada, group, [ben], client_id())
    assert world.conversations.view(ben, group)["me"]["from_seq"] == 3


def test_roles_are_given_and_the_group_is_handed_over(world: World, friends: list[str], group: str) -> None:
    ada, ben, cleo, _ = friends
    with pytest.raises(Forbidden):
        world.groups.rename(ben, group, "Ben's", client_id())
    world.groups.appoint(ada, group, ben, "admin", client_id())
    assert world.groups.rename(ben, group, "  Ben's ", client_id())["title"] == "Ben's"
    view = world.groups.appoint(ada, group, cleo, "owner", client_id())
    assert {m["user"]["id"]: m["role"] for m in view["members"]} == {ada: "admin", ben: "admin", cleo: "owner"}
    assert world.groups.leave(ada, group, client_id())["me"]["until_seq"] == 5


def test_a_stranger_and_a_direct_conversation_are_refused(world: World, friends: list[str], group: str) -> None:
    ada, ben, _, dan = friends
    with pytest.raises(NotFound):
        world.groups.add(dan, group, [dan], client_id())
    direct = world.conversations.open_direct(ada, ben)["id"]
    with pytest.raises(Invalid):
        world.groups.remove(ada, direct, ben, client_id())
