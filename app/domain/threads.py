"""Threads: what answers a message, and what answers that, are one thread, whose root is the first.

A reply names what it answers (``target``) and the message that its thread begins with (``root``); a deletion of a reply
names the root, too. So every entry says by itself which thread it changes (``docs/decisions/0043``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_LISTED = 256
"""Numbers of a thread's last replies that stand with its root."""


@dataclass(frozen=True, slots=True)
class Replies:
    """How many replies a root has, as of the entry ``rev``, the last that changed that.

    ``apart``: by reader, how many more or fewer for them, where some of it is hidden from them. ``last``: the numbers of the
    last replies in order, deleted ones among them, at most ``MOST_LISTED``: of all, where they are fewer.
    """

    count: int
    rev: int
    apart: Mapping[str, int] = field(default_factory=dict)
    last: tuple[int, ...] = ()

    def before(self, seq: int, most: int) -> list[int] | None:
        """The numbers of the last ``most`` replies before ``seq``, in order; None where earlier ones than are listed may be."""
        found = [number for number in self.last if number < seq][-most:]
        return found if len(found) == most or len(self.last) < MOST_LISTED else None

    @property
    def differs(self) -> bool:
        """Is it not the same for all?"""
        return any(self.apart.values())

    def to_wire(self, user: str = "") -> dict[str, Any]:
        """``{replies, replies_rev}`` for ``user``."""
        return {"replies": self.count + self.apart.get(user, 0), "replies_rev": self.rev}


def root_of(kind: str, target: int, root_of_target: int | None) -> int | None:
    """The root that an entry of this ``kind`` about ``target`` names, if any; ``root_of_target``: where that is a reply."""
    if kind == "text":
        return root_of_target or target
    return root_of_target if kind == "deleted" else None


def step(kind: str) -> int:
    """By how much an entry of this ``kind`` that names a root changes its number of replies."""
    return -1 if kind == "deleted" else 1
