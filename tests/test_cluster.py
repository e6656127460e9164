"""A cluster's client and lines: each master is asked what is its own, and one that is away holds up nobody else."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from redis import Redis
from redis.exceptions import ClusterDownError, ConnectionError, DataError, RedisError, ResponseError

from app.cluster import Cluster
from app.health import backlogs
from app.preflight import check_redis
from app.sequencing.mailbox import listen
from app.stores import connect, connect_redis, heed_changes, line_of, masters_of, shared_line_of
from config import ConfigError
from dev.embedded import EmbeddedValkey, free_port
from tests.redis_cluster import SLOTS, Servers, client_of, cluster_of, slot_of
from tests.tls_stores import PASSWORD, Authority, TlsRedis

WAITED_FOR_NOBODY_S = 2.0


@pytest.fixture
def redis(clean_cluster_url: str) -> Iterator[Cluster]:
    client = connect_redis(clean_cluster_url)
    assert isinstance(client, Cluster)
    yield client
    client.close()


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Servers]:
    """A cluster that the test may break."""
    with cluster_of(tmp_path) as servers:
        yield servers


def keys_on(servers: Servers) -> list[str]:
    """A key for each of the masters, in their order."""
    return [
        next(key for key in map(str, range(1_000)) if servers.of_slot(slot_of(key)) is master)
        for master in servers.masters
    ]


def until(true: Any) -> None:
    with gevent.Timeout(20, AssertionError("not within 20 s")):
        while not true():
            gevent.sleep(0.02)


def test_answers_come_in_the_order_of_what_was_asked_of_all_masters(redis: Cluster, embedded_cluster: Servers) -> None:
    names = keys_on(embedded_cluster) * 2
    commands = [("INCR", name) for name in names]
    assert line_of(redis).ask(commands) == [1, 1, 1, 2, 2, 2]
    assert shared_line_of(redis).ask(commands) == [3, 3, 3, 4, 4, 4]
    pipeline = redis.pipeline(transaction=False)
    for name in names:
        pipeline.get(name)
    pipeline.hset("a", "field", "value")
    pipeline.hgetall("a")
    assert pipeline.execute() == ["4"] * 6 + [1, {"field": "value"}]
    assert [int(master.dbsize()) for master in masters_of(redis)].count(0) == 0


def test_an_error_reply_is_its_commands_alone(redis: Cluster) -> None:
    redis.set("text", "x")
    bad, good = line_of(redis).ask([("INCR", "text"), ("GET", "text")])
    assert isinstance(bad, ResponseError)
    assert good == "x"
    with pytest.raises(ResponseError, match="hash to the same slot"):
        redis.mget("a", "b")


def test_a_transaction_is_of_one_slot(redis: Cluster) -> None:
    pipeline = redis.pipeline(transaction=True)
    pipeline.hincrby("{a}", "n", 2)
    pipeline.expire("{a}", 100)
    assert pipeline.execute() == [2, True]
    pipeline.incr("a")
    pipeline.incr("b")
    with pytest.raises(RedisError):
        pipeline.execute()
    assert not redis.exists("a")


def test_what_is_about_a_server_is_asked_of_each(redis: Cluster, clean_cluster_url: str) -> None:
    for name in "abcdef":
        redis.set(name, "1")
    with pytest.raises(DataError, match="ask each of the masters"):
        redis.info("server")
    assert sorted(redis.scan_iter("*")) == list("abcdef")
    assert redis.ping()
    with connect(clean_cluster_url) as raw:
        assert raw.get("a") == b"1", "sessions are bytes"


def test_a_slot_that_moves_is_followed(own: Servers) -> None:
    """While it moves (ASK), after it moved (MOVED); nothing is done twice."""
    name = keys_on(own)[0]
    slot, source, target = slot_of(name), own.masters[0], own.masters[2]
    with connect_redis(own.url, retries=0) as redis, client_of(source) as here, client_of(target) as there:
        assert redis.incr(name) == 1
        ids = [str(one.execute_command("CLUSTER", "MYID")) for one in (here, there)]
        there.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[0])
        here.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[1])
        here.execute_command("MIGRATE", "127.0.0.1", target.port, name, 0, 5_000)
        assert line_of(redis).ask([("INCR", name), ("INCR", name)]) == [2, 3]
        for client in (there, here):
            client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", ids[1])
        assert redis.incr(name) == 4
        pipeline = redis.pipeline(transaction=True)
        pipeline.incr(name)
        assert pipeline.execute() == [5]


def test_a_frozen_master_holds_up_nobody_who_asks_another(own: Servers) -> None:
    names, changes = keys_on(own), []
    with connect_redis(own.url) as redis:
        heed_changes(redis, lambda: changes.append(time.monotonic()))
        assert redis.ping()
        own.masters[1].pause()
        stuck = gevent.spawn(shared_line_of(redis).ask, [("GET", names[1])])
        gevent.sleep(0)
        began = time.monotonic()
        assert shared_line_of(redis).ask([("INCR", names[0])]) == [1]
        assert redis.incr(names[2]) == 1
        assert time.monotonic() - began < WAITED_FOR_NOBODY_S
        assert isinstance(stuck.get()[0], RedisError)
        # From now on nobody waits for it, and what any master can do, another one does.
        began = time.monotonic()
        found = line_of(redis).ask([("GET", names[1]), ("INCR", names[0]), ("PUBLISH", names[1], "x"), ("TIME",)])
        assert isinstance(found[0], ConnectionError)
        assert found[1:3] == [2, 0]
        assert time.monotonic() - began < WAITED_FOR_NOBODY_S
        assert changes
        changes.clear()
        own.masters[1].resume()
        until(lambda: line_of(redis).ask([("GET", names[1])]) == [None])
        until(lambda: changes)


def test_connections_that_ended_cost_one_try(redis: Cluster) -> None:
    assert redis.incr("a") == 1
    for master in masters_of(redis):
        master.client_kill_filter(_type="normal", skipme=True)
    assert redis.incr("a") == 2
    assert not any(node.away for node in redis.topology.masters())


def test_a_channel_is_heard_on_another_master_when_one_dies(own: Servers) -> None:
    heard: list[str] = []
    gaps: list[int] = []
    with connect_redis(own.url) as redis:
        listening = gevent.spawn(
            lambda: [heard.append(data) for data in listen(redis, ["channel"], lambda: gaps.append(1))]
        )
        until(lambda: gaps)

        def on(server: EmbeddedValkey) -> bool:
            with client_of(server) as client:
                told: Any = client.pubsub_numsub("channel")
                return int(told[0][1]) == 1

        (host,) = [server for server in own.masters if on(server)]
        host.kill()
        until(lambda: len(gaps) == 2)
        for n in range(3):
            redis.publish("channel", f"{n}")
        until(lambda: heard == ["0", "1", "2"])
        listening.kill()


def test_where_no_node_answers_the_cluster_is_away() -> None:
    with connect_redis(f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{free_port()}/") as client:
        for ask in (
            lambda: client.get("a"),
            client.ping,
            lambda: masters_of(client),
            client.pipeline().get("a").execute,
        ):
            with pytest.raises(RedisError):
                ask()
        with pytest.raises(RedisError):
            client.pubsub().subscribe("channel")


def test_a_slot_that_nobody_serves_is_said_so(tmp_path: Path) -> None:
    with (
        EmbeddedValkey(tmp_path, options=("--cluster-enabled", "yes", "--cluster-port", str(free_port()))) as server,
        client_of(server) as client,
    ):
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS // 2)
        name = next(key for key in map(str, range(100)) if slot_of(key) > SLOTS // 2)
        with connect_redis(f"redis+cluster://127.0.0.1:{server.port}/") as redis, pytest.raises(ClusterDownError):
            redis.get(name)


def test_every_master_is_looked_at_before_anything_is_written(redis: Cluster, embedded_cluster: Servers) -> None:
    check_redis(redis)
    with client_of(embedded_cluster.masters[2]) as third:
        third.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(ConfigError, match="noeviction"):
                check_redis(redis)
        finally:
            third.config_set("maxmemory-policy", "noeviction")


def test_tls_and_a_user_who_may_little(tmp_path: Path) -> None:
    """A cluster of one, as all slots on one master are: the connections are what matters."""
    authority = Authority(tmp_path / "authority")
    server = TlsRedis(tmp_path / "redis", authority)
    server._options = ("--cluster-enabled", "yes", "--cluster-port", str(free_port()), "--tls-cluster", "yes")
    with server, server.administrator() as administrator:
        administrator.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, SLOTS - 1)
        url = f"rediss+cluster://chatter:{PASSWORD}@localhost:{server.port}/?ssl_ca_certs={authority.path}"
        with connect_redis(url) as redis, connect(url) as raw:
            until(lambda: "cluster_state:ok" in _state(administrator))
            redis.set("user:{a}", "x")
            assert raw.get("user:{a}") == b"x"
            hearing = redis.pubsub()
            hearing.subscribe("chatter:a")
            assert hearing.get_message(timeout=5)["type"] == "subscribe"
            redis.publish("chatter:a", "heard")
            assert hearing.get_message(timeout=5)["data"] == "heard"
            hearing.close()
            assert redis.ping()
            refused = {entry["object"] for entry in administrator.acl_log()}
            assert refused <= {"client|setinfo", "config|get"}
        with connect_redis(url.partition("?")[0]) as stranger, pytest.raises(RedisError, match="CERTIFICATE_VERIFY"):
            stranger.get("user:{a}")


def _state(client: Redis) -> str:
    told: Any = client.execute_command("CLUSTER", "INFO")
    return told if isinstance(told, str) else "\n".join(f"{name}:{value}" for name, value in told.items())


def test_one_node_of_a_cluster_is_no_address(embedded_cluster: Servers) -> None:
    one: Redis = connect_redis(embedded_cluster.masters[0].url)
    with one, pytest.raises(ConfigError, match=r"redis\+cluster://"):
        check_redis(one)


def test_what_waits_on_all_shards_is_known(redis: Cluster) -> None:
    assert [one.entries for one in backlogs(redis, 16)] == [0] * 16
