"""Python's collector of cyclic garbage, set for a process that lives long and makes many short-lived objects."""

import gc

YOUNG = 10_000
"""Objects made, less those freed, before the young ones are looked through; Python's own 700 is every few messages."""


def settle() -> None:
    """Call once everything is loaded: what is there stays, and is never looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
