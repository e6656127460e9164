"""Contacts: added, named, removed, searched, invited."""

import pytest

from app.domain.errors import ChatError, Invalid, NotFound, RateLimited
from app.domain.ids import new_id
from app.models import Contact, User
from app.models.accounts import now
from app.services.invites import invite_code, rotate_invite
from tests.services.world import World

PHONE = "+4915112345678"


def ids(views: list[dict[str, object]]) -> list[object]:
    return [view["user"]["id"] if "user" in view else view["id"] for view in views]  # type: ignore[index]


def test_a_number_finds_its_owner_however_it_is_written(world: World) -> None:
    ada, ben = world.person("Ada", phone="+4915199999999"), world.person("Ben", phone=PHONE)
    for written in (PHONE, "+49 151 12345678", "0151/12345678", " 0049 (151) 1234-5678 "):
        view = world.contacts.add_by_phone(ada, written)
        assert (view["user"]["id"], view["source"], view["blocked"]) == (ben, "manual", False)
        assert "phone" not in view["user"]
    assert Contact.objects.count() == 1
    assert len(world.publisher.facts(ada, "contact_added")) == 1
    assert world.publisher.facts(ben) == []


def test_a_handle_finds_its_owner_in_any_case(world: World) -> None:
    ada, ben = world.person("Ada"), world.person("Ben", handle="ben_b")
    assert world.contacts.add_by_handle(ada, "@Ben_B")["user"]["id"] == ben


def test_the_unknown_the_disabled_and_the_absent_are_refused_in_the_same_words(world: World) -> None:
    ada = world.person("Ada", phone="+4915199999999")
    world.person("Gone", phone=PHONE, handle="gone", disabled_at=now())
    refusals = []
    for attempt in (
        lambda: world.contacts.add_by_phone(ada, PHONE),
        lambda: world.contacts.add_by_phone(ada, "+4915112345679"),
        lambda: world.contacts.add_by_handle(ada, "gone"),
        lambda: world.contacts.add_by_handle(ada, "nobody"),
        lambda: world.contacts.add_by_id(ada, new_id()),
        lambda: world.contacts.accept_invite(ada, new_id()),
    ):
        with pytest.raises(NotFound) as refusal:
            attempt()
        refusals.append(refusal.value.to_wire())
    assert all(refusal == refusals[0] for refusal in refusals)
    assert Contact.objects.count() == 0


@pytest.mark.parametrize("written", ["", "hello", "+", "1", "+49 151 1234567890123456"])
def test_what_is_no_number_is_said_to_be_none(world: World, written: str) -> None:
    with pytest.raises(Invalid):
        world.contacts.add_by_phone(world.person("Ada", phone=PHONE), written)


def test_guessing_numbers_ends_at_the_limit_by_adding_and_by_searching(world: World) -> None:
    ada = world.person("Ada")
    world.limits.allowed["contact_add"] = 5
    outcomes: list[type[ChatError]] = []
    for number in range(8):
        with pytest.raises(ChatError) as refusal:
            world.contacts.add_by_phone(ada, f"+49151123450{number:02d}")
        outcomes.append(type(refusal.value))
    assert outcomes == [NotFound] * 5 + [RateLimited] * 3
    with pytest.raises(RateLimited):
        world.contacts.search_people(ada, PHONE)
    assert world.contacts.search_people(ada, "some name") == []


def test_oneself_is_not_a_contact(world: World) -> None:
    ada = world.person("Ada", handle="ada", phone=PHONE)
    for attempt in (
        lambda: world.contacts.add_by_handle(ada, "ada"),
        lambda: world.contacts.add_by_phone(ada, PHONE),
        lambda: world.contacts.add_by_id(ada, ada),
        lambda: world.contacts.accept_invite(ada, invite_code(ada)),
        lambda: world.contacts.change(ada, ada, {"blocked": True}),
    ):
        with pytest.raises(Invalid):
            attempt()
    assert Contact.objects.count() == 0


