"""The lines of a Redis Cluster: what is asked goes to the masters of its keys, side by side."""

from collections.abc import Sequence
from typing import Any

import gevent
from redis.crc import key_slot
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ConnectionError,
    DataError,
    MovedError,
    RedisError,
    TimeoutError,
    TryAgainError,
)

from app.lines import Line, SharedLine, raise_first
from app.topology import Node, Topology

REDIRECTS = 8
PAUSE_S = 0.05
ELSEWHERE = 2
"""Other masters that are tried with what any of them can do."""
LOST = (ConnectionError, TimeoutError, OSError)
UNDONE = (AskError, TryAgainError)
"""Answers of a node that has done nothing."""
OF_ANYBODY = ("PUBLISH", "TIME", "PING")
"""Any master can do it. Said twice, a note does no harm."""
OF_EACH = ("ACL", "CLIENT", "CLUSTER", "CONFIG", "DBSIZE", "FLUSHALL", "FLUSHDB", "INFO", "KEYS", "SCAN", "SCRIPT")
SLOT_OF_CLOCK = 0
"""Whoever compares moments asks the same master for the time, in every process."""


class ClusterLine(Line):
    """Asks each master what is its own, side by side. Follows slots that moved: who moved them has done nothing yet."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def lane_of(self, key: Any) -> Any:
        address = self._topology.node_of(_slot(key))
        return None if address is None else address.address

    def slot_of(self, key: Any) -> int:
        return _slot(key)

    def lane_for(self, command: Sequence[Any]) -> Any:
        """The lane of a command."""
        node = self._topology.node_of(slot_for(command))
        return None if node is None else node.address

    def ask(self, commands: Sequence[Sequence[Any]], retries: int = 0) -> list[Any]:
        """The answers in order. An error reply stands in its place as an exception, and so does a lost answer: what the other
        masters said counts. What only went to the wrong one is asked again in any case."""
        answers: list[Any] = [None] * len(commands)
        waiting, redirects, elsewhere = list(range(len(commands))), REDIRECTS, ELSEWHERE
        while waiting:
            self._ask_once(commands, answers, waiting)
            lost = [i for i in waiting if isinstance(answers[i], LOST)]
            undone = [i for i in waiting if isinstance(answers[i], UNDONE)] if redirects else []
            if lost and not retries:
                lost = [i for i in lost if elsewhere and commands[i][0] in OF_ANYBODY]
                elsewhere -= bool(lost)
            elif lost:
                retries -= 1
            redirects -= bool(undone)
            if lost or any(not isinstance(answers[i], AskError) for i in undone):
                gevent.sleep(PAUSE_S)
            if lost:
                self._topology.look_quietly()
            waiting = sorted(lost + undone)
        return answers

    def transact(self, commands: Sequence[Sequence[Any]], retries: int = 0) -> list[Any]:
        """The answers of commands of one slot that are done together or not at all. Raises RedisError, an error reply too."""
        whole = [("MULTI",), *commands, ("EXEC",)]
        for again in range(retries + REDIRECTS, -1, -1):
            answers: list[Any] = [None] * len(whole)
            self._ask_node(self._node_for(commands[0]), whole, answers, range(len(whole)))
            unfit = next((one for one in answers[:-1] if isinstance(one, Exception)), None)
            if unfit is None or not again:
                break
            if isinstance(unfit, LOST):
                if again <= REDIRECTS:
                    break
                self._topology.look_quietly()
            elif isinstance(unfit, MovedError):
                self._topology.moved(unfit.slot_id, (unfit.host, unfit.port))
            elif not isinstance(unfit, UNDONE):
                break
            gevent.sleep(PAUSE_S)
        raise_first(answers)
        done: list[Any] = answers[-1]
        return raise_first(done)

    def _ask_once(self, commands: Sequence[Sequence[Any]], answers: list[Any], waiting: Sequence[int]) -> None:
        """Fill in the answers of those that wait, each from its master or from where it was sent to."""
        groups: dict[Node, list[int]] = {}
        for i in waiting:
            try:
                node = self._node_after(commands[i], answers[i])
            except (RedisError, OSError) as error:
                answers[i] = error
            else:
                groups.setdefault(node, []).append(i)
        if len(groups) == 1:
            ((node, mine),) = groups.items()
            self._ask_node(node, commands, answers, mine)
            return
        greenlets = [gevent.spawn(self._ask_node, node, commands, answers, mine) for node, mine in groups.items()]
        try:
            gevent.joinall(greenlets)
        finally:
            gevent.killall(greenlets)  # who asked was told to stop

    def _ask_node(self, node: Node, commands: Sequence[Sequence[Any]], answers: list[Any], mine: Sequence[int]) -> None:
        if node.away:  # whoever waited for it found that out
            why = ConnectionError(f"the master at {node.address[0]}:{node.address[1]} is away")
            for i in mine:
                answers[i] = why
            return
        told: list[Sequence[Any]] = []
        for i in mine:
            if isinstance(answers[i], AskError) and not isinstance(answers[i], MovedError):
                told.append(("ASKING",))
            told.append(commands[i])
        try:
            heard = node.line.ask(told)
        except (RedisError, OSError) as error:
            if isinstance(error, LOST):
                self._topology.lost(node)
            heard = [error] * len(told)
        own = [answer for command, answer in zip(told, heard, strict=True) if command[0] != "ASKING"]
        for i, answer in zip(mine, own, strict=True):
            answers[i] = answer

    def _node_after(self, command: Sequence[Any], answer: Any) -> Node:
        """Where the command goes, given what was answered so far. Raises RedisError."""
        if isinstance(answer, MovedError):
            self._topology.moved(answer.slot_id, (answer.host, answer.port))
        elif isinstance(answer, AskError):
            return self._topology.node_at((answer.host, answer.port))
        return self._node_for(command)

    def _node_for(self, command: Sequence[Any]) -> Node:
        slot = slot_for(command)
        find = self._topology.anybody if command[0] in OF_ANYBODY else self._topology.node_of
        node = find(slot)
        if node is None:
            self._topology.look()
            node = find(slot)
        if node is None:
            raise ClusterDownError(f"nobody serves slot {slot}")
        return node


class ClusterSharedLine(SharedLine):
    """A shared line to each master: nobody waits for the answers of another one."""

    def __init__(self, line: ClusterLine) -> None:
        super().__init__(line)
        self._of_cluster = line
        self._lanes: dict[Any, SharedLine] = {}

    def ask(self, commands: Sequence[Sequence[Any]], retries: int = 0) -> list[Any]:
        lanes: dict[Any, list[int]] = {}
        for i, command in enumerate(commands):
            lanes.setdefault(self._of_cluster.lane_for(command), []).append(i)
        if len(lanes) == 1:
            return self._lane(next(iter(lanes))).ask(commands, retries)
        asking = {
            gevent.spawn(self._lane(lane).ask, [commands[i] for i in mine], retries): mine
            for lane, mine in lanes.items()
        }
        answers: list[Any] = [None] * len(commands)
        try:
            for greenlet, mine in asking.items():
                for i, answer in zip(mine, greenlet.get(), strict=True):
                    answers[i] = answer
        finally:
            gevent.killall(list(asking))
        return answers

    def _lane(self, lane: Any) -> SharedLine:
        if lane not in self._lanes:
            self._lanes[lane] = SharedLine(self._of_cluster)
        return self._lanes[lane]


def slot_for(command: Sequence[Any]) -> int:
    """The slot that a command is about. Raises DataError for one that has to be asked of each master."""
    name = str(command[0]).partition(" ")[0].upper()
    if name in OF_EACH:
        raise DataError(f"{name} is about one server, not about a key: ask each of the masters")
    if name in ("EVAL", "EVALSHA"):
        return _slot(command[3])
    if name == "XREAD":
        return _slot(command[[str(part).upper() for part in command].index("STREAMS") + 1])
    return _slot(command[1]) if len(command) > 1 and name not in ("TIME", "PING") else SLOT_OF_CLOCK


def _slot(key: Any) -> int:
    return key_slot(key if isinstance(key, bytes) else str(key).encode())
