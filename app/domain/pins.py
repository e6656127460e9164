"""Messages pinned in a conversation: entries that name a text by its number, and what they make of the list of pins.

Who deletes a text unpins it. Pure.
"""

from collections.abc import Collection

from app.domain.entries import PIN_KINDS, Entry
from app.domain.errors import ChatError, Conflict, Forbidden
from app.domain.permissions import Role, may

MOST_PINS = 50
NOT_YOURS = "Only the group's admins pin messages."
FULL = f"A chat has at most {MOST_PINS} pinned messages. Unpin one first."


def refusal(kind: str, target: int, pins: Collection[int], role: Role | None) -> ChatError | None:
    """Why this text, which is there, may not be pinned or unpinned; None: it may.

    ``pins`` are the numbers of those that are pinned; ``role`` is the sender's in a group, None in a direct chat.
    """
    if role is not None and not may(role, "pin"):
        return Forbidden(NOT_YOURS)
    if (target in pins) == (kind == "pinned"):
        return Conflict("It is pinned already." if kind == "pinned" else "It is not pinned.")
    # No Conflict: whoever asked for it is to hear why, which what is so already needs not.
    return Forbidden(FULL) if kind == "pinned" and len(pins) >= MOST_PINS else None


def pins_after(pins: frozenset[int], entry: Entry) -> frozenset[int]:
    """The numbers that are pinned once ``entry`` is stored."""
    if entry.target is None:
        return pins
    if entry.kind == "expired":
        return frozenset(seq for seq in pins if seq > (entry.target or 0))
    if entry.kind == "pinned":
        return pins | {entry.target}
    return pins - {entry.target} if entry.kind in PIN_KINDS or entry.kind == "deleted" else pins
