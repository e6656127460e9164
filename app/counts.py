"""What this process has counted since it began. Whoever does something adds to it; ``app/metrics`` alone reads it.

Plain dictionaries and whole numbers: a process has one thread that counts, and there is a count for every message. Every
label comes from a table of ours (commands, codes, routes, limits), never from what somebody sent.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence

Count = defaultdict[tuple[str, ...], int]
"""By the values of its labels."""


class Spread:
    """How often a value was at most each of ``bounds``, and the sum of all."""

    __slots__ = ("bounds", "sum", "times")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.times = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self.times[bisect_left(self.bounds, value)] += 1
        self.sum += value


def _count(*known: str) -> Count:
    """``known`` labels are there from the start: Prometheus does not see the first step of what was not there before."""
    return defaultdict(int, {(label,): 0 for label in known})


COMMANDS = _count()
"""Command, and ``accepted`` or the code of its refusal."""
SUBMISSIONS = _count()
"""Kind of entry, and ``accepted`` or the code of its refusal: what came to the log, by whatever way."""
DELIVERIES = _count()
PUSHES = _count("sent", "gone", "failed")
"""``sent``, ``gone`` or ``failed``."""
REQUESTS = _count()
"""Route and status."""
REQUEST_SECONDS: defaultdict[tuple[str, ...], float] = defaultdict(float)
"""Route."""
LIMITED = _count()
"""Limit."""
STORE_FAILURES = _count()
"""Store and cause."""
LEASES = _count("taken", "handed_back", "fenced", "lost", "expired")
"""``taken``, ``handed_back``, ``fenced``, ``lost`` or ``expired``."""
REPAIRS = _count("recovered", "renumbered")
"""Entries ``recovered`` from a stream that somebody left, or ``renumbered`` because their number was taken."""
DEAD_LETTERS = _count()
EXPIRED = _count()
"""Texts that were said to be no longer kept."""

BATCH_ENTRIES = Spread((1, 2, 5, 10, 20, 50, 100, 200))
BATCH_SECONDS = Spread((0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10))
COMMIT_SECONDS = Spread((0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60))
"""From an entry's number to its announcement."""