def test_an_invite_makes_both_contacts_and_a_rotated_one_nobody(world: World) -> None:
    ada, ben, eve = world.people("Ada", "Ben", "Eve")
    code = invite_code(ada)
    assert invite_code(ada) == code
    assert world.contacts.accept_invite(ben, code)["user"]["id"] == ada
    assert ids(world.contacts.overview(ada)) == [ben]
    assert world.contacts.overview(ada)[0]["source"] == "invite"
    assert ids([fact["contact"] for fact in world.publisher.facts(ada, "contact_added")]) == [ben]
    fresh = rotate_invite(ada)
    assert fresh != code
    with pytest.raises(NotFound):
        world.contacts.accept_invite(eve, code)
    assert world.contacts.accept_invite(eve, fresh)["user"]["id"] == ada


def test_an_alias_is_ones_own_and_told_to_ones_own_devices(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    world.contacts.add_by_id(ben, ada)
    world.publisher.clear()
    view = world.contacts.change(ada, ben, {"alias": "  Benny \n the plumber "})
    assert view["alias"] == "Benny the plumber"
    assert world.publisher.facts(ada, "contact_changed") == [{"contact": view}]
    assert world.publisher.facts(ben) == []
    assert world.contacts.overview(ben)[0]["alias"] is None
    assert world.contacts.change(ada, ben, {"alias": None})["alias"] is None


def test_changing_or_removing_somebody_unknown_finds_nothing(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    for attempt in (
        lambda: world.contacts.change(ada, ben, {"alias": "x"}),
        lambda: world.contacts.change(ada, new_id(), {"blocked": True}),
        lambda: world.contacts.change(ada, ben, {"blocked": False}),
        lambda: world.contacts.remove(ada, ben),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert Contact.objects.count() == 0


def test_a_removed_contact_comes_back_with_the_next_message(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    world.say(conversation, ada, "hello")
    world.contacts.remove(ada, ben)
    assert world.contacts.overview(ada) == []
    assert world.publisher.facts(ada, "contact_removed") == [{"user": ben}]
    world.publisher.clear()
    world.say(conversation, ben, "are you there?")
    assert ids(world.contacts.overview(ada)) == [ben]
    assert len(world.publisher.facts(ada, "contact_added")) == 1
    assert world.publisher.facts(ben, "contact_added") == []


def test_search_finds_own_contacts_by_any_beginning_whatever_the_accents(world: World) -> None:
    ada = world.person("Ada")
    elodie = world.person("Élodie Strauß", handle="lolo")
    ben = world.person("Ben")
    world.person("Elodie Unknown")
    for user in (elodie, ben):
        world.contacts.add_by_id(ada, user)
    world.contacts.change(ada, ben, {"alias": "The Plumber"})
    for query in ("elo", "ÉLO", "strauss", "lol", "@lolo"):
        assert ids(world.contacts.search_people(ada, query)) == [elodie], query
    assert ids(world.contacts.search_people(ada, "plumb")) == [ben]
    assert world.contacts.search_people(ada, "unknown") == []
    assert world.contacts.search_people(ada, "lodie") == []


def test_search_finds_a_stranger_by_the_whole_handle_or_number_only(world: World) -> None:
    ada, ben = world.person("Ada", phone="+4915199999999"), world.person("Ben", handle="benjamin", phone=PHONE)
    for query in ("benjamin", "@Benjamin", PHONE, "0151 12345678"):
        assert ids(world.contacts.search_people(ada, query)) == [ben], query
    for query in ("benjami", "Ben", "+491511234567", "ada", "", "   "):
        assert ben not in ids(world.contacts.search_people(ada, query)), query


def test_a_contact_who_deleted_their_account_is_shown_as_that(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    User.objects(id=ben).update_one(set__disabled_at=now())
    assert world.contacts.overview(ada)[0]["user"]["name"] == "Deleted account"
    assert world.contacts.search_people(ada, "Ben") == []
