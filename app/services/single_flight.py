"""One asks, and whoever wants the same meanwhile waits for that answer, or its error."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class _BrokenOff(Exception):
    """The one who asked is gone, without an answer."""


class SingleFlight(Generic[K, V]):
    """Finds values by their keys; ``forget`` makes those who come from now on ask for themselves."""

    def __init__(self) -> None:
        self._asking: dict[K, Future[V]] = {}

    def ask(self, key: K, find: Callable[[], V], keep: Callable[[V], None]) -> V:
        """The value, which ``keep`` is given, too, unless the key was forgotten while it was being found.

        Raises what ``find`` raises. Where the one who asked is broken off, by a deadline of their own, the next of those
        who wait for them asks.
        """
        while (asking := self._asking.get(key)) is not None:
            try:
                return asking.result()
            except _BrokenOff:
                continue
        asking = self._asking[key] = Future()
        try:
            value = find()
        except BaseException as error:
            self._land(key, asking)
            asking.set_exception(error if isinstance(error, Exception) else _BrokenOff())
            raise
        current = self._land(key, asking)
        asking.set_result(value)
        if current:
            keep(value)
        return value

    def _land(self, key: K, asking: Future[V]) -> bool:
        """Who comes from now on asks anew. False where the key was forgotten meanwhile."""
        current = self._asking.get(key) is asking
        if current:
            del self._asking[key]
        return current

    def keys(self) -> list[K]:
        """What is being found at this moment."""
        return list(self._asking)

    def forget(self, key: K | None = None) -> None:
        """What is being found for the key (None: for any) may be too old for who asks next."""
        if key is None:
            self._asking.clear()
        else:
            self._asking.pop(key, None)
