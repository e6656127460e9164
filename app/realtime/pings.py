"""Pings connections when they are due. One greenlet does it for all: each would hold a stack of its own."""

import time
from collections import deque
from typing import Protocol

import gevent
import structlog

log = structlog.get_logger(__name__)


class Pinged(Protocol):
    def ping(self) -> None:
        """Send a ping, unless the connection is over."""


class Pings:
    """``interval_s`` is the same for all, so whoever is noted first is due first."""

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._due: deque[tuple[float, Pinged]] = deque()
        self._greenlet: gevent.Greenlet | None = None

    def schedule(self, connection: Pinged) -> None:
        """Ping the connection once, an interval from now."""
        self._due.append((time.monotonic() + self._interval_s, connection))
        if self._greenlet is None:
            self._greenlet = gevent.spawn(self._run)

    def _run(self) -> None:
        while self._due:
            wait_s = self._due[0][0] - time.monotonic()
            if wait_s > 0:
                gevent.sleep(wait_s)
                continue
            _, connection = self._due.popleft()
            try:
                connection.ping()
            except Exception:
                log.exception("ping_failed")
        self._greenlet = None
