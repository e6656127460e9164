"""The streams of several shards that a process commits, read together, in rounds (``teams.py`` says of which).

Each shard has a committer of its own. Where each read for itself, four messages at about the same time would be four
reads, four inserts and four answers; what is read together is stored, answered and told together
(``inserts.py``, ``SharedLine``), at the cost of one.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import gevent
from gevent.event import AsyncResult, Event
from redis import Redis
from redis.exceptions import RedisError

from app.greenlets import soon
from app.lines import raise_first
from app.sequencing.recovery import RawEntry
from app.stores import line_of

ROUND_ENTRIES = 200
"""Of each shard."""
PACE_S = 0.004
"""A round begins no sooner after the one before: under a steady load it finds several messages, when idle it is there."""
BARRIER_S = 0.05
"""A round waits so long for those who still commit the one before: who takes longer is in trouble, and joins later."""
IDLE_S = 0.25
"""How long a read waits for something to come, and so a committer that joins meanwhile."""
LAGGING_S = 0.02
"""How long it waits while somebody lags behind."""
NOTHING_S = 1.0
"""Who asked for so long is told that nothing came, and looks after other things."""


@dataclass(slots=True, eq=False)
class _Ask:
    last: str
    result: AsyncResult = field(default_factory=AsyncResult)
    since: float = field(default_factory=time.monotonic)


class Rounds:
    """The reading of some streams. ``redis`` must not repeat a read whose reply was lost."""

    def __init__(self, redis: Redis) -> None:
        self._line = line_of(redis)
        self._asks: dict[str, _Ask] = {}
        self._committing: set[str] = set()
        self._changed = Event()
        self._began = 0.0
        self._reading = False

    def read(self, stream: str, last: str) -> list[RawEntry]:
        """What comes in ``stream`` after the id ``last``; empty where nothing came for ``NOTHING_S``.

        Whoever was given something takes part in the next round by reading again, or says that they ``leave``.
        Raises RedisError and OSError.
        """
        self.leave(stream)
        ask = self._asks[stream] = _Ask(last)
        if not self._reading:
            self._reading = True
            soon(self._run)
        try:
            entries: list[RawEntry] = ask.result.get()
            return entries
        finally:
            self._forget(stream, ask)

    def leave(self, stream: str) -> None:
        """No round need wait for this stream's committer."""
        self._committing.discard(stream)
        self._changed.set()

    def _run(self) -> None:
        try:
            while self._asks:
                self._await_committers()
                self._round()
        finally:
            self._reading = False

    def _await_committers(self) -> None:
        until = time.monotonic() + BARRIER_S
        while self._committing and (left := until - time.monotonic()) > 0:
            self._changed.clear()
            self._changed.wait(left)
        gevent.sleep(max(0.0, self._began + PACE_S - time.monotonic()))

    def _round(self) -> None:
        asks = dict(self._asks)
        if not asks:
            return
        try:
            found = self._found({stream: ask.last for stream, ask in asks.items()})
        except (RedisError, OSError) as error:
            for stream, ask in asks.items():
                self._forget(stream, ask)
                ask.result.set_exception(error)
            return
        now = time.monotonic()
        if found:
            self._began = now
        for stream, ask in asks.items():
            if stream in found and self._forget(stream, ask):
                self._committing.add(stream)
                ask.result.set(found[stream])
            elif now - ask.since >= NOTHING_S:
                self._forget(stream, ask)
                ask.result.set([])

    def _found(self, lasts: dict[str, str]) -> dict[str, list[RawEntry]]:
        wait_s = LAGGING_S if self._committing else IDLE_S
        head = ("XREAD", "COUNT", ROUND_ENTRIES, "BLOCK", round(wait_s * 1000), "STREAMS")
        (answer,) = raise_first(self._line.ask([(*head, *lasts, *lasts.values())]))
        return {stream: [_entry(*one) for one in entries] for stream, entries in answer or ()}

    def _forget(self, stream: str, ask: _Ask) -> bool:
        """Was it still asked?"""
        if self._asks.get(stream) is not ask:
            return False
        del self._asks[stream]
        return True


def _entry(id: str, fields: list[Any]) -> RawEntry:
    return id, dict(zip(fields[::2], fields[1::2], strict=True))
