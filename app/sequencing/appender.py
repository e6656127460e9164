"""Appends of many greenlets in one round trip: what comes while a pipeline is under way is the next pipeline."""

from typing import Any

import structlog
from gevent.event import AsyncResult
from redis.exceptions import RedisError

from app.greenlets import soon
from app.sequencing.scripts import Append, Appended, Scripts

log = structlog.get_logger(__name__)

PIPELINE_APPENDS = 256


class Appender:
    """The append script for one process: one pipeline at a time on each lane, which is one but for a cluster's masters."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._waiting: dict[Any, list[tuple[Append, AsyncResult]]] = {}

    def append(self, append: Append) -> Appended:
        """Append once per client id. Raises NeedsSeed, BacklogFull, ContentDiffers and RedisError."""
        result, lane = AsyncResult(), self._scripts.lane_of(append)
        waiting = self._waiting.get(lane)
        if waiting is None:
            self._waiting[lane] = [(append, result)]
            soon(self._drain, lane)
        else:
            waiting.append((append, result))
        appended: Appended = result.get()
        return appended

    def _drain(self, lane: Any) -> None:
        try:
            while waiting := self._waiting[lane]:
                page, self._waiting[lane] = waiting[:PIPELINE_APPENDS], waiting[PIPELINE_APPENDS:]
                self._append_page(page)
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
        for (_, result), answer in zip(page, answers, strict=True):
            if isinstance(answer, Exception):
                result.set_exception(answer)
            else:
                result.set(answer)
