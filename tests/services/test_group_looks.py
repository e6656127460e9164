"""A group's description, photo, settings and end, as the services offer them."""

import io
import uuid

import pytest
from PIL import Image

from app.domain.errors import Forbidden, Invalid, NotAMember, NotFound
from app.domain.group_settings import SettingsChange
from app.services.photos import Photos
from tests.services.world import PHOTO_BYTES, World


def once() -> str:
    return str(uuid.uuid4())


def picture(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def crew(world: World) -> tuple[str, str, str]:
    """Ada's group "Crew" with Ben: its id, Ada, Ben."""
    ada, ben = world.people("Ada", "Ben")
    world.contacts.add_by_id(ada, ben)
    return str(world.groups.create(ada, "Crew", [ben], once())["id"]), ada, ben


def test_a_description_is_tidied_may_be_taken_away_and_is_the_admins(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    assert world.groups.describe(ada, group, "  We row.\r\nDaily. ", once())["description"] == "We row.\nDaily."
    assert world.conversations.view(ben, group)["description"] == "We row.\nDaily."
    with pytest.raises(Forbidden):
        world.groups.describe(ben, group, "Mine", once())
    with pytest.raises(Invalid):
        world.groups.describe(ada, group, "x" * 501, once())
    assert world.groups.describe(ada, group, "   ", once())["description"] == ""


def test_a_photo_is_the_members_alone(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    view = world.groups.picture(ada, group, picture(), once())
    photo = Photos(PHOTO_BYTES).open(view["avatar"].removeprefix("/photos/"))
    assert photo.group == group
    world.groups.check_photo(ben, photo)
    with pytest.raises(NotAMember):
        world.groups.check_photo(world.person("Stranger"), photo)
    with pytest.raises(Forbidden):
        world.groups.picture(ben, group, picture("red"), once())
    assert world.groups.picture(ada, group, None, once())["avatar"] is None


def test_the_same_photo_asked_for_again_is_the_same_change(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, _ = crew
    again = once()
    first = world.groups.picture(ada, group, picture(), again)
    assert world.groups.picture(ada, group, picture(), again)["head"] == first["head"]


def test_who_went_sees_the_group_as_it_was_then(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    world.groups.describe(ada, group, "then", once())
    then = world.groups.picture(ada, group, picture(), once())["avatar"]
    world.groups.remove(ada, group, ben, once())
    world.groups.describe(ada, group, "now", once())
    now = world.groups.picture(ada, group, picture("red"), once())["avatar"]
    seen = world.conversations.view(ben, group)
    assert (seen["description"], seen["avatar"], seen["title"]) == ("then", then, "Crew")
    photos = Photos(PHOTO_BYTES)
    world.groups.check_photo(ben, photos.open(then.removeprefix("/photos/")))
    with pytest.raises(NotFound):
        world.groups.check_photo(ben, photos.open(now.removeprefix("/photos/")))


def test_settings_show_in_the_view_and_open_adding(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    cleo = world.person("Cleo")
    world.contacts.add_by_id(ben, cleo)
    with pytest.raises(Forbidden):
        world.groups.add(ben, group, [cleo], once())
    with pytest.raises(Forbidden):
        world.groups.set(ben, group, SettingsChange(adds="everyone"), once())
    view = world.groups.set(ada, group, SettingsChange(adds="everyone", slow_seconds=30), once())
    assert view["settings"] == {"posts": "everyone", "adds": "everyone", "slow_seconds": 30, "keep_days": 0}
    assert cleo in {m["user"]["id"] for m in world.groups.add(ben, group, [cleo], once())["members"]}


def test_a_group_is_deleted_by_its_owner_who_types_its_title(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    with pytest.raises(Invalid):
        world.groups.close(ada, group, "Crews", once())
    with pytest.raises(Forbidden):
        world.groups.close(ben, group, "Crew", once())
    again = once()
    view = world.groups.close(ada, group, " crew ", again)
    assert (view["closed_by"], view["me"]["until_seq"], view["last"]["kind"]) == (ada, 2, "closed")
    assert world.groups.close(ada, group, "Crew", again)["head"] == 2, "asked again"
    kept = world.conversations.view(ben, group)
    assert (kept["closed_by"], kept["me"]["until_seq"], len(kept["members"])) == (ada, 2, 2)
    with pytest.raises(NotFound):
        world.groups.describe(ada, group, "more", once())
    with pytest.raises(NotAMember):
        world.links.make(ada, group, None, None)


def test_who_left_before_the_end_is_not_told_of_it(world: World, crew: tuple[str, str, str]) -> None:
    group, ada, ben = crew
    world.groups.leave(ben, group, once())
    world.groups.close(ada, group, "Crew", once())
    assert world.conversations.view(ben, group)["closed_by"] is None
