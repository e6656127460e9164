"""Accounts: one person, one account; ways in are added and taken away by the owner only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import mongoengine
import pytest

from app.domain.errors import ChatError, Conflict, Forbidden, Invalid, NotFound
from app.models import User
from app.models.accounts import now
from app.models.connection import connect, ensure_indexes
from app.services.accounts import Accounts, GoogleProfile

ADA, BOB = "+447400123456", "+447400654321"
GOOGLE = GoogleProfile(sub="108", email="ada@example.org", name="Ada Lovelace")


@pytest.fixture
def accounts(clean_mongodb_uri: str) -> Iterator[Accounts]:
    connect(clean_mongodb_uri)
    ensure_indexes()
    yield Accounts()
    mongoengine.disconnect_all()


def test_many_first_sign_ins_at_once_make_one_account(accounts: Accounts) -> None:
    ready = Barrier(8)

    def sign_in(_: int) -> str:
        ready.wait()
        return str(accounts.sign_in_by_phone(ADA).id)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(sign_in, range(8)))) == 1
    assert User.objects.count() == 1


def test_a_google_address_never_finds_somebody_elses_account(accounts: Accounts) -> None:
    theirs = accounts.sign_in_by_phone(ADA)
    User.objects(id=theirs.id).update(set__email=GOOGLE.email)
    newcomer = accounts.sign_in_by_google(GOOGLE)
    assert newcomer.id != theirs.id


def test_google_comes_back_to_the_same_account_under_another_address(accounts: Accounts) -> None:
    first = accounts.sign_in_by_google(GOOGLE)
    again = accounts.sign_in_by_google(GoogleProfile("108", "other@example.org", "A. L."))
    assert again.id == first.id


def test_a_disabled_account_comes_in_by_no_way(accounts: Accounts) -> None:
    user = accounts.sign_in_by_phone(ADA)
    accounts.link_google(user.id, GOOGLE)
    User.objects(id=user.id).update(set__disabled_at=now())
    with pytest.raises(Forbidden):
        accounts.sign_in_by_phone(ADA)
    with pytest.raises(Forbidden):
        accounts.sign_in_by_google(GOOGLE)
    with pytest.raises(NotFound):
        accounts.change_profile(user.id, name="Ada")


def test_a_linked_way_leads_to_the_account(accounts: Accounts) -> None:
    user = accounts.sign_in_by_phone(ADA)
    accounts.link_google(user.id, GOOGLE)
    assert accounts.sign_in_by_google(GOOGLE).id == user.id


def test_what_belongs_to_another_account_is_not_linked(accounts: Accounts) -> None:
    ada, bob = accounts.sign_in_by_phone(ADA), accounts.sign_in_by_phone(BOB)
    accounts.link_google(ada.id, GOOGLE)
    with pytest.raises(Conflict):
        accounts.link_google(bob.id, GOOGLE)
    with pytest.raises(Conflict):
        accounts.link_phone(bob.id, ADA)
    assert accounts.sign_in_by_google(GOOGLE).id == ada.id
    assert accounts.sign_in_by_phone(ADA).id == ada.id


def test_the_last_way_in_stays(accounts: Accounts) -> None:
    user = accounts.sign_in_by_phone(ADA)
    with pytest.raises(Conflict):
        accounts.unlink_phone(user.id)
    accounts.link_google(user.id, GOOGLE)
    accounts.unlink_phone(user.id)
    with pytest.raises(Conflict):
        accounts.unlink_google(user.id)
    assert accounts.sign_in_by_phone(ADA).id != user.id, "the number is free again"


def test_unlinking_both_at_the_same_moment_leaves_one(accounts: Accounts) -> None:
    for _ in range(20):
        user = accounts.sign_in_by_phone(ADA)
        accounts.link_google(user.id, GOOGLE)
        ready = Barrier(2)

        def unlink(way: str, user: User = user, ready: Barrier = ready) -> bool:
            ready.wait()
            try:
                (accounts.unlink_phone if way == "phone" else accounts.unlink_google)(user.id)
            except Conflict:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(unlink, ("phone", "google"))) == [False, True]
        user.delete()


def test_a_handle_is_one_persons_in_any_case(accounts: Accounts) -> None:
    ada, bob = accounts.sign_in_by_phone(ADA), accounts.sign_in_by_phone(BOB)
    assert accounts.change_profile(ada.id, handle="@Ada_L").handle == "ada_l"
    with pytest.raises(Conflict) as refused:
        accounts.change_profile(bob.id, handle="ADA_L")
    assert "handle" in refused.value.details["fields"]
    accounts.change_profile(ada.id, handle="")
    assert accounts.change_profile(bob.id, handle="ada_l").handle == "ada_l"


def test_several_people_without_a_handle_are_no_conflict(accounts: Accounts) -> None:
    for number in (ADA, BOB):
        user = accounts.sign_in_by_phone(number)
        accounts.change_profile(user.id, handle="somebody")
        accounts.change_profile(user.id, handle="")


@pytest.mark.parametrize("handle", ["ab", "a" * 31, "a-b-c", "ä_ö_ü", "admin", "ADMIN", "12345", "a b c", "x;y", "all"])
def test_what_is_no_handle_is_refused_by_field(accounts: Accounts, handle: str) -> None:
    user = accounts.sign_in_by_phone(ADA)
    with pytest.raises(Invalid) as refused:
        accounts.change_profile(user.id, handle=handle)
    assert "handle" in refused.value.details["fields"]


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200b", "...", "x" * 81, "\u202eevil", "\ud800"])
def test_what_is_no_name_is_refused_by_field(accounts: Accounts, name: str) -> None:
    user = accounts.sign_in_by_phone(ADA)
    with pytest.raises(Invalid) as refused:
        accounts.onboard(user.id, name)
    assert "name" in refused.value.details["fields"]
    assert accounts.get(user.id).onboarded_at is None


def test_a_first_visit_ends_once(accounts: Accounts) -> None:
    user = accounts.sign_in_by_phone(ADA)
    accounts.onboard(user.id, "Ada")
    first = accounts.get(user.id).onboarded_at
    accounts.onboard(user.id, "Ada Lovelace")
    assert (accounts.get(user.id).onboarded_at, accounts.get(user.id).name) == (first, "Ada Lovelace")


def test_a_new_photo_answers_the_one_before(accounts: Accounts) -> None:
    user = accounts.sign_in_by_phone(ADA)
    assert accounts.change_avatar(user.id, "first") is None
    assert accounts.change_avatar(user.id, "second") == "first"
    assert accounts.change_avatar(user.id, None) == "second"
    assert accounts.get(user.id).avatar is None


@pytest.mark.parametrize("user", ["", "x", "a" * 22])
def test_nobody_is_found_where_nobody_is(accounts: Accounts, user: str) -> None:
    for act in (
        lambda: accounts.get(user),
        lambda: accounts.onboard(user, "Ada"),
        lambda: accounts.change_avatar(user, None),
        lambda: accounts.link_phone(user, ADA),
    ):
        with pytest.raises(ChatError):
            act()
