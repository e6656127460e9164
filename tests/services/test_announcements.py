"""What is said to everybody: who is told when, what may be changed, and that each closes it once."""

from datetime import timedelta

import pytest

from app.domain.announcements import MOST_RUNNING
from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.ids import new_id
from app.models import Announcement, User
from app.models.accounts import now
from app.services.announcements import Announcements, Draft, running
from tests.services.world import World

ROOT = "r" * 22
HOUR = timedelta(hours=1)


@pytest.fixture
def announcements(world: World) -> Announcements:
    return Announcements(world.publisher)


def draft(text: str = "Away tonight.", begins: timedelta | None = None, ends: timedelta = HOUR) -> Draft:
    return Draft(text, "important", None if begins is None else now() + begins, now() + ends)


def told(world: World) -> list[list[str]]:
    """The texts that every page was told, each time."""
    facts = world.publisher.facts("everybody", "announcements_changed")
    return [[one["text"] for one in fact["announcements"]] for fact in facts]


def published(announcements: Announcements, text: str = "Away tonight.") -> str:
    id = new_id()
    announcements.write(id, ROOT, draft(text))
    announcements.publish(id)
    return id


def test_nobody_hears_of_it_before_it_is_published(world: World, announcements: Announcements) -> None:
    id = new_id()
    announcements.write(id, ROOT, draft("First words."))
    announcements.write(id, "s" * 22, draft("Better words."))
    assert (told(world), running()) == ([], [])
    announcements.publish(id)
    assert told(world) == [["Better words."]]
    one = Announcement.objects.get()
    assert one.written_by == ROOT
    assert abs(one.begins_at - now()) < timedelta(minutes=1)
    for again in (announcements.publish, lambda id: announcements.write(id, ROOT, draft())):
        with pytest.raises(Conflict):
            again(id)
    announcements.withdraw(id)
    assert told(world)[-1] == []
    with pytest.raises(Conflict):
        announcements.withdraw(id)


def test_one_that_is_to_begin_later_is_told_with_its_time_and_one_that_is_over_no_more(
    world: World, announcements: Announcements
) -> None:
    id = new_id()
    announcements.write(id, ROOT, draft(begins=HOUR, ends=2 * HOUR))
    announcements.publish(id)
    (fact,) = world.publisher.facts("everybody", "announcements_changed")
    (view,) = fact["announcements"]
    assert 0 < view["begins_at"] - fact["server_time"] <= 3_600_000 < view["ends_at"] - fact["server_time"]
    Announcement.objects.update(set__ends_at=now() - HOUR)
    assert running() == []


def test_what_never_runs_is_refused(announcements: Announcements) -> None:
    with pytest.raises(Invalid):
        announcements.write(new_id(), ROOT, draft(ends=-HOUR))
    with pytest.raises(Invalid):
        announcements.write(new_id(), ROOT, draft(begins=2 * HOUR, ends=HOUR))
    id = new_id()
    announcements.write(id, ROOT, draft())
    Announcement.objects.update(set__ends_at=now() - HOUR)
    with pytest.raises(Conflict):
        announcements.publish(id)
    for verb in (announcements.publish, announcements.withdraw, announcements.get):
        with pytest.raises(NotFound):
            verb("a" * 22)


def test_there_are_not_too_many_at_once(announcements: Announcements) -> None:
    first = published(announcements)
    for _ in range(MOST_RUNNING - 1):
        published(announcements)
    one_more = new_id()
    announcements.write(one_more, ROOT, draft())
    with pytest.raises(Conflict):
        announcements.publish(one_more)
    announcements.withdraw(first)
    announcements.publish(one_more)


def test_each_closes_it_for_themselves_on_all_devices(world: World, announcements: Announcements) -> None:
    ada, ben = world.people("Ada", "Ben")
    first, second = published(announcements, "one"), published(announcements, "two")
    announcements.close(ada, first)
    announcements.close(ada, first)
    assert world.publisher.facts(ada, "announcement_closed") == [{"announcement": first}] * 2
    assert world.publisher.facts(ben, "announcement_closed") == []
    assert User.objects.get(id=ada).closed_announcements == [first]
    announcements.withdraw(first)
    announcements.close(ada, second)
    assert User.objects.get(id=ada).closed_announcements == [second], "what is over is forgotten"
    for nothing in (first, "a" * 22):
        with pytest.raises(NotFound):
            announcements.close(ben, nothing)
    assert not User.objects.get(id=ben).closed_announcements
