"""A Redis Cluster of three masters on loopback, and replicas where a test wants them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from dev.embedded import EmbeddedValkey, free_port

MASTERS = 3
SLOTS = 16_384
NODE_TIMEOUT_MS = 1_500
OPTIONS = (
    *("--cluster-enabled", "yes", "--cluster-node-timeout", str(NODE_TIMEOUT_MS)),
    *("--cluster-require-full-coverage", "no", "--cluster-replica-validity-factor", "0"),
)
JOINED_WITHIN_S = 30


class Servers:
    """``masters`` serve a third of the slots each, ``replicas`` follow the first ones."""

    def __init__(self, masters: list[EmbeddedValkey], replicas: list[EmbeddedValkey]) -> None:
        self.masters, self.replicas = masters, replicas

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in self.masters)
        return f"redis+cluster://{hosts}/"

    def of_slot(self, slot: int) -> EmbeddedValkey:
        """Who served it at first."""
        return self.masters[next(i for i in range(MASTERS) if slot in _slots(i))]

    def empty(self) -> None:
        for server in self.masters:
            with client_of(server) as client:
                client.flushall()
                client.script_flush()


def client_of(server: EmbeddedValkey) -> Redis:
    client: Redis = Redis(port=server.port, decode_responses=True)
    return client


@contextmanager
def cluster_of(folder: Path, replicas: int = 0) -> Iterator[Servers]:
    """Three masters, of which the first ``replicas`` have one."""
    with ExitStack() as stack:
        # Without a word about it the bus listens 10,000 ports higher, where there may be none.
        buses = [free_port() for _ in range(MASTERS + replicas)]
        servers = [
            stack.enter_context(EmbeddedValkey(folder / f"node{n}", options=(*OPTIONS, "--cluster-port", str(bus))))
            for n, bus in enumerate(buses)
        ]
        ids = []
        for n, server in enumerate(servers):
            with client_of(server) as client:
                client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", n + 1)
                ids.append(str(client.execute_command("CLUSTER", "MYID")))
                if n < MASTERS:
                    client.execute_command("CLUSTER", "ADDSLOTSRANGE", _slots(n)[0], _slots(n)[-1])
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", servers[0].port, buses[0])
        for master, replica in zip(ids, servers[MASTERS:], strict=False):
            _until(partial(_follows, replica, master))
        for server in servers:
            _until(partial(_knows, server, len(servers), replicas))
        yield Servers(servers[:MASTERS], servers[MASTERS:])


def _slots(master: int) -> range:
    return range(SLOTS * master // MASTERS, SLOTS * (master + 1) // MASTERS)


def _follows(server: EmbeddedValkey, master: str) -> bool:
    with client_of(server) as client:
        return bool(client.execute_command("CLUSTER", "REPLICATE", master))


def _knows(server: EmbeddedValkey, nodes: int, replicas: int) -> bool:
    with client_of(server) as client:
        told: Any = client.execute_command("CLUSTER", "INFO")
        info = told if isinstance(told, dict) else dict(line.split(":", 1) for line in str(told).split())
        linked = client.info("replication")
        ready = linked["role"] == "master" or linked["master_link_status"] == "up"
        served: Any = client.execute_command("CLUSTER", "SLOTS")
        known = sum(len(one["replicas"]) for one in served.values()) if isinstance(served, dict) else replicas
        return (info["cluster_state"], int(info["cluster_known_nodes"]), known, ready) == ("ok", nodes, replicas, True)


def _until(condition: Any) -> None:
    limit = time.monotonic() + JOINED_WITHIN_S
    while True:
        try:
            if condition():
                return
        except RedisError:
            pass
        assert time.monotonic() < limit, "the cluster did not come together"
        time.sleep(0.05)


def slot_of(key: str) -> int:
    return int(key_slot(key.encode()))
