"""How long texts are kept, and what an ``expired`` entry says: the texts up to its target are no longer kept.

Nothing is taken out of the log. A text that is not kept any more has its number, client id, hash, sender, kind and time, and says
nothing; an edit or a reaction of such a text says nothing either (``docs/decisions/0052``). ``body`` of ``expired`` is the time of its
target in ms, so that everybody can say from when messages are kept.
"""

from dataclasses import dataclass, replace
from typing import Literal

from app.domain.entries import REVISION_KINDS, Entry
from app.domain.errors import ChatError, Conflict, Invalid

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MOST_DAYS = 3_650
STANDS_MS = DAY_MS
"""So long a change of how long texts are kept stands before it deletes anything."""
KIND: Literal["expired"] = "expired"
SAYING_KINDS = REVISION_KINDS | {"text"}
"""Kinds that say something which is not kept for ever. Who came, went and was told what in a group stays."""
NOT_KEPT = "That message is no longer kept."


@dataclass(frozen=True, slots=True)
class Preview:
    """What a policy would delete: so many texts in so many conversations, the oldest written then (ms; None: nothing).
    ``whole``: all conversations were looked at; else there may be more."""

    texts: int = 0
    conversations: int = 0
    oldest: int | None = None
    whole: bool = True


def is_over(kind: str, seq: int, target: int | None, expired: int) -> bool:
    """Is what such an entry says no longer kept, where the texts up to the number ``expired`` are not?"""
    if kind not in SAYING_KINDS:
        return False
    return seq <= expired or (kind in REVISION_KINDS and target is not None and target <= expired)


def emptied(entry: Entry) -> Entry:
    """The entry without what it said. How many replies it has is no text of its."""
    return replace(entry, body="", fold=None, forwarded=False, expired=True)


def refusal(target: int, head: int, expired: int) -> ChatError | None:
    """Why the texts up to ``target`` cannot be said to be over in a log that ends with ``head``; None: they can."""
    if not 1 <= target <= head:
        return Invalid("There is no such entry.")
    return Conflict("That is so already.") if target <= expired else None


def shorter(*days: int) -> int:
    """The shortest of these numbers of days; 0 means for ever."""
    return min((one for one in days if one), default=0)


def longer(*days: int) -> int:
    """The longest of these numbers of days; 0 means for ever."""
    return 0 if 0 in days else max(days)


def kept_since(days: int, now_ms: int) -> int:
    """The moment, in ms, from which on texts are kept at least: in whole steps, so that a busy conversation is told of it once a
    step and not with every message. A step is an hour for each day that is kept, and a day at most."""
    step = min(days * HOUR_MS, DAY_MS)
    return (now_ms - days * DAY_MS) // step * step
