"""Work that somebody waits for only so long.

It is never broken off: an exception thrown into the middle of a driver's wait can leave its pool's locks counting wrong
for ever. It goes on aside instead, and ends by the driver's own timeouts.
"""

import contextvars
from collections.abc import Callable
from typing import TypeVar

import gevent

T = TypeVar("T")


class Late(Exception):
    """There is no answer yet."""


def within(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` answers, or raises; raises ``Late`` where that takes longer."""
    running = gevent.spawn(_outcome, contextvars.copy_context(), work)
    running.join(max(0.0, seconds))
    if not running.ready():
        raise Late
    answer, error = running.get()
    if error is not None:
        raise error
    return answer  # type: ignore[no-any-return]


def _outcome(context: contextvars.Context, work: Callable[[], T]) -> tuple[T | None, Exception | None]:
    try:
        return context.run(work), None
    except Exception as error:
        return None, error
