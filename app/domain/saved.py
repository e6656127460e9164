"""Messages that a person keeps for later: marks in their memberships, in the order in which they were saved. Pure data."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

MOST_SAVED = 1_000
"""In all of a person's conversations."""
PLACE_PATTERN = r"^[0-9]{1,15}-[0-9A-Za-z]{22}-[0-9]{1,10}$"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A saved message; ``at``: when, in ms, later for each of several saved together."""

    at: int
    conversation: str
    seq: int

    @property
    def place(self) -> str:
        """Where a page of the list ends."""
        return f"{self.at}-{self.conversation}-{self.seq}"

    @classmethod
    def parse(cls, place: str) -> "Mark":
        """The mark in a place of the right form (``PLACE_PATTERN``)."""
        at, conversation, seq = place.split("-")
        return cls(int(at), conversation, int(seq))


def marks_of(conversation: str, saved: Iterable[Mapping[str, int]], hidden: Collection[int]) -> list[Mark]:
    """What is saved of a conversation as it is stored (``s`` the number, ``t`` the time), without what is ``hidden``."""
    return [Mark(one["t"], conversation, one["s"]) for one in saved if one["s"] not in hidden]
