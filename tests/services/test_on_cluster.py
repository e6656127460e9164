"""Everything that the services ask of Redis, on a cluster: no command and no script may name keys of two slots."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from app.backup import stale
from app.cluster import Cluster
from app.core import build_core
from app.domain.errors import RateLimited, SlowedDown
from app.health import backlogs
from app.meter import Meter
from app.models.connection import connect as connect_mongodb
from app.sequencing import keys
from app.services.code_store import CodeStore, Redeemed, Resent
from app.services.figures import Figures
from app.services.limits import WINDOWS, Limits
from app.services.log_console import LogConsole
from app.services.presence import Presence
from app.services.push_due import PushDue
from app.services.scripts import Scripts
from app.services.slow_mode import SlowMode
from app.stores import connect_redis, masters_of
from config import Settings
from tests.installation import ENVIRONMENT, ROOT
from tests.redis_cluster import cluster_of, slot_of
from tests.services.world import RecordingPublisher, eventually

USERS = [f"user{n}" for n in range(20)]
"""More than there are masters, so that they are on all of them."""
CALLED_HERE = {"reckon", "depart", "dequeue", "redeem", "resend", "push_claim", "push_finish"}
CALLED_IN_TESTS_OF_THE_LOG = {"append", "seed", "lease", "acknowledge"}
"""tests/sequencing/test_scripts.py calls each on a cluster."""


@pytest.fixture
def redis(clean_cluster_url: str) -> Iterator[Redis]:
    client = connect_redis(clean_cluster_url)
    yield client
    client.close()


def test_every_script_is_called_on_a_cluster() -> None:
    there = {path.stem for path in (ROOT / "app").rglob("*.lua")}
    assert there == CALLED_HERE | CALLED_IN_TESTS_OF_THE_LOG, "call the new one here, or there"


def test_presence(redis: Redis, clean_mongodb_uri: str) -> None:
    connect_mongodb(clean_mongodb_uri)
    publisher = RecordingPublisher()
    presence = Presence(redis, "server-1", publisher, publisher.visibility)
    for user in USERS:
        presence.beat(user, "socket", visible=True)
    assert presence.count() == len(USERS)
    assert {view["state"] for view in presence.states(USERS).values()} == {"online"}
    assert sorted(presence.heard([*USERS, "nobody"])) == sorted(USERS)
    time.sleep(0.05)
    later = Presence(
        redis, "server-1", publisher, publisher.visibility, live_seconds=0.01
    )  # to which all that is long ago
    assert later.sweep() == len(USERS)
    assert {view["state"] for view in presence.states(USERS).values()} == {"offline"}
    claim, members = PushDue(redis, "p").claim(100)
    assert sorted(members) == sorted(keys.left(user) for user in USERS)
    assert int(claim) > 0


def test_whose_master_is_away_looks_as_if_not_here(tmp_path: Path, clean_mongodb_uri: str) -> None:
    connect_mongodb(clean_mongodb_uri)
    publisher = RecordingPublisher()
    with cluster_of(tmp_path) as servers, connect_redis(servers.url) as redis:
        presence = Presence(redis, "server-1", publisher, publisher.visibility)
        for user in USERS:
            presence.beat(user, "socket", visible=True)
        dead = servers.of_slot(slot_of(keys.ONLINE))
        dead.kill()
        states = presence.states(USERS)
        away = {user for user in USERS if servers.of_slot(slot_of(keys.sockets(user))) is dead}
        assert 0 < len(away) < len(USERS)
        assert {user for user, view in states.items() if view["state"] == "offline"} == away


def test_what_was_believed_is_doubted_when_a_master_changes(clean_cluster_url: str, clean_mongodb_uri: str) -> None:
    """On one Redis the link that hears channels would have ended."""
    stores = {"REDIS_URL": clean_cluster_url, "MONGODB_URI": clean_mongodb_uri}
    core = build_core(Settings.from_env(ENVIRONMENT | stores), role="web")
    core.start(commits=False)
    try:
        assert isinstance(core.redis, Cluster)
        eventually(lambda: core.mailbox is not None and core.redis.topology.masters())
        core.heads._proven.add("conversation")
        core.redis.topology.changed()
        assert "conversation" not in core.heads._proven
    finally:
        core.stop()


def test_queues_and_pushes(redis: Redis) -> None:
    scripts, due = Scripts(redis), PushDue(redis, "p", pause_ms=1)
    for user in USERS:
        redis.zadd(keys.queue(user), {"c": 3})
        redis.zadd(keys.PUSH_DUE, {user: 1})
        assert not scripts.dequeue(user, "c", 2)
        assert scripts.dequeue(user, "c", 3)
        assert due.enter(user)
        due.leave(user)
    claim, members = due.claim(len(USERS))
    for user in members:
        due.finish(user, claim)
    assert redis.zcard(keys.PUSH_DUE) == 0


def test_codes(redis: Redis) -> None:
    codes = CodeStore(redis)
    for challenge in USERS:
        codes.put(challenge, "+1", "sign_in", "digest", 1_000, 60_000)
        assert codes.phone_of(challenge) == "+1"
        assert 0 < redis.pttl(keys.code(challenge)) <= 60_000
        assert codes.resend(challenge, "other", 9_000, 60_000, (5_000,)) == Resent("+1", 5_000)
        assert codes.redeem(challenge, "other", 9_500, 5) == Redeemed("+1", "sign_in")


def test_limits_and_slow_mode(redis: Redis, clean_cluster_url: str) -> None:
    limits, slow = Limits(clean_cluster_url), SlowMode(redis)
    for user in USERS:
        for _ in range(WINDOWS["export"][0].amount):
            limits.check("export", user)
        with pytest.raises(RateLimited):
            limits.check("export", user)
        slow.enter(user, "c", "1", 10)
        with pytest.raises(SlowedDown):
            slow.enter(user, "c", "2", 10)
        slow.leave(user, "c", "1", 10)


def test_figures_and_the_console(redis: Redis, clean_mongodb_uri: str) -> None:
    connect_mongodb(clean_mongodb_uri)
    meter = Meter(redis, "worker-1", {"role": "worker"}, lambda: 1)
    meter.committed(3, 10)
    meter.tell()
    publisher = RecordingPublisher()
    figures = Figures(redis, Presence(redis, "s", publisher, publisher.visibility), 16)
    live = figures.live()
    assert [one["process"] for one in live["processes"]] == ["worker-1"]
    assert live["backlog"] == 0
    assert live["storage"]["redis"] > 0
    told = sum(int(redis.hget(key, "entries") or 0) for key in redis.scan_iter("chatter:figures:*"))
    assert told == 3
    console = LogConsole(redis, None, None, figures, 16)  # type: ignore[arg-type]
    assert {lease.process for lease in console.leases()} == {None}
    assert len(backlogs(redis, 16)) == 16


def test_what_a_restore_must_not_find_is_found_on_every_master(redis: Redis) -> None:
    for user in USERS:
        redis.set(keys.device_session(user), "x")
    redis.set("another's", "x")
    assert stale.living(redis) == []
    assert stale.remembered(redis)
    assert stale.empty(redis) == len(USERS)
    assert stale.remembered(redis) is None
    assert sum(int(master.dbsize()) for master in masters_of(redis)) == 1


def test_sessions_are_kept(clean_cluster_url: str, tmp_path: Path) -> None:
    from flask import Flask, session

    from app.blueprints.sessions import Sessions

    app = Flask(__name__, root_path=str(tmp_path))
    app.secret_key = "x"
    app.session_interface = Sessions(app, clean_cluster_url)

    @app.get("/in/<name>")
    def come(name: str) -> str:
        session["name"] = name
        return ""

    @app.get("/who")
    def who() -> str:
        return str(session.get("name"))

    for name in USERS:
        client = app.test_client()
        client.get(f"/in/{name}")
        assert client.get("/who").text == name
