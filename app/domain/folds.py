"""What revisions made of a text: its current state beside the text that was written. Pure data.

A reader from whom a revision is hidden (``docs/decisions/0002``) goes on seeing what they saw: from the first one that is
hidden from them the text has a fork for them, which the later ones they may see go on changing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

REACTION_BYTES = 64


@dataclass(frozen=True, slots=True)
class Reaction:
    """Who reacted how, by which entry."""

    user: str
    emoji: str
    seq: int


@dataclass(frozen=True, slots=True)
class View:
    """A text as somebody sees it. ``rev`` is the number of the last entry applied, 0 for none; times are in ms.

    ``edits``: the numbers of the ``edited`` entries applied. A deleted text has no body, edits or reactions.
    """

    body: str
    rev: int = 0
    edited_at: int | None = None
    deleted_at: int | None = None
    deleted_by: str | None = None
    reactions: tuple[Reaction, ...] = ()
    edits: tuple[int, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """``{body, rev, edited_at?, deleted_at?, deleted_by?, reactions?}``."""
        wire: dict[str, Any] = {"body": self.body, "rev": self.rev}
        if self.edited_at is not None:
            wire["edited_at"] = self.edited_at
        if self.deleted_at is not None:
            wire |= {"deleted_at": self.deleted_at, "deleted_by": self.deleted_by}
        if self.reactions:
            wire["reactions"] = [{"user": one.user, "emoji": one.emoji} for one in self.reactions]
        return wire

    def revised(self, kind: str, sender: str, body: str, seq: int, at: int) -> "View":
        """The view after one more entry about it; an older one, and any after the deletion, changes nothing."""
        if seq <= self.rev or self.deleted_at is not None:
            return self
        if kind == "edited":
            return replace(self, body=body, rev=seq, edited_at=at, edits=(*self.edits, seq))
        if kind == "deleted":
            return View("", seq, deleted_at=at, deleted_by=sender)
        others = tuple(one for one in self.reactions if (one.user, one.emoji) != (sender, body))
        if kind == "reacted" and len(others) == len(self.reactions):
            return replace(self, rev=seq, reactions=(*others, Reaction(sender, body, seq)))
        return replace(self, rev=seq, reactions=others if kind == "unreacted" else self.reactions)


@dataclass(frozen=True, slots=True)
class Fold:
    """``original``: the body as it was first written, kept until it is deleted; ``forks``: by reader, see above."""

    current: View
    original: str
    forks: Mapping[str, View] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes its reactions take on the wire, for whoever sees most of them."""
        views = (self.current, *self.forks.values())
        return REACTION_BYTES * max(len(view.reactions) for view in views)

    def seen_by(self, user: str) -> View:
        return self.forks.get(user, self.current)
