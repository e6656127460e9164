"""Carry out what stored entries say about a conversation's pins: ``Conversation.pins`` follows the log.

``pins_seq`` is the number of the last entry that changed them, and an older one changes them no more: carried out before
anything is numbered behind its batch, as revisions are, so what is at or before it has all been carried out.
"""

from collections.abc import Sequence
from typing import Any

from pymongo import UpdateOne

from app.domain.entries import PIN_KINDS, Entry
from app.models.conversations import Conversation

PINNING_KINDS = PIN_KINDS | {"deleted", "expired"}
"""Kinds that may change what is pinned."""


def carry_out(entries: Sequence[Entry]) -> None:
    """Make the pins what these stored entries say, in their order. Raises PyMongoError; running it again is safe."""
    writes = [_write(entry) for entry in entries if entry.kind in PINNING_KINDS]
    if writes:
        Conversation._get_collection().bulk_write(writes, ordered=True)


def _write(entry: Entry) -> UpdateOne:
    place: dict[str, Any] = {
        "_id": entry.conversation,
        "$or": [{"pins_seq": None}, {"pins_seq": {"$lt": entry.seq}}],
    }
    after: dict[str, Any] = {"$set": {"pins_seq": entry.seq}}
    if entry.kind == "pinned":
        pin = {"seq": entry.target, "by": entry.sender, "hidden_from": list(entry.hidden_from)}
        return UpdateOne(place, after | {"$push": {"pins": pin}})
    if entry.kind == "expired":
        return UpdateOne(place, after | {"$pull": {"pins": {"seq": {"$lte": entry.target}}}})
    return UpdateOne(place | {"pins.seq": entry.target}, after | {"$pull": {"pins": {"seq": entry.target}}})
