"""Work that somebody waits for only so long."""

from collections.abc import Callable
from typing import TypeVar

import gevent
import structlog

from app.domain.errors import Degraded

T = TypeVar("T")

log = structlog.get_logger(__name__)


def within(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` answers; raises ``Degraded`` where that takes longer: a store is silent, which no error tells.

    The work is broken off in the middle of a wait. Both stores' drivers close the connection that happens on.
    """
    limit = gevent.Timeout(seconds)
    with limit:
        try:
            return work()
        except gevent.Timeout as late:
            if late is not limit:
                raise
            log.warning("store_silent", seconds=seconds)
            raise Degraded(retry_after=2) from None
