"""What is measured: the loads, and the plan each one is for the generator (``load/plan.c`` reads it)."""

from dataclasses import dataclass
from typing import Literal

from bench.contenders import Room

Mode = Literal["closed", "open", "catchup", "idle"]

CONNECTING = 64
"""Handshakes the generator has open at the same time."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds; ``hold`` is how long idle sockets are held. ``history``: entries in the log that is caught up with."""

    warmup: float
    duration: float
    hold: float
    history: int
    drain: float = 20.0


FULL = Times(warmup=3, duration=10, hold=20, history=10_000)
QUICK = Times(warmup=0.5, duration=1.5, hold=1.5, history=1_000)


@dataclass(frozen=True, slots=True)
class Load:
    """``rooms`` conversations with ``members`` each, of whom ``senders`` post.

    closed: each sender has ``outstanding`` posts without an answer, all the time. open: ``rate`` posts a second, all
    together, whatever the answers do. catchup: every member reads a log ``rounds`` times from its beginning,
    ``parallel`` of them at the same time. idle: sockets that do nothing.
    """

    name: str
    title: str
    mode: Mode
    rooms: int
    members: int
    senders: int = 0
    outstanding: int = 1
    rate: int = 0
    parallel: int = 0
    rounds: int = 0

    @property
    def sockets(self) -> int:
        return self.rooms * self.members

    def plan(self, rooms: list[Room], ports: list[int], times: Times) -> str:
        """The generator's plan. Members of a room sit on all servers, and so do the senders of the rooms."""
        lines = [
            f"mode {self.mode}",
            f"outstanding {self.outstanding}",
            f"rate {self.rate}",
            f"parallel {self.parallel}",
            f"rounds {self.rounds}",
            f"warmup {times.warmup}",
            f"duration {times.hold if self.mode == 'idle' else times.duration}",
            f"drain {times.drain}",
            f"connecting {CONNECTING}",
            *(f"conversation {room.conversation}" for room in rooms),
        ]
        # Member by member, so that posts in turn go to one conversation after the other and not five times to the same.
        for member in range(self.members):
            role = "sends" if member < self.senders else "listens"
            for index, room in enumerate(rooms):
                port = ports[(index + member) % len(ports)]
                lines.append(f"socket 127.0.0.1 {port} {index} {role} {room.tokens[member]}")
        return "\n".join(lines) + "\n"


LOADS = {
    load.name: load
    for load in (
        Load("100x5-100", "100 conversations x 5 members, one sender each", "closed", 100, 5, senders=1),
        Load("100x5-500", "100 conversations x 5 members, five senders each", "closed", 100, 5, senders=5),
        Load("100x5-open", "100 conversations x 5 members, 400/s offered", "open", 100, 5, senders=5, rate=400),
        Load("1x200", "one conversation with 200 members, ten senders", "closed", 1, 200, senders=10),
        Load("catchup", "catching up with 10,000 messages", "catchup", 1, 12, parallel=4, rounds=1),
        Load("idle", "2,000 idle sockets", "idle", 400, 5),
    )
}
WARMING = Load("warming", "sockets that come and go before memory is read", "idle", 40, 5)
