"""Many ids, a few at a time."""

from collections.abc import Collection, Iterator

IDS_AT_ONCE = 100
"""Ids in one query: a server that compares each document with each of them takes a second for a thousand."""


def slices(ids: Collection[str]) -> Iterator[list[str]]:
    """``ids`` in lists of at most IDS_AT_ONCE."""
    listed = list(ids)
    for start in range(0, len(listed), IDS_AT_ONCE):
        yield listed[start : start + IDS_AT_ONCE]
