"""A moment by which a socket is answered, whatever the stores do."""

import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from app import patience
from app.domain.errors import Degraded

T = TypeVar("T")

log = structlog.get_logger(__name__)


class Deadline:
    """So many seconds from now, for as many questions to the stores as it takes."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._by = time.monotonic() + seconds

    def ask(self, work: Callable[[], T]) -> T:
        """What ``work`` answers; raises ``Degraded`` where that takes longer: a store is silent, which no error tells.

        Work that is late goes on aside, so it must change nothing of a socket.
        """
        try:
            return patience.within(self._by - time.monotonic(), work)
        except patience.Late:
            log.warning("store_silent", seconds=self._seconds)
            raise Degraded(retry_after=2) from None
