"""Where pushes go, what becomes of them when a push service does not take them, and who sees to it."""

from datetime import timedelta
from typing import Any

import pytest

from app.background.pusher import Pusher
from app.counts import PUSHES
from app.domain.errors import Invalid, NotSignedIn
from app.models import Conversation, Device, Membership
from app.models.accounts import now
from app.sequencing import keys
from app.services.devices import Devices
from app.services.push_subscriptions import MOST_FAILURES
from tests.push_service import PushService
from tests.services.away import Away, Phone
from tests.services.world import eventually


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


def test_what_becomes_of_pushes_is_counted(away: Away) -> None:
    for status, outcome in ((201, "sent"), (503, "failed"), (410, "gone")):
        before = PUSHES[outcome,]
        away.phone.browser.status = status
        away.comes(outcome)
        Device.objects(id=away.phone.device).update(unset__push_after=1)
        away.tell()
        assert PUSHES[outcome,] == before + 1


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
