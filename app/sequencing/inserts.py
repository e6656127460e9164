"""Batches of several shards in one insert: what comes while one is under way is the next, together.

A store that syncs each commit costs as much for one entry as for many. Shards stay independent: each has one batch
under way, in its order, and hears of its own documents alone.
"""

from collections.abc import Callable
from typing import Any

from bson.errors import InvalidDocument
from gevent.event import AsyncResult
from pymongo.errors import BulkWriteError, DocumentTooLarge

from app.greenlets import soon

TOGETHER = 1_000
"""Documents in one insert, unless a single batch has more."""

Documents = list[dict[str, Any]]
Insert = Callable[[Documents], None]
Batch = tuple[Documents, AsyncResult]


class Inserts:
    """The inserts of one process. ``write`` inserts documents in order, and stops at the first that it cannot."""

    def __init__(self, write: Insert) -> None:
        self._write = write
        self._waiting: list[Batch] = []
        self._writing = False

    def insert(self, documents: Documents) -> None:
        """As ``write``: raises what it raises about these documents, with their places counted among them."""
        result = AsyncResult()
        self._waiting.append((documents, result))
        if not self._writing:
            self._writing = True
            soon(self._run)
        result.get()

    def _run(self) -> None:
        try:
            while self._waiting:
                self._write_together(self._next())
        finally:
            self._writing = False

    def _next(self) -> list[Batch]:
        """The batches that are written now: the first, and as many more as fit."""
        count, size = 1, len(self._waiting[0][0])
        for documents, _ in self._waiting[1:]:
            size += len(documents)
            if size > TOGETHER:
                break
            count += 1
        batches, self._waiting = self._waiting[:count], self._waiting[count:]
        return batches

    def _write_together(self, batches: list[Batch]) -> None:
        try:
            self._write([document for documents, _ in batches for document in documents])
        except BulkWriteError as error:
            self._refused(batches, error)
        except (InvalidDocument, DocumentTooLarge) as error:
            if len(batches) == 1:
                batches[0][1].set_exception(error)
                return
            for batch in batches:  # it does not say whose
                self._write_together([batch])
        except Exception as error:
            for _, result in batches:
                result.set_exception(error)
        else:
            for _, result in batches:
                result.set()

    def _refused(self, batches: list[Batch], error: BulkWriteError) -> None:
        """One document was not taken: those before it are stored, and those after it were not tried."""
        refusals = error.details.get("writeErrors")
        if error.details.get("writeConcernErrors") or not refusals:
            for _, result in batches:
                result.set_exception(error)
            return
        place: int = refusals[0]["index"]
        not_tried: list[Batch] = []
        for documents, result in batches:
            if place >= len(documents):
                result.set()
            elif place >= 0:
                own = {**refusals[0], "index": place}
                result.set_exception(BulkWriteError({**error.details, "writeErrors": [own]}))
            else:
                not_tried.append((documents, result))
            place -= len(documents)
        self._waiting = not_tried + self._waiting
