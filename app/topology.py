"""Which master of a Redis Cluster serves which slot, learnt from the nodes themselves, and who of them is away."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import gevent
import structlog
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.exceptions import ConnectionError, RedisError
from redis.utils import str_if_bytes

from app.lines import Line
from app.patience import Late, within

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
"""While a master is away its place is looked after so often: somebody may have been promoted."""

ANSWERS_WITHIN_S = 1.0

Address = tuple[str, int]


class Node:
    """A server of the cluster: its pool of connections, and the line that asks on them."""

    def __init__(self, address: Address, pool: Any) -> None:
        self.address = address
        self.pool = pool
        self.line = Line(pool)
        self.away = False
        self.followed = False
        self.judged = Event()
        self.judged.set()


class Topology:
    """What is known of the cluster; nothing is asked before the first question.

    ``seeds`` are the addresses to begin with, ``pool_of`` makes a node's pool. ``changed`` is called when a master went away,
    came back or was replaced: what it told before may have been more than it knows now.
    """

    def __init__(self, seeds: tuple[Address, ...], pool_of: Callable[[Address], Any]) -> None:
        self._seeds = seeds
        self._pool_of = pool_of
        self._nodes: dict[Address, Node] = {}
        self._slots: list[Address | None] = [None] * SLOTS
        self._replicas: set[Address] = set()
        self._lock = BoundedSemaphore(1)
        self._looks = 0
        self._closed = False
        self.changed: Callable[[], None] = lambda: None

    def node_of(self, slot: int) -> Node | None:
        """The master that serves the slot, as far as is known."""
        address = self._slots[slot]
        return None if address is None else self.node_at(address)

    def anybody(self, slot: int) -> Node | None:
        """The slot's master, or another one while it is away: for what any of them can do."""
        node = self.node_of(slot)
        if node is not None and not node.away:
            return node
        return next((other for other in self.masters() if not other.away), node)

    def node_at(self, address: Address) -> Node:
        node = self._nodes.get(address)
        if node is None:
            node = self._nodes[address] = Node(address, self._pool_of(address))
        return node

    def masters(self) -> list[Node]:
        """All who serve slots, in the order of their slots; empty before the first look."""
        return [self.node_at(address) for address in dict.fromkeys(self._slots) if address is not None]

    def addresses(self) -> list[Address]:
        """Where the cluster may be reached: masters that answer first, in no order, then everybody who was heard of."""
        masters = self.masters()
        answering = [node.address for node in masters if not node.away]
        others = list({*(node.address for node in masters), *self._replicas, *self._seeds} - set(answering))
        random.shuffle(answering)
        random.shuffle(others)
        return answering + others

    def look(self) -> None:
        """Ask the nodes who serves what; who comes while somebody asks takes their answer. Raises ConnectionError where
        nobody could be asked."""
        seen = self._looks
        with self._lock:
            if self._looks != seen:
                return
            try:
                self._learn(*self._told())
            finally:
                self._looks += 1

    def look_quietly(self) -> None:
        try:
            self.look()
        except (RedisError, OSError):
            pass  # whoever asks for a slot is told

    def moved(self, slot: int, address: Address) -> None:
        """A node said that another one serves the slot now."""
        if address[0]:
            self._slots[slot] = address
        self._replicas.discard(address)
        gevent.spawn(self.look_quietly)

    def lost(self, node: Node) -> None:
        """A node did not answer. Returns once it is clear whether it answers at all: from then on until it does, it is ``away``."""
        if not node.followed and not self._closed:
            node.followed = True
            node.judged.clear()
            gevent.spawn(self._follow, node)
        node.judged.wait()

    def close(self) -> None:
        self._closed = True
        for node in self._nodes.values():
            node.pool.disconnect()

    def _follow(self, node: Node) -> None:
        """Until it answers, or is no master any more. One connection that ended is no reason to do without it."""
        gevent.spawn(self.changed)
        try:
            while not self._closed and not _answers(node):
                if not node.away:
                    log.warning("master_away", master=_name(node.address))
                node.away = True
                node.judged.set()
                self.look_quietly()
                if node not in self.masters():
                    break
                gevent.sleep(LOOK_EVERY_S)
        finally:
            was_away, node.away, node.followed = node.away, False, False
            node.judged.set()
        if was_away:
            log.warning("master_back", master=_name(node.address), replaced=node not in self.masters())
            gevent.spawn(self.changed)

    def _told(self) -> tuple[str, list[Any]]:
        """Who answered, and what: ``CLUSTER SLOTS``."""
        why: Exception = ConnectionError("there is no node to ask")
        for address in self.addresses():
            try:
                (answer,) = self.node_at(address).line.ask([("CLUSTER", "SLOTS")])
            except (RedisError, OSError) as error:
                why = error
                continue
            if isinstance(answer, list):
                return address[0], answer
            why = answer
        raise ConnectionError(f"no node of the cluster says who serves what: {why}")

    def _learn(self, host: str, told: list[Any]) -> None:
        slots: list[Address | None] = [None] * SLOTS
        replicas = set()
        for first, last, *servers in told:
            master, *others = [_address(server, host) for server in servers]
            slots[int(first) : int(last) + 1] = [master] * (int(last) + 1 - int(first))
            replicas |= set(others)
        replaced = any(slots) and any(old not in (None, new) for old, new in zip(self._slots, slots, strict=True))
        self._slots, self._replicas = slots, replicas
        if replaced:
            gevent.spawn(self.changed)


def _answers(node: Node) -> bool:
    try:
        return within(ANSWERS_WITHIN_S, lambda: node.line.ask([("PING",)])) is not None
    except (Late, RedisError, OSError):
        return False


def _address(server: Any, host: str) -> Address:
    """``host``: of the one who says so; a node that does not know its own name leaves it out."""
    return str(str_if_bytes(server[0]) or host), int(server[1])


def _name(address: Address) -> str:
    return f"{address[0]}:{address[1]}"


def each_address(hosts: str) -> Iterator[Address]:
    """The addresses in ``host:port,host:port``."""
    for one in hosts.split(","):
        host, _, port = one.rpartition(":")
        yield host, int(port)
