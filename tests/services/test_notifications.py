"""What a person wants to be told of is theirs, on all their devices, and seen by nobody else."""

from typing import Any

import pytest

from app.domain.errors import Invalid, NotFound
from app.models import Membership, User
from app.models.accounts import now
from tests.services.world import World

NIGHT = {"begins": "22:00", "ends": "07:00", "zone": "Europe/Berlin"}
OPEN = {"show_text": True, "quiet_until": None, "quiet_daily": None}


def test_what_is_given_is_changed_and_the_rest_stays_and_ones_own_pages_hear_of_it(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    assert world.notifications.of(ada) == OPEN
    world.notifications.change(ada, {"show_text": False, "quiet_daily": dict(NIGHT)})  # type: ignore[typeddict-item]
    chosen = world.notifications.change(ada, {"quiet_until": 4_000_000_000_000})
    assert chosen == {"show_text": False, "quiet_until": 4_000_000_000_000, "quiet_daily": NIGHT}
    assert world.notifications.of(ada) == chosen and world.notifications.of(ben) == OPEN
    assert [told["notifications"] for told in world.publisher.facts(ada, "notifications_changed")][-1] == chosen
    assert {to for told in world.publisher.told for to in told.to} == {ada}
    assert world.notifications.change(ada, {"quiet_until": None, "quiet_daily": None}) == OPEN | {"show_text": False}


@pytest.mark.parametrize("wrong", [{"zone": "Mars/Base"}, {"zone": "../../etc/passwd"}, {"ends": "22:00"}])
def test_hours_that_are_none_are_refused_and_change_nothing(world: World, wrong: dict[str, Any]) -> None:
    ada = world.person("Ada")
    with pytest.raises(Invalid):
        world.notifications.change(ada, {"show_text": False, "quiet_daily": NIGHT | wrong})  # type: ignore[typeddict-item]
    assert world.notifications.of(ada) == OPEN
    assert world.publisher.told == []


def test_nobody_sees_that_somebody_wants_quiet(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    chat = world.direct(ada, ben)
    world.say(chat, ada, "hello")
    world.notifications.change(ada, {"quiet_until": 4_000_000_000_000})
    world.conversations.change(ada, chat, {"notify": "none"})
    seen = repr([world.conversations.overview(ben), world.contacts.overview(ben)])
    assert "4000000000000" not in seen and "quiet" not in seen and "none" not in seen


def test_who_is_gone_has_no_choices(world: World) -> None:
    ada = world.person("Ada")
    User.objects(id=ada).update_one(set__disabled_at=now())
    for attempt in (lambda: world.notifications.of(ada), lambda: world.notifications.change(ada, {"show_text": False})):
        with pytest.raises(NotFound):
            attempt()


def test_the_level_of_a_chat_is_ones_own_and_reaches_ones_other_devices(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    chat = world.direct(ada, ben)
    assert world.conversations.view(ada, chat)["me"]["notify"] == "all"
    world.publisher.clear()
    view = world.conversations.change(ada, chat, {"notify": "mentions"})
    assert view["me"]["notify"] == "mentions"
    assert world.publisher.facts(ada, "conversation_added")[0]["conversation"]["me"] == view["me"]
    assert world.publisher.facts(ben) == []
    assert world.conversations.view(ben, chat)["me"]["notify"] == "all"
    muted = world.conversations.change(ada, chat, {"muted_until": 4_000_000_000_000})["me"]
    assert (muted["notify"], muted["muted_until"]) == ("mentions", 4_000_000_000_000), "both stay, beside each other"
    assert Membership.objects.get(conversation=chat, user=ben).notify is None
