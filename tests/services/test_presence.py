"""Who is here, over tabs, devices, servers and crashes."""

from concurrent.futures import ThreadPoolExecutor

import gevent
import pytest

from app.models import Contact, User
from app.models.accounts import now
from app.sequencing import keys
from app.services.presence import Presence
from tests.services.world import World, eventually

LIVE_SECONDS = 0.4


@pytest.fixture
def watched(world: World) -> tuple[str, str]:
    """Ada, and Ben, who has her among his contacts and is here to hear of her."""
    ada, ben = world.people("Ada", "Ben")
    world.conversations._introductions.acquaint((ada, ben), "manual")
    world.presence.beat(ben, "ben-socket", True)
    world.publisher.clear()
    return ada, ben


def elsewhere(world: World, *, live_seconds: float = 45.0, grace_seconds: float = 0.1) -> Presence:
    """Presence as another server runs it."""
    return Presence(
        world.redis,
        "server-2",
        world.publisher,
        world.publisher.visibility,
        live_seconds=live_seconds,
        grace_seconds=grace_seconds,
    )


def states(world: World, user: str, to: str) -> list[str]:
    """The states of ``user`` that ``to`` was told, in order."""
    return [fact["state"] for fact in world.publisher.facts(to, "presence") if fact["user"] == user]


def state(world: World, user: str) -> str:
    return world.presence.states([user])[user]["state"]


def test_a_visible_tab_is_online_a_hidden_one_away_and_only_changes_are_told(
    world: World, watched: tuple[str, str]
) -> None:
    ada, ben = watched
    for visible in (True, True, False, False, True):
        world.presence.beat(ada, "tab", visible)
    assert states(world, ada, ben) == ["online", "away", "online"]
    assert state(world, ada) == "online"


def test_a_tab_whose_last_word_comes_behind_its_end_is_gone(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    world.presence.beat(ada, "tab", True)
    world.presence.gone(ada, "tab")
    world.presence.beat(ada, "tab", False, is_open=lambda: False)
    eventually(lambda: states(world, ada, ben)[-1] == "offline")
    assert state(world, ada) == "offline"


def test_closing_one_of_two_tabs_leaves_one_online(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    world.presence.beat(ada, "tab-1", True)
    elsewhere(world).beat(ada, "tab-2", True)
    world.presence.gone(ada, "tab-1")
    gevent.sleep(0.3)
    assert state(world, ada) == "online"
    assert states(world, ada, ben) == ["online"]


def test_a_visible_tab_that_closes_leaves_a_hidden_one_away(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    world.presence.beat(ada, "visible", True)
    world.presence.beat(ada, "hidden", False)
    world.presence.gone(ada, "visible")
    eventually(lambda: states(world, ada, ben) == ["online", "away"])


def test_closing_the_last_tab_is_told_once_with_when(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    world.presence.beat(ada, "tab", True)
    world.presence.gone(ada, "tab")
    told = eventually(lambda: [f for f in world.publisher.facts(ben, "presence") if f["state"] == "offline"])
    assert told == [{"user": ada, "state": "offline", "last_seen": told[0]["last_seen"]}]
    stored = User.objects.get(id=ada).last_seen
    assert abs(stored.timestamp() - now().timestamp()) < 60
    assert world.presence.states([ada])[ada]["last_seen"] == told[0]["last_seen"]
    assert world.redis.zscore(keys.ONLINE, ada) is None


def test_a_reload_does_not_flap(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    world.presence.beat(ada, "before", True)
    world.presence.gone(ada, "before")
    elsewhere(world).beat(ada, "after", True)
    gevent.sleep(0.3)
    assert states(world, ada, ben) == ["online"]


def test_a_crashed_server_s_users_are_swept_and_told_once_by_two_sweepers(
    world: World, watched: tuple[str, str]
) -> None:
    ada, ben = watched
    crashed = elsewhere(world, live_seconds=LIVE_SECONDS)
    sweepers = [elsewhere(world, live_seconds=LIVE_SECONDS) for _ in range(4)]
    crashed.beat(ada, "tab", True)
    assert state(world, ada) == "online"

    def sweep_until_gone() -> bool:
        world.presence.beat(ben, "ben-socket", True)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda sweeper: sweeper.sweep(), sweepers))
        return world.redis.zscore(keys.ONLINE, ada) is None

    eventually(sweep_until_gone)
    assert states(world, ada, ben) == ["online", "offline"]
    assert User.objects.get(id=ada).last_seen is not None
    assert state(world, ada) == "offline"


def test_somebody_who_beats_is_never_swept(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    here = elsewhere(world, live_seconds=LIVE_SECONDS)
    for _ in range(8):
        here.beat(ada, "tab", True)
        gevent.sleep(LIVE_SECONDS / 4)
        here.sweep()
    assert states(world, ada, ben) == ["online"]


def test_a_crashed_visible_tab_beside_a_living_hidden_one_becomes_away(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    here = elsewhere(world, live_seconds=LIVE_SECONDS)
    here.beat(ada, "crashed", True)

    def hidden_beats() -> bool:
        here.beat(ada, "hidden", False)
        return states(world, ada, ben) == ["online", "away"]

    eventually(hidden_beats)


def test_only_those_who_have_the_user_as_a_contact_and_are_not_blocked_hear_of_it(world: World) -> None:
    ada, ben, eve, stranger, former = world.people("Ada", "Ben", "Eve", "Stranger", "Former")
    world.conversations._introductions.acquaint((ada, ben, eve, former), "manual")
    for user in (ben, eve, stranger, former):
        world.presence.beat(user, "socket", True)
    Contact.objects(owner=ada, user=eve).update_one(set__blocked_at=now())
    Contact.objects(owner=former, user=ada).update_one(set__removed_at=now())
    world.publisher.clear()
    world.presence.beat(ada, "tab", True)
    assert states(world, ada, ben) == ["online"]
    for user in (eve, stranger, former):
        assert states(world, ada, user) == []


def test_whom_one_blocked_sees_one_offline_since_ever(world: World, watched: tuple[str, str]) -> None:
    ada, ben = watched
    world.presence.beat(ada, "tab", True)
    Contact.objects(owner=ada, user=ben).update_one(set__blocked_at=now())
    assert world.presence.of([ada, ben], ben)[ada] == {"state": "offline", "last_seen": None}
    assert world.presence.of([ada, ben], ben)[ben]["state"] == "online"
    assert world.presence.of([ben], ada)[ben]["state"] == "online"


def test_the_beats_of_a_silent_user_leave_redis_by_themselves(world: World) -> None:
    ada = world.person("Ada")
    world.presence.beat(ada, "tab", True)
    assert 0 < world.redis.ttl(keys.sockets(ada)) <= 60
