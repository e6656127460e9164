"""Who is away is told by push what calls them, once on each device, and nothing else."""

import uuid
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.models import Membership
from app.models.accounts import now
from app.models.messages import messages
from app.sequencing import keys
from tests.services.away import Away

FOR_EVER = 4_000_000_000_000


def test_a_message_reaches_the_phone_once_sealed_and_signed(away: Away) -> None:
    seq = away.comes("are you\nthere?")
    assert away.tell() is None
    assert away.phone.browser.got == [{"conversation": away.chat, "title": "Ben", "body": "are you there?", "count": 1}]
    assert away.phone.browser.headers[0]["topic"] == away.chat
    assert away.service.public_keys == {away.push.vapid.public_key}
    away.tell()
    assert len(away.phone.said) == 1
    assert away.world.place(away.chat, away.ada).pushed == seq


def test_a_push_has_no_marks(away: Away) -> None:
    away.comes("**bring** _the_ `keys`\n> and [this](https://a.example)")
    away.tell()
    assert away.phone.said == [("Ben", "bring the keys and this")]


def test_several_messages_are_one_push_of_the_last_and_the_next_is_another(away: Away) -> None:
    for n in range(3):
        away.comes(f"message {n}")
    away.tell()
    assert away.phone.browser.got[0] | {"conversation": ""} == {
        "conversation": "",
        "title": "Ben",
        "body": "message 2",
        "count": 3,
    }
    away.comes("one more")
    away.tell()
    assert [(one["body"], one["count"]) for one in away.phone.browser.got] == [("message 2", 3), ("one more", 1)]


def test_each_conversation_is_a_push_of_its_own_on_each_device(away: Away) -> None:
    tablet = away.a_phone(away.ada)
    group = away.group()
    away.comes("to her")
    away.comes("to all", group)
    away.tell()
    for device in (away.phone, tablet):
        assert sorted(device.said) == [("Ben", "to her"), ("Trains", "Ben: to all")]


def test_who_is_present_is_told_by_their_page(away: Away) -> None:
    away.world.presence.beat(away.ada, "tab", False)
    away.comes("seen by the page")
    away.tell()
    assert away.phone.said == []


def test_what_reached_a_device_or_was_read_is_not_pushed(away: Away) -> None:
    seq = away.comes("delivered")
    Membership.objects(conversation=away.chat, user=away.ada).update(set__delivered=seq)
    away.tell()
    assert away.phone.said == []
    away.comes("and another")
    away.tell()
    assert away.phone.said == [("Ben", "and another")] and away.phone.browser.got[0]["count"] == 1


def test_one_s_own_messages_from_elsewhere_are_not_pushed(away: Away) -> None:
    away.comes("from the laptop", sender=away.ada)
    away.tell()
    assert away.phone.said == []


@pytest.mark.parametrize("how", [{"notify": "none"}, {"muted_until": FOR_EVER}])
def test_a_chat_that_is_muted_or_calls_for_nothing_is_silent(away: Away, how: Any) -> None:
    away.world.conversations.change(away.ada, away.chat, how)
    away.comes(f"look, @[{away.ada}]")
    away.tell()
    assert away.phone.said == []
    away.world.conversations.change(away.ada, away.chat, {"notify": "all", "muted_until": None})
    away.tell()
    assert away.phone.said == [], "what was silent stays silent"


def test_a_mute_that_has_ended_is_none(away: Away) -> None:
    away.world.conversations.change(away.ada, away.chat, {"muted_until": 1_000})
    away.comes("loud again")
    away.tell()
    assert away.phone.said == [("Ben", "loud again")]


def test_where_mentions_alone_call_the_newest_of_them_is_pushed(away: Away) -> None:
    cleo = away.world.person("Cleo")
    group = away.group()
    away.world.conversations.change(away.ada, group, {"notify": "mentions"})
    away.comes("to all", group)
    away.comes(f"to @[{cleo}]", group)
    away.tell()
    assert away.phone.said == []
    away.comes(f"@[{away.ada}], ask @[{cleo}]", group)
    away.comes("never mind", group)
    away.tell()
    assert away.phone.said == [("Trains", "Ben: @Ada, ask @Cleo")]


