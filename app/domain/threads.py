"""Threads: what answers a message, and what answers that, are one thread, whose root is the first.

A reply names what it answers (``target``) and the message that its thread begins with (``root``); a deletion of a reply
names the root, too. So every entry says by itself which thread it changes (``docs/decisions/0043``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Replies:
    """How many replies a root has, as of the entry ``rev``, the last that changed that.

    ``apart``: by reader, how many more or fewer for them, where some of it is hidden from them.
    """

    count: int
    rev: int
    apart: Mapping[str, int] = field(default_factory=dict)

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
