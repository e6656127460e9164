"""Many ask for one thing each at about the same time, and all are looked up together: a server that hundreds come back
to at once asks its stores a few questions and not hundreds."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from gevent.event import AsyncResult

from app.greenlets import soon

UNDER_WAY = 3
"""Lookups at the same time: one that hangs on a lost connection holds up its own askers alone."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Gathering(Generic[K, V]):
    """``find`` answers for many keys at once, of which it may leave some out; it is given ``at_once`` or so.

    What is answered was looked up after it was asked for.
    """

    def __init__(self, find: Callable[[list[K]], Mapping[K, V]], at_once: int = 50) -> None:
        self._find = find
        self._at_once = at_once
        self._waiting: list[tuple[Sequence[K], AsyncResult]] = []
        self._under_way = 0

    def ask(self, keys: Sequence[K]) -> dict[K, V]:
        """What was found, by key. Raises what ``find`` raises."""
        if not keys:
            return {}
        result = AsyncResult()
        self._waiting.append((keys, result))
        if self._under_way < UNDER_WAY:
            self._under_way += 1
            soon(self._run)
        found: dict[K, V] = result.get()
        return found

    def _run(self) -> None:
        try:
            while self._waiting:
                self._find_together(self._next())
        finally:
            self._under_way -= 1

    def _next(self) -> list[tuple[Sequence[K], AsyncResult]]:
        count, size = 1, len(self._waiting[0][0])
        for keys, _ in self._waiting[1:]:
            size += len(keys)
            if size > self._at_once:
                break
            count += 1
        asks, self._waiting = self._waiting[:count], self._waiting[count:]
        return asks

    def _find_together(self, asks: list[tuple[Sequence[K], AsyncResult]]) -> None:
        try:
            found = self._find(list(dict.fromkeys(key for keys, _ in asks for key in keys)))
        except Exception as error:
            for _, result in asks:
                result.set_exception(error)
            return
        for keys, result in asks:
            result.set({key: found[key] for key in keys if key in found})
