"""Who is away is told by push what calls them, once on each device, and nothing else."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.background.pusher import Pusher
from app.domain.errors import Invalid, NotSignedIn
from app.models import Conversation, Device, Membership
from app.models.accounts import now
from app.models.messages import messages
from app.sequencing import keys
from app.services.devices import Devices
from app.services.outgoing import Outgoing
from app.services.push import Push
from app.services.push_due import PushDue
from app.services.push_sender import PushSender
from app.services.push_subscriptions import MOST_FAILURES, PushSubscriptions
from app.services.vapid import Vapid
from tests.push_service import PushService
from tests.services.test_vapid import settings
from tests.services.world import World, eventually

FOR_EVER = 4_000_000_000_000


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.close()
    assert service.complaints == []


class Phone:
    """A device with a browser that is told by push."""

    def __init__(self, world: World, push: Push, service: PushService, user: str) -> None:
        self.user, self.browser = user, service.browser()
        self.device = str(Device(user=user).save().id)
        self.subscribe(push)

    def subscribe(self, push: Push) -> None:
        push.subscriptions.subscribe(self.user, self.device, self.browser.endpoint, **self.browser.keys)

    @property
    def stored(self) -> Device:
        return Device.objects.get(id=self.device)

    @property
    def said(self) -> list[tuple[str, str]]:
        return [(one["title"], one["body"]) for one in self.browser.got]


class Away:
    """Ada is away with a phone, and Ben writes to her."""

    def __init__(self, world: World, service: PushService) -> None:
        self.world, self.service = world, service
        vapid = Vapid(settings())
        subscriptions = PushSubscriptions(world.limits, 30, loopback=True)
        due = PushDue(world.redis, "worker", pause_ms=1)
        sender = PushSender(vapid, Outgoing(loopback=True))
        self.push = Push(world.redis, world.heads, due, subscriptions, vapid, sender)
        self.ada, self.ben = world.people("Ada", "Ben")
        world.contacts.add_by_id(self.ben, self.ada)
        self.chat = world.direct(self.ada, self.ben)
        self.phone = self.a_phone(self.ada)

    def a_phone(self, user: str) -> Phone:
        return Phone(self.world, self.push, self.service, user)

    def comes(
        self, body: str, conversation: str | None = None, sender: str | None = None, target: int | None = None
    ) -> int:
        """A message is stored, and queued for Ada as pointers do it."""
        where = conversation or self.chat
        seq = self.world.say(where, sender or self.ben, body)
        if target is not None:
            messages().update_one({"_id": f"{where}:{seq:010d}"}, {"$set": {"g": target}})
        self.world.redis.zadd(keys.queue(self.ada), {where: seq}, gt=True)
        return seq

    def tell(self) -> float | None:
        devices = self.push.subscriptions.of([self.ada]).get(self.ada, [])
        return self.push.tell(self.ada, devices)

    def group(self, *others: str) -> str:
        made = self.world.groups.create(self.ben, "Trains", [self.ada, *others], str(uuid.uuid4()))
        return str(made["id"])


@pytest.fixture
def away(world: World, service: PushService) -> Away:
    return Away(world, service)


def test_a_message_reaches_the_phone_once_sealed_and_signed(away: Away) -> None:
    seq = away.comes("are you\nthere?")
    assert away.tell() is None
    assert away.phone.browser.got == [{"conversation": away.chat, "title": "Ben", "body": "are you there?", "count": 1}]
    assert away.phone.browser.headers[0]["topic"] == away.chat
    assert away.service.public_keys == {away.push.vapid.public_key}
    away.tell()
    assert len(away.phone.said) == 1
    assert away.world.place(away.chat, away.ada).pushed == seq


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


def test_a_subscription_that_is_gone_is_forgotten(away: Away) -> None:
    away.phone.browser.status = 410
    away.comes("too late")
    assert away.tell() is None
    assert not away.phone.stored.push_subscription
    assert away.push.subscriptions.of([away.ada]) == {}
    away.phone.browser.status = 404
    away.phone.subscribe(away.push)
    away.comes("again")
    away.tell()
    assert not away.phone.stored.push_subscription


def test_a_failure_is_tried_again_later_and_longer_each_time_and_the_other_device_is_told_once(away: Away) -> None:
    tablet = away.a_phone(away.ada)
    away.phone.browser.status = 503
    away.comes("hello")
    first = away.tell()
    assert first == 5
    assert away.tell() is not None and away.phone.browser.asked == 1, "not before its time"
    pauses = []
    for _ in range(2):
        Device.objects(id=away.phone.device).update(set__push_after=now() - timedelta(seconds=1))
        pauses.append(away.tell())
    assert pauses == [10, 20]
    away.comes("still there?")
    away.phone.browser.status = 201
    Device.objects(id=away.phone.device).update(set__push_after=now() - timedelta(seconds=1))
    assert away.tell() is None
    assert away.phone.said == [("Ben", "still there?")]
    assert tablet.said == [("Ben", "hello"), ("Ben", "still there?")]
    stored = away.phone.stored
    assert (stored.push_failures or 0, stored.push_after, list(stored.push_owed or [])) == (0, None, [])


def test_what_a_device_is_owed_is_told_when_it_works_again_unless_it_was_seen(away: Away) -> None:
    group = away.group()
    away.phone.browser.status = 500
    away.comes("one")
    away.comes("two", group)
    away.tell()
    assert set(away.phone.stored.push_owed) == {away.chat, group}
    Membership.objects(conversation=group, user=away.ada).update(set__read=99)
    Device.objects(id=away.phone.device).update(set__push_after=now() - timedelta(seconds=1))
    away.phone.browser.status = 201
    assert away.tell() is None
    assert away.phone.said == [("Ben", "one")]
    assert list(away.phone.stored.push_owed or []) == []


def test_a_service_that_says_when_is_believed_within_reason(away: Away) -> None:
    away.phone.browser.status, away.phone.browser.retry_after = 429, "120"
    away.comes("hello")
    assert away.tell() == 120
    away.phone.browser.retry_after = "Wed, 21 Oct 2026 07:28:00 GMT"
    Device.objects(id=away.phone.device).update(set__push_after=now() - timedelta(seconds=1))
    assert away.tell() == 10


def test_a_service_that_never_answers_is_given_up(away: Away) -> None:
    away.phone.browser.status = 500
    Device.objects(id=away.phone.device).update(set__push_failures=MOST_FAILURES - 1)
    away.comes("hello")
    assert away.tell() is None
    assert not away.phone.stored.push_subscription


def test_who_is_signed_out_or_was_not_heard_of_for_long_is_told_nothing(away: Away) -> None:
    tablet = away.a_phone(away.ada)
    devices = Devices(away.world.redis, away.world.publisher)
    away.world.publisher.sign_out_devices = lambda devices, reason: None  # type: ignore[method-assign]
    devices.sign_out(away.ada, tablet.device)
    Device.objects(id=away.phone.device).update(set__last_seen=now() - timedelta(days=31))
    away.comes("hello")
    away.tell()
    assert away.phone.said == tablet.said == []
    assert not tablet.stored.push_subscription


def test_an_endpoint_is_one_person_s_the_last_who_subscribed_with_it(away: Away) -> None:
    theirs = str(Device(user=away.ben).save().id)
    away.push.subscriptions.subscribe(away.ben, theirs, away.phone.browser.endpoint, **away.phone.browser.keys)
    away.comes("for Ada")
    away.tell()
    assert away.phone.said == [], "that browser is Ben's now"
    assert away.push.subscriptions.endpoint_of(away.ada, away.phone.device) is None
    assert away.push.subscriptions.endpoint_of(away.ben, theirs) == away.phone.browser.endpoint


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://10.0.0.1/push"},
        {"endpoint": "http://push.example.com/x"},
        {"p256dh": "A" * 87},
        {"p256dh": "BAEC"},
        {"auth": "AAAA"},
        {"auth": "!" * 22},
    ],
)
def test_what_is_no_subscription_is_refused(away: Away, wrong: dict[str, str]) -> None:
    good = {"endpoint": away.phone.browser.endpoint, **away.phone.browser.keys}
    with pytest.raises(Invalid):
        away.push.subscriptions.subscribe(away.ada, away.phone.device, **(good | wrong))
    assert away.phone.stored.push_subscription == good


def test_a_device_that_is_signed_out_cannot_subscribe(away: Away) -> None:
    Device.objects(id=away.phone.device).update(set__signed_out_at=now())
    with pytest.raises(NotSignedIn):
        away.phone.subscribe(away.push)


def test_what_came_between_the_last_beat_and_being_gone_is_looked_for(away: Away) -> None:
    """The page's network died: for a while it counted as here, and nothing was queued."""
    presence = away.world.presence
    presence.beat(away.ada, "tab", True)
    away.world.say(away.chat, away.ben, "into the void")
    presence._redis.hdel(keys.sockets(away.ada), "tab")
    presence.settle(away.ada)
    pusher = Pusher(away.push)
    assert pusher.round() == 1
    pusher._pool.join(10)
    assert away.phone.said == [("Ben", "into the void")]
    assert away.world.redis.zcard(keys.PUSH_DUE) == 0


