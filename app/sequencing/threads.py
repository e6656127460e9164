"""Carry out what stored entries say about threads: how many replies a root has, and the last of them, follow the log.

``m`` is the number of the last entry that was counted, and an older one is counted no more: carried out before anything is
numbered behind its batch, as revisions are. A root is not read for it, and who must not see a reply does not count it.
"""

from collections.abc import Iterable

from pymongo import UpdateOne

from app.domain.entries import Entry
from app.domain.ids import message_id
from app.domain.threads import MOST_LISTED, step
from app.models.messages import messages


def carry_out(entries: Iterable[Entry]) -> None:
    """Count these stored entries, in their order. Raises PyMongoError; running it again is safe."""
    writes = [_write(entry, entry.root) for entry in entries if entry.root is not None]
    if writes:
        messages().bulk_write(writes, ordered=True)


def _write(entry: Entry, root: int) -> UpdateOne:
    id = message_id(entry.conversation, root)
    place = {"_id": id, "$or": [{"m": {"$exists": False}}, {"m": {"$lt": entry.seq}}]}
    more = step(entry.kind)
    counts = {"n": more, **{f"u.{user}": -more for user in entry.hidden_from}}
    listed = {"$push": {"q": {"$each": [entry.seq], "$slice": -MOST_LISTED}}} if entry.kind == "text" else {}
    return UpdateOne(place, {"$inc": counts, "$set": {"m": entry.seq}, **listed})
