"""Calls that are due an interval from now. One greenlet makes them all: each would hold a stack of its own."""

import time
from collections import deque
from collections.abc import Callable

import gevent
import structlog

log = structlog.get_logger(__name__)


class Later:
    """``interval_s`` is the same for all, so whatever is noted first is due first."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._due: deque[tuple[float, Callable[[], None]]] = deque()
        self._greenlet: gevent.Greenlet | None = None

    def note(self, call: Callable[[], None]) -> None:
        """Make the call once, an interval from now; it must not take long."""
        self._due.append((time.monotonic() + self._interval_s, call))
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._run)

    def _run(self) -> None:
        while self._due:
            wait_s = self._due[0][0] - time.monotonic()
            if wait_s > 0:
                gevent.sleep(wait_s)
                continue
            _, call = self._due.popleft()
            try:
                call()
            except Exception:
                log.exception("late_call_failed")
        self._greenlet = None
