"""A committer that goes one batch at a time and meets a chosen fate at a chosen place, on real stores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import gevent
from gevent.event import Event
from gevent.local import local
from pymongo.errors import AutoReconnect, BulkWriteError
from redis import ConnectionPool, Redis
from redis.exceptions import ConnectionError as RedisCut

from app.models.messages import insert_in_order
from app.sequencing.committer import Announce, Announcement, Committer
from app.sequencing.inserts import Documents
from app.sequencing.store import Store

STEP_WITHIN_S = 20.0
REFUSED_BODY = "what MongoDB refuses"
DOCUMENT_FAILED_VALIDATION = 121

Place = Literal["before the insert", "after the insert", "after the answer", "after the announcement", "after the trim"]
End = Literal["crash", "pause", "cut"]
PLACES: tuple[Place, ...] = (
    "before the insert",
    "after the insert",
    "after the answer",
    "after the announcement",
    "after the trim",
)
ENDS: tuple[End, ...] = ("crash", "pause", "cut")

_acting = local()


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a committer the next time it comes to ``place``.

    ``crash``: it is gone. ``pause``: it stands still until it is woken, perhaps long after another took over.
    ``cut``: the link breaks, so the caller sees an error whatever the store did; an insert that had not been carried out
    is still on its way then, and arrives at some later time or never.
    """

    place: Place
    end: End


class Courier:
    """Inserts as committers see them: they pass the acting committer's places, and may be held on the way."""

    def __init__(self) -> None:
        self.held: list[Documents] = []

    def insert(self, documents: Documents) -> None:
        committer: SteppedCommitter = _acting.committer
        if committer.fate == Fate("before the insert", "cut"):
            committer.fate = None
            self.held.append(documents)
            raise AutoReconnect("no answer, though the request is on its way")
        committer.reach("before the insert", AutoReconnect)
        self._insert(documents)
        committer.reach("after the insert", AutoReconnect)

    def deliver(self) -> None:
        """The oldest insert that was held arrives; nobody waits for its answer."""
        try:
            self._insert(self.held.pop(0))
        except BulkWriteError:
            pass

    def _insert(self, documents: Documents) -> None:
        """MongoDB keeps what stood before a document it refuses; the stand-in, where a validator refuses, does not."""
        bad = next((i for i, document in enumerate(documents) if document["b"] == REFUSED_BODY), None)
        if good := documents[:bad]:
            insert_in_order(good)
        if bad is not None:
            raise BulkWriteError({"writeErrors": [{"index": bad, "code": DOCUMENT_FAILED_VALIDATION, "errmsg": "no"}]})


class Trimming(Committer):
    """The real committer, whose trims can be the last thing that it does."""

    reach: Callable[[Place], None]

    def _trim(self, *settled: Any) -> None:
        super()._trim(*settled)
        self.reach("after the trim")


class SteppedCommitter:
    """The real committer in a greenlet of its own. Each ``turn`` is one recovery or one batch.

    ``holds_lease`` is asked between turns, as it is in a process.
    """

    def __init__(
        self,
        shard: int,
        pool: ConnectionPool,
        store: Store,
        announce: Announce,
        holds_lease: Callable[["SteppedCommitter"], bool],
        name: str,
    ) -> None:
        self.shard, self.store, self.name = shard, store, name
        self.fate: Fate | None = None
        self.paused = False
        self._announce_to, self._holds_lease = announce, holds_lease
        self._go, self._still = Event(), Event()
        self._committer = Trimming(shard, Redis(connection_pool=pool), store, self._announce, self._may_go_on)
        self._committer.reach = self.reach
        self._greenlet = gevent.spawn(self._run)
        self._greenlet.rawlink(lambda _: self._still.set())
        self._await_stillness()

    @property
    def alive(self) -> bool:
        return not self._greenlet.dead

    def turn(self, fate: Fate | None = None) -> bool:
        """Let it go on, until it would start its next batch, stands paused, or is gone. Did it meet its fate?"""
        self.fate = fate
        self._still.clear()
        self._go.set()
        self._await_stillness()
        met, self.fate = self.fate is None, None
        return met

    def kill(self) -> None:
        self._greenlet.kill()

    def reach(self, place: Place, cut: type[Exception] = RedisCut) -> None:
        if self.fate is None or self.fate.place != place:
            return
        end, self.fate = self.fate.end, None
        if end == "crash":
            raise gevent.GreenletExit
        if end != "pause":
            raise cut(f"the link broke {place}")
        self.paused = True
        self._stand()
        self.paused = False

    def _run(self) -> None:
        _acting.committer = self
        self._committer.run()

    def _may_go_on(self) -> bool:
        self._stand()
        return self._holds_lease(self)

    def _stand(self) -> None:
        self._still.set()
        self._go.wait()
        self._go.clear()

    def _await_stillness(self) -> None:
        assert self._still.wait(STEP_WITHIN_S), f"{self.name} on shard {self.shard} does not come back"

    def _announce(self, announcements: Sequence[Announcement]) -> None:
        self.reach("after the answer")
        self._announce_to(announcements)
        self.reach("after the announcement")