def test_an_answer_to_ones_own_message_is_a_mention_and_to_another_s_is_not(away: Away) -> None:
    group = away.group()
    away.world.conversations.change(away.ada, group, {"notify": "mentions"})
    mine = away.world.say(group, away.ada, "mine")
    theirs = away.world.say(group, away.ben, "his")
    away.comes("to his own", group, target=theirs)
    away.tell()
    assert away.phone.said == []
    away.comes("to hers", group, target=mine)
    away.tell()
    assert away.phone.said == [("Trains", "Ben: to hers")]


def test_while_one_wants_quiet_nothing_is_pushed_and_nothing_afterwards_of_what_came_then(away: Away) -> None:
    away.world.notifications.change(away.ada, {"quiet_until": FOR_EVER})
    away.comes("in the night")
    away.tell()
    away.world.notifications.change(away.ada, {"quiet_until": None})
    away.tell()
    assert away.phone.said == []
    away.comes("in the morning")
    away.tell()
    assert away.phone.said == [("Ben", "in the morning")]


def test_the_hours_of_every_day_are_kept_in_the_person_s_time_zone(away: Away) -> None:
    berlin = now().astimezone(ZoneInfo("Europe/Berlin"))

    def hours(begins: int, ends: int) -> Any:
        start, end = (f"{berlin + timedelta(hours=n):%H:%M}" for n in (begins, ends))
        return {"begins": start, "ends": end, "zone": "Europe/Berlin"}

    away.world.notifications.change(away.ada, {"quiet_daily": hours(-2, 2)})
    away.comes("quiet")
    away.tell()
    away.world.notifications.change(away.ada, {"quiet_daily": hours(2, 4)})
    away.comes("loud")
    away.tell()
    assert away.phone.said == [("Ben", "loud")]


def test_who_hides_the_text_gets_none(away: Away) -> None:
    away.world.notifications.change(away.ada, {"show_text": False})
    away.comes("a secret")
    away.tell()
    away.comes("another")
    away.comes("and a third secret")
    away.tell()
    assert away.phone.said == [("Ben", "New message"), ("Ben", "2 new messages")]
    assert "secret" not in repr(away.phone.browser.got)


def test_the_name_one_gave_somebody_is_the_one_that_is_shown(away: Away) -> None:
    away.comes("it is me")
    away.world.contacts.change(away.ada, away.ben, {"alias": "Benny"})
    away.tell()
    assert away.phone.said == [("Benny", "it is me")]


def test_whoever_is_blocked_calls_nobody(away: Away) -> None:
    away.comes("before")
    away.world.contacts.change(away.ada, away.ben, {"blocked": True})
    away.tell()
    away.comes("behind the block")
    away.tell()
    assert away.phone.said == [] and away.phone.browser.asked == 0


def test_a_request_of_a_stranger_calls_nobody(away: Away) -> None:
    dan = away.world.person("Dan")
    away.world.privacy.change(away.ada, {"first_messages": "contacts"})
    chat = away.world.direct(dan, away.ada)
    away.comes("do you know me?", chat, sender=dan)
    assert away.world.place(chat, away.ada).requested_at is not None
    away.tell()
    assert away.phone.said == []


def test_who_went_from_a_group_hears_nothing_of_it(away: Away) -> None:
    group = away.group()
    away.world.groups.remove(away.ben, group, away.ada, str(uuid.uuid4()))
    away.world.say(group, away.ben, "without her")
    away.world.redis.zadd(keys.queue(away.ada), {group: 9})
    away.tell()
    assert away.phone.said == []


def test_a_deleted_message_is_not_pushed_and_an_edited_one_as_it_is_now(away: Away) -> None:
    view = {"b": "", "r": 9, "w": "", "v": {"d": 1, "y": away.ben}}
    seq = away.comes("taken back")
    messages().update_one({"_id": f"{away.chat}:{seq:010d}"}, {"$set": view})
    away.tell()
    assert away.phone.said == []
    seq = away.comes("first")
    messages().update_one(
        {"_id": f"{away.chat}:{seq:010d}"}, {"$set": {"b": "second", "r": 9, "w": "first", "v": {"e": 1}}}
    )
    away.tell()
    assert away.phone.said == [("Ben", "second")]


def test_a_long_text_is_cut_so_that_a_push_service_takes_it(away: Away) -> None:
    away.comes("👋🏽" * 2_000)
    away.tell()
    assert len(away.phone.said[0][1]) == 160
