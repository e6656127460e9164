"""Devices: what is signed out is out, at once and everywhere."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import mongoengine
import pytest
from pymongo import monitoring
from redis import Redis

from app.domain.errors import NotFound, NotSignedIn
from app.models import Device, User
from app.models.accounts import now
from app.models.connection import connect, ensure_indexes
from app.services.devices import REMEMBER_S, Devices


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Publisher:
    def __init__(self) -> None:
        self.signed_out: list[str] = []

    def sign_out_devices(self, devices: Any, reason: str) -> None:
        self.signed_out += list(devices)

    def to_users(self, *_: Any, **__: Any) -> None: ...

    def to_conversation(self, *_: Any, **__: Any) -> None: ...

    def to_everybody(self, *_: Any, **__: Any) -> None: ...

    def access_changed(self, conversation: str) -> None: ...


class Bench:
    def __init__(self, redis_url: str) -> None:
        self.redis = Redis.from_url(redis_url, decode_responses=True)
        self.clock, self.publisher = Clock(), Publisher()
        self.devices = Devices(self.redis, self.publisher, self.clock)
        self.other_server = Devices(self.redis, Publisher(), self.clock)
        self.ada = str(User(name="Ada", onboarded_at=now()).save().id)
        self.bob = str(User(name="Bob", onboarded_at=now()).save().id)

    def sign_in(self, user: str, name: str = "Firefox on Linux") -> str:
        return str(self.devices.sign_in(user, "browser", name, "192.0.2.7").id)


@pytest.fixture
def bench(clean_redis_url: str, clean_mongodb_uri: str) -> Iterator[Bench]:
    connect(clean_mongodb_uri)
    ensure_indexes()
    bench = Bench(clean_redis_url)
    yield bench
    bench.redis.close()
    mongoengine.disconnect_all()


class Queries(monitoring.CommandListener):
    """Counts the commands that ask MongoDB something."""

    def __init__(self) -> None:
        self.count = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.count += event.command_name in (
            "find",
            "aggregate",
            "count",
            "distinct",
            "update",
            "findAndModify",
        )

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None: ...

    def failed(self, event: monitoring.CommandFailedEvent) -> None: ...


def test_a_device_says_who_is_asking(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    identity = bench.devices.check(bench.ada, device)
    assert (identity.user, identity.device, identity.role, identity.onboarded) == (
        bench.ada,
        device,
        "member",
        True,
    )


def test_a_device_speaks_for_its_own_user_only(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    with pytest.raises(NotSignedIn):
        bench.devices.check(bench.bob, device)
    bench.devices.check(bench.ada, device)
    with pytest.raises(NotSignedIn):
        bench.devices.check(bench.bob, device)


@pytest.mark.parametrize("device", ["", "x", "a" * 22])
def test_a_device_nobody_knows_is_nobody(bench: Bench, device: str) -> None:
    with pytest.raises(NotSignedIn):
        bench.devices.check(bench.ada, device)


def test_signed_out_is_out_at_once_here_and_within_seconds_on_other_servers(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    bench.devices.check(bench.ada, device)
    bench.other_server.check(bench.ada, device)

    bench.devices.sign_out(bench.ada, device)

    with pytest.raises(NotSignedIn):
        bench.devices.check(bench.ada, device)
    bench.clock.now += REMEMBER_S
    with pytest.raises(NotSignedIn):
        bench.other_server.check(bench.ada, device)
    assert bench.publisher.signed_out == [device]


def test_a_control_note_makes_another_server_forget_at_once(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    bench.other_server.check(bench.ada, device)
    bench.devices.sign_out(bench.ada, device)
    bench.other_server.forget([device])
    with pytest.raises(NotSignedIn):
        bench.other_server.check(bench.ada, device)


def test_signing_out_ends_the_session_that_the_device_uses(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    bench.redis.set("session:abc", "what the session holds")
    bench.devices.bind_session(device, "abc", 60)
    bench.devices.sign_out(bench.ada, device)
    assert not bench.redis.exists("session:abc")


def test_a_disabled_user_is_out_within_seconds(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    bench.devices.check(bench.ada, device)
    User.objects(id=bench.ada).update(set__disabled_at=now())
    bench.clock.now += REMEMBER_S
    with pytest.raises(NotSignedIn):
        bench.devices.check(bench.ada, device)


def test_nobody_signs_out_anothers_device(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    with pytest.raises(NotFound):
        bench.devices.sign_out(bench.bob, device)
    assert bench.devices.alive([device]) == {device}
    assert not bench.publisher.signed_out


def test_all_others_are_signed_out_and_this_one_stays(bench: Bench) -> None:
    here, *others = (bench.sign_in(bench.ada) for _ in range(3))
    bobs = bench.sign_in(bench.bob)
    assert bench.devices.sign_out_all(bench.ada, but=here) == 2
    assert bench.devices.alive([here, *others, bobs]) == {here, bobs}
    assert sorted(bench.publisher.signed_out) == sorted(others)


def test_two_queries_say_which_of_many_devices_are_alive(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    queries = Queries()
    connect(clean_mongodb_uri)
    mongoengine.disconnect_all()
    monitoring.register(queries)
    try:
        connect(clean_mongodb_uri)
        bench = Bench(clean_redis_url)
        gone = bench.sign_in(bench.ada)
        bench.devices.sign_out(bench.ada, gone)
        disabled = bench.sign_in(bench.bob)
        User.objects(id=bench.bob).update(set__disabled_at=now())
        orphan = bench.sign_in("b" * 22)
        alive = {bench.sign_in(bench.ada) for _ in range(20)}

        queries.count = 0
        assert bench.devices.alive([*alive, gone, disabled, orphan, "never heard of"]) == alive
        assert queries.count == 2
        assert bench.devices.alive([]) == set()
        bench.redis.close()
    finally:
        monitoring._LISTENERS.command_listeners.remove(queries)  # type: ignore[attr-defined]
        mongoengine.disconnect_all()


def test_a_busy_device_costs_no_query_a_request(clean_redis_url: str, clean_mongodb_uri: str) -> None:
    queries = Queries()
    monitoring.register(queries)
    try:
        connect(clean_mongodb_uri)
        bench = Bench(clean_redis_url)
        device = bench.sign_in(bench.ada)
        bench.devices.check(bench.ada, device)
        bench.devices.touch(device)
        queries.count = 0
        for _ in range(100):
            bench.devices.check(bench.ada, device)
            bench.devices.touch(device)
        assert queries.count == 0
        bench.redis.close()
    finally:
        monitoring._LISTENERS.command_listeners.remove(queries)  # type: ignore[attr-defined]
        mongoengine.disconnect_all()


def test_the_end_of_a_first_visit_is_seen_on_every_server(bench: Bench) -> None:
    User.objects(id=bench.ada).update(unset__onboarded_at=True)
    device = bench.sign_in(bench.ada)
    assert not bench.other_server.check(bench.ada, device).onboarded
    User.objects(id=bench.ada).update(set__onboarded_at=now())
    assert bench.other_server.check(bench.ada, device).onboarded


def test_last_seen_moves_once_a_minute(bench: Bench) -> None:
    device = bench.sign_in(bench.ada)
    long_ago = now() - timedelta(minutes=5)
    Device.objects(id=device).update(set__last_seen=long_ago)

    bench.devices.touch(device)
    first = Device.objects.get(id=device).last_seen
    assert first > long_ago + timedelta(minutes=4)

    Device.objects(id=device).update(set__last_seen=long_ago)
    bench.clock.now += 59
    bench.devices.touch(device)
    assert Device.objects.get(id=device).last_seen < first
    bench.clock.now += 1
    bench.devices.touch(device)
    assert Device.objects.get(id=device).last_seen >= first
