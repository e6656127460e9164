"""What a device has seen of each log: takes ``last + 1``, drops what it has, holds back what is early, asks for holes."""

import asyncio
import random
from collections.abc import Callable, Iterable
from typing import Any

from app.domain.ids import content_hash
from tests.faults.wire import Answer, Wire
from tests.history.records import Apply, Record

GAP_AFTER_S = 0.25
REQUEST_S = 10.0
DEFINITE = frozenset({"invalid", "not_found", "forbidden", "client_id_reused", "too_large"})

Entry = dict[str, Any]
Mangle = Callable[[dict[str, Any]], list[tuple[float, dict[str, Any]]]]


class Reader:
    """The reading half of a device. ``mangle`` is a network that loses, doubles and delays pushes."""

    def __init__(self, conversations: Iterable[str], record: Callable[[Record], None]) -> None:
        self.mangle: Mangle | None = None
        self.cursors: dict[str, int] = dict.fromkeys(conversations, 0)
        self.heads: dict[str, int] = {}
        self._early: dict[str, dict[int, Entry]] = {}
        self._record = record
        self._session = ""
        self._wire: Wire | None = None
        self._syncing: set[str] = set()
        self._ask_again: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()

    def begin(self, wire: Wire, session: str) -> None:
        """A new connection: what was missed meanwhile is asked for."""
        self._wire, self._session = wire, session
        for conversation in self.cursors:
            self._ask(conversation)

    async def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._syncing.clear()
        self._wire = None

    def hear(self, payload: dict[str, Any]) -> None:
        """An ``entries`` fact."""
        for delay, mangled in self.mangle(payload) if self.mangle else [(0.0, payload)]:
            if delay:
                self._spawn(self._later(delay, mangled))
            else:
                self._take(mangled["conversation"], mangled["entries"])

    def hear_heads(self, heads: dict[str, int]) -> None:
        self.heads.update(heads)
        for conversation, head in heads.items():
            if head > self.cursors.get(conversation, head):
                self._ask(conversation)

    @property
    def caught_up(self) -> bool:
        """Whether all that is known to be there was read on this connection."""
        return not self._syncing and all(self.cursors[c] >= self.heads.get(c, 0) for c in self.cursors)

    async def _later(self, delay: float, payload: dict[str, Any]) -> None:
        await asyncio.sleep(delay)
        self._take(payload["conversation"], payload["entries"])

    def _take(self, conversation: str, entries: list[Entry]) -> None:
        if conversation not in self.cursors:
            return
        early = self._early.setdefault(conversation, {})
        for entry in entries:
            if entry["seq"] > self.cursors[conversation]:
                early[entry["seq"]] = entry
        while self.cursors[conversation] + 1 in early:
            entry = early.pop(self.cursors[conversation] + 1)
            self.cursors[conversation] = entry["seq"]
            self._record(
                Apply(session=self._session, conversation=conversation, seq=entry["seq"],
                      client_id=entry["client_id"], hash=content_hash(entry["kind"], entry["body"]))
            )  # fmt: skip
        if early:
            self._spawn(self._ask_later(conversation))

    async def _ask_later(self, conversation: str) -> None:
        await asyncio.sleep(GAP_AFTER_S)
        if self._early.get(conversation):
            self._ask(conversation)

    def _ask(self, conversation: str) -> None:
        if conversation in self._syncing:
            self._ask_again.add(conversation)
            return
        self._syncing.add(conversation)
        self._spawn(self._sync(conversation))

    async def _sync(self, conversation: str) -> None:
        try:
            complete = False
            while not complete and self._wire is not None and not self._wire.closed.done():
                self._ask_again.discard(conversation)
                asked = {"conversation": conversation, "after": self.cursors[conversation]}
                answer: Answer = await self._wire.call("sync", asked, REQUEST_S)
                if answer["ok"]:
                    self._take(conversation, answer["entries"])
                    complete = answer["complete"] and conversation not in self._ask_again
                elif answer["code"] in DEFINITE:
                    return
                else:
                    await asyncio.sleep(random.uniform(0.5, 1.5))
        finally:
            self._syncing.discard(conversation)

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