def test_the_worker_s_rounds_tell_who_is_due_and_let_the_others_go(away: Away) -> None:
    cleo = away.world.person("Cleo")
    away.comes("hello")
    away.world.redis.zadd(keys.PUSH_DUE, {away.ada: 1, cleo: 1})
    pusher = Pusher(away.push)
    assert pusher.round() == 2
    pusher._pool.join(10)
    assert away.phone.said == [("Ben", "hello")]
    assert away.world.redis.zcard(keys.PUSH_DUE) == 0


def test_a_slow_push_service_keeps_nobody_else_waiting(away: Away) -> None:
    cleo = away.world.person("Cleo")
    other = PushService()
    try:
        chat = away.world.direct(cleo, away.ben)
        hers = Phone(away.world, away.push, other, cleo)
        away.service.may_answer.clear()
        away.comes("slow")
        seq = away.world.say(chat, away.ben, "quick")
        away.world.redis.zadd(keys.queue(cleo), {chat: seq})
        away.world.redis.zadd(keys.PUSH_DUE, {away.ada: 1, cleo: 2})
        pusher = Pusher(away.push)
        pusher.round()
        eventually(lambda: hers.said)
        assert away.phone.said == []
        away.service.may_answer.set()
        pusher._pool.join(10)
        assert away.phone.said == [("Ben", "slow")]
        assert other.complaints == []
    finally:
        other.close()


def test_a_worker_that_has_no_stores_tries_again(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    away.comes("hello")
    away.world.redis.zadd(keys.PUSH_DUE, {away.ada: 1})

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("away")

    monkeypatch.setattr(away.push, "tell", broken)
    pusher = Pusher(away.push)
    pusher.round()
    pusher._pool.join(10)
    assert away.world.redis.zscore(keys.PUSH_DUE, away.ada) > now().timestamp() * 1000
    assert Conversation.objects.count() == 1
