"""Appends of many greenlets in one round trip: what comes while a pipeline is under way is the next pipeline."""

import gevent
import structlog
from gevent.event import AsyncResult
from redis.exceptions import RedisError

from app.sequencing.scripts import Append, Appended, Scripts

log = structlog.get_logger(__name__)

PIPELINE_APPENDS = 256


class Appender:
    """The append script for one process."""

    def __init__(self, scripts: Scripts) -> None:
        self._scripts = scripts
        self._waiting: list[tuple[Append, AsyncResult]] = []
        self._draining = False

    def append(self, append: Append) -> Appended:
        """Append once per client id. Raises NeedsSeed, BacklogFull, ContentDiffers and RedisError."""
        result = AsyncResult()
        self._waiting.append((append, result))
        if not self._draining:
            self._draining = True
            gevent.spawn(self._drain)
        appended: Appended = result.get()
        return appended

    def _drain(self) -> None:
        try:
            while self._waiting:
                page, self._waiting = self._waiting[:PIPELINE_APPENDS], self._waiting[PIPELINE_APPENDS:]
                self._append_page(page)
        finally:
            self._draining = False

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
