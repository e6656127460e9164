"""Appends of many greenlets in one round trip: what comes while a pipeline is under way is the next pipeline."""

from typing import Any

import structlog
from gevent.event import AsyncResult
from redis.exceptions import RedisError

from app.greenlets import soon
from app.sequencing.scripts import Append, Scripts

log = structlog.get_logger(__name__)

PIPELINE_APPENDS = 256


class Appender:
    """The append script for one process: one pipeline at a time on each lane, which is one but for a cluster's masters."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._waiting: dict[Any, list[tuple[Append, AsyncResult]]] = {}

    def append(self, append: Append, told: AsyncResult) -> None:
        """Append once per client id, soon. ``told`` hears what settles it already: the ``Sent`` of what is stored, or
        NeedsSeed, BacklogFull, ContentDiffers, RedisError or OSError. Else the committer's answer is to come."""
        lane = self._scripts.lane_of(append)
        waiting = self._waiting.get(lane)
        if waiting is None:
            self._waiting[lane] = [(append, told)]
            soon(self._drain, lane)
        else:
            waiting.append((append, told))

    def _drain(self, lane: Any) -> None:
        try:
            while waiting := self._waiting[lane]:
                page, self._waiting[lane] = waiting[:PIPELINE_APPENDS], waiting[PIPELINE_APPENDS:]
                wanted = [(append, told) for append, told in page if not told.ready()]  # others gave up meanwhile
                if wanted:
                    self._append_page(wanted)
        finally:
            del self._waiting[lane]

    def _append_page(self, page: list[tuple[Append, AsyncResult]]) -> None:
        try:
            answers = self._scripts.append_many([append for append, _ in page])
        except (RedisError, OSError) as error:
            answers = [error] * len(page)
        except Exception as error:  # a bug: whoever waits hears of it, and the next page is not held up
            log.exception("append_page_failed")
            answers = [error] * len(page)
        for (_, told), answer in zip(page, answers, strict=True):
            if isinstance(answer, Exception):
                told.set_exception(answer)  # where the committer was quicker, what it said stands
            elif answer.known is not None and answer.known.committed:
                told.set(answer.known)
