"""One asks, and whoever wants the same meanwhile waits for that answer, or its error."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from app.domain.errors import Degraded

K = TypeVar("K")
V = TypeVar("V")


class SingleFlight(Generic[K, V]):
    """Finds values by their keys; ``forget`` makes those who come from now on ask for themselves."""

    def __init__(self) -> None:
        self._asking: dict[K, Future[V]] = {}

    def ask(self, key: K, find: Callable[[], V], keep: Callable[[V], None]) -> V:
        """The value, which ``keep`` is given, too, unless the key was forgotten while it was being found.

        Raises what ``find`` raises, and Degraded where the one who asked was broken off: by a deadline of their own,
        not of those who wait for it.
        """
        asking = self._asking.get(key)
        if asking is not None:
            return asking.result()
        asking = self._asking[key] = Future()
        try:
            value = find()
        except Exception as error:
            asking.set_exception(error)
            raise
        except BaseException:
            asking.set_exception(Degraded(retry_after=1))
            raise
        else:
            asking.set_result(value)
            if self._asking.get(key) is asking:
                keep(value)
            return value
        finally:
            if self._asking.get(key) is asking:
                del self._asking[key]

    def keys(self) -> list[K]:
        """What is being found at this moment."""
        return list(self._asking)

    def forget(self, key: K | None = None) -> None:
        """What is being found for the key (None: for any) may be too old for who asks next."""
        if key is None:
            self._asking.clear()
        else:
            self._asking.pop(key, None)
