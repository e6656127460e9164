"""Carry out what stored entries say of texts that are no longer kept: ``Conversation.expired`` follows the log, and only up.

From then on nobody reads them (``app/models/messages.py``) or writes anything about them. What their documents say is taken out by a
worker (``app/services/retention.py``), a batch at a time.
"""

from collections.abc import Sequence

from pymongo import UpdateOne

from app.domain.entries import Entry
from app.domain.retention import KIND
from app.models.conversations import Conversation


def carry_out(entries: Sequence[Entry]) -> None:
    """Make ``expired`` what these stored entries say. Raises PyMongoError; running it again is safe."""
    writes = [_write(entry) for entry in entries if entry.kind == KIND]
    if writes:
        Conversation._get_collection().bulk_write(writes, ordered=True)


def _write(entry: Entry) -> UpdateOne:
    return UpdateOne({"_id": entry.conversation}, {"$max": {"expired": entry.target, "expired_at": int(entry.body)}})
