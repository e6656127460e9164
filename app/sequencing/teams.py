"""Who reads together: all shards of a process while little is said, and two teams of them when it is much.

While little is said, a round's price is shared by whoever has something. When it is much, the store would stand still
while a batch is answered, told and trimmed, and the servers while it is inserted: so what one team gave is inserted while
what the other gave is told. They take turns by themselves (docs/decisions/0055).
"""

import time
from collections.abc import Callable

from redis import Redis

from app.sequencing.recovery import RawEntry
from app.sequencing.rounds import Rounds
from app.stores import line_of

TEAMS = 2
MUCH_PER_S = 1_000
"""Entries a second from which on the teams go apart."""
WINDOW_S = 1.0


class Teams:
    """The rounds of one process, or of one slot of a cluster. ``clock`` gives seconds."""

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self._together = Rounds(redis)
        self._apart = [Rounds(redis) for _ in range(TEAMS)]
        self._team: dict[str, int] = {}
        self._reading: dict[str, Rounds] = {}
        self._clock = clock
        self._since = clock()
        self._count = 0
        self._much = False

    def read(self, stream: str, last: str) -> list[RawEntry]:
        """As ``Rounds.read``."""
        rounds = self._rounds_of(stream)
        if rounds is not self._reading.get(stream):
            self.leave(stream)
            self._reading[stream] = rounds
        entries = rounds.read(stream, last)
        self._count += len(entries)
        return entries

    def leave(self, stream: str) -> None:
        """As ``Rounds.leave``."""
        rounds = self._reading.pop(stream, None)
        if rounds is not None:
            rounds.leave(stream)

    def _rounds_of(self, stream: str) -> Rounds:
        now = self._clock()
        if now - self._since >= WINDOW_S:
            self._much = self._count >= MUCH_PER_S * (now - self._since)
            self._count, self._since = 0, now
        team = self._team.setdefault(stream, len(self._team) % TEAMS)
        return self._apart[team] if self._much else self._together


class TeamsOf:
    """The teams of each stream: all streams of one Redis share them; in a cluster a read names one slot."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._line = line_of(redis)
        self._teams: dict[int, Teams] = {}

    def __call__(self, stream: str) -> Teams:
        slot = self._line.slot_of(stream)
        if slot not in self._teams:
            self._teams[slot] = Teams(self._redis)
        return self._teams[slot]
