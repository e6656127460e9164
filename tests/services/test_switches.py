"""Whether anybody new is let in, who makes groups, and how large: as administrators set it, in every process after a few seconds."""

import uuid

import pytest

from app.domain.errors import Conflict, Forbidden, Invalid
from app.domain.switches import Switches
from app.models import Installation, User
from app.services.accounts import Accounts, GoogleProfile
from app.services.groups import Groups
from app.services.photos import Photos
from app.services.switches import BELIEVED_S, SwitchBoard
from tests.services.world import World


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def board(world: World) -> SwitchBoard:
    Installation(id="installation", shard_count=4).save()
    return SwitchBoard()


def test_everything_is_allowed_until_somebody_says_otherwise(world: World, board: SwitchBoard) -> None:
    assert board.current() == Switches(sign_up=True, groups="everyone")
    Installation._get_collection().update_one({}, {"$set": {"switches": {"groups": "nonsense"}}})
    assert SwitchBoard().current() == Switches()


def test_nothing_is_written_before_there_is_an_installation(world: World) -> None:
    with pytest.raises(Conflict):
        SwitchBoard().change(Switches())
    assert Installation.objects.count() == 0


def test_another_process_looks_again_after_a_few_seconds(board: SwitchBoard) -> None:
    clock = Clock()
    other = SwitchBoard(clock)
    assert other.current().sign_up
    board.change(Switches(sign_up=False))
    assert not board.current().sign_up
    assert other.current().sign_up
    clock.now += BELIEVED_S + 0.1
    assert not other.current().sign_up
    assert Installation.objects.get().shard_count == 4


def test_nobody_new_is_let_in_and_who_is_known_comes_in(world: World, board: SwitchBoard) -> None:
    accounts = Accounts(lambda: board.current().check_sign_up())
    ada = accounts.sign_in_by_phone("+447400123456")
    board.change(Switches(sign_up=False))
    for come in (
        lambda: accounts.sign_in_by_phone("+447400654321"),
        lambda: accounts.sign_in_by_google(GoogleProfile("sub", None, "Bob")),
    ):
        with pytest.raises(Forbidden, match="Nobody new"):
            come()
    assert accounts.sign_in_by_phone("+447400123456").id == ada.id
    assert User.objects.count() == 1
    board.change(Switches(sign_up=True))
    accounts.sign_in_by_phone("+447400654321")


def test_only_administrators_make_groups_where_it_is_so(world: World, board: SwitchBoard) -> None:
    ada, root = world.person("Ada"), world.person("Root", role="admin")
    log: object = world
    groups = Groups(
        log,  # type: ignore[arg-type]
        world.conversations,
        world.presence,
        world.publisher,
        world.limits,
        world.access,
        Photos(10**6),
        board.check_founder,
    )
    once = str(uuid.uuid4())
    made = groups.create(ada, "Crew", [], once)["id"]
    board.change(Switches(groups="admins"))
    with pytest.raises(Forbidden, match="makes groups"):
        groups.create(ada, "Crew", [], str(uuid.uuid4()))
    assert groups.create(ada, "Crew", [], once)["id"] == made, "what was begun is completed"
    assert groups.create(root, "Staff", [], str(uuid.uuid4()))["title"] == "Staff"


def test_a_group_has_room_for_as_many_as_is_set_and_a_larger_one_stays(world: World, board: SwitchBoard) -> None:
    ada, ben, cleo, dan = world.people("Ada", "Ben", "Cleo", "Dan")
    world.conversations._introductions.acquaint((ada, ben, cleo, dan), "manual")
    world.groups.most_members = lambda: board.current().group_members
    crew = world.groups.create(ada, "Crew", [ben, cleo], str(uuid.uuid4()))["id"]
    link = world.links.make(ada, crew, None, None)
    board.change(Switches(group_members=2))
    with pytest.raises(Invalid, match="up to 2 members"):
        world.groups.create(ada, "Others", [ben, cleo], str(uuid.uuid4()))
    with pytest.raises(Invalid, match="up to 2 members"):
        world.groups.add(ada, crew, [dan], str(uuid.uuid4()))
    with pytest.raises(Conflict, match="up to 2 members"):
        world.links.join(dan, link.id)
    assert len(world.groups.rename(ada, crew, "Staff", str(uuid.uuid4()))["members"]) == 3
    assert world.links.join(ben, link.id)["title"] == "Staff", "who is in it is in it"
    board.change(Switches(group_members=4))
    assert len(world.links.join(dan, link.id)["members"]) == 4
