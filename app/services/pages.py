"""Full pages of logs that were read a moment ago.

After an outage everybody in a conversation asks for the same pages within seconds. What one was told the next can be
told too, until an entry on the page is revised; it is forgotten soon all the same, and so are the pages that do not fit.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.domain.commands import SYNC_PAGE_ENTRIES
from app.domain.entries import Entry
from app.models.messages import read_range
from app.services.single_flight import SingleFlight

REMEMBER_S = 10.0
REMEMBER_BYTES = 16_000_000
PAGE_LIMIT_BYTES = 1_000_000
ENTRY_BYTES = 500
"""About what an entry takes beside its text."""

Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Page:
    read_at: float
    entries: list[Entry]
    size: int


class Pages:
    """Reads runs of entries. ``clock`` gives seconds; ``read`` reads from MongoDB."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        read: Callable[[str, int, int], list[Entry]] = read_range,
    ) -> None:
        self._clock = clock
        self._read_range = read
        self._known: OrderedDict[Place, Page] = OrderedDict()
        self._size = 0
        self._flight: SingleFlight[Place, list[Entry]] = SingleFlight()

    def read(self, conversation: str, after: int, until: int) -> list[Entry]:
        """Entries ``after + 1 … until`` in order, as far as they exist. Raises PyMongoError."""
        place = (conversation, after, until)
        page = self._known.get(place)
        if page is not None and self._clock() - page.read_at < REMEMBER_S:
            return page.entries
        began = self._clock()
        return self._flight.ask(
            place, lambda: self._read_range(*place), lambda entries: self._remember(place, began, entries)
        )

    def forget(self, conversation: str | None, seqs: Collection[int] = ()) -> None:
        """These entries changed (None: any may have): their pages are read anew, what is being read now is not kept."""
        for place in [*self._known, *self._flight.keys()]:
            known, after, until = place
            if conversation is None or (known == conversation and any(after < seq <= until for seq in seqs)):
                self._forget(place)
                self._flight.forget(place)

    def forget_all_of(self, conversation: str) -> None:
        """As ``forget``, of all its entries."""
        for place in [*self._known, *self._flight.keys()]:
            if place[0] == conversation:
                self._forget(place)
                self._flight.forget(place)

    def _remember(self, place: Place, began: float, entries: list[Entry]) -> None:
        """Only full pages: the end of a log goes on."""
        self._forget(place)
        if len(entries) < SYNC_PAGE_ENTRIES:
            return
        size = sum(ENTRY_BYTES + len(entry.body.encode()) for entry in entries)
        if size > PAGE_LIMIT_BYTES:
            return
        self._known[place] = Page(began, entries, size)
        self._size += size
        while self._known:  # the first is the oldest
            oldest = next(iter(self._known))
            if self._size <= REMEMBER_BYTES and began - self._known[oldest].read_at < REMEMBER_S:
                break
            self._forget(oldest)

    def _forget(self, place: Place) -> None:
        page = self._known.pop(place, None)
        if page is not None:
            self._size -= page.size
