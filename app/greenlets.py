"""Greenlets that are used again: a new one costs several times what most of the work in it does.

Python asks the operating system for the stack of each new greenlet, and hands it back at its end.
"""

from collections.abc import Callable
from contextvars import Context, copy_context
from weakref import WeakKeyDictionary

import gevent
import structlog

log = structlog.get_logger(__name__)

KEPT = 64
"""Of each thread."""

Job = tuple[Callable[..., object], tuple[object, ...], Context]


def soon(work: Callable[..., object], *arguments: object) -> None:
    """Call ``work`` in a greenlet of its own when the loop comes round, in the caller's context, as ``gevent.spawn`` would.

    Nobody can wait for its end or break it off. What it raises is logged.
    """
    idle = _idle_here()
    hand = idle.pop() if idle else _Hand(idle)
    hand.take((work, arguments, copy_context()))


class _Hand:
    """A greenlet that does one piece of work after another, and waits in ``idle`` between them."""

    __slots__ = ("_hub", "_idle", "_job", "_wake")

    def __init__(self, idle: "list[_Hand]") -> None:
        self._hub, self._idle = gevent.get_hub(), idle
        self._job: Job | None = None
        self._wake = Context().run(gevent.Greenlet, self._run).switch

    def take(self, job: Job) -> None:
        self._job = job
        self._hub.loop.run_callback(self._wake)

    def _run(self) -> None:
        while self._job is not None:
            _do(*self._job)
            self._job = None  # or what was done would live on for as long as nothing is to do
            if len(self._idle) < KEPT:
                self._wait()

    def _wait(self) -> None:
        self._idle.append(self)
        try:
            while self._job is None:  # whoever else wakes it has nothing to do for it
                self._hub.switch()
        except BaseException:
            if self in self._idle:
                self._idle.remove(self)
            raise


def _do(work: Callable[..., object], arguments: tuple[object, ...], context: Context) -> None:
    try:
        context.run(work, *arguments)
    except Exception:
        log.exception("greenlet_failed")


_idle_of: "WeakKeyDictionary[object, list[_Hand]]" = WeakKeyDictionary()


def _idle_here() -> list[_Hand]:
    """Those of this thread: greenlets cannot go to another."""
    hub = gevent.get_hub()
    idle = _idle_of.get(hub)
    if idle is None:
        idle = _idle_of[hub] = []
    return idle
