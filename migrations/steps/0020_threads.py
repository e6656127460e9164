"""Put the replies that are there already into threads, in their order."""

from dataclasses import replace
from typing import Any

from pymongo.database import Database

from app.domain.entries import Entry
from app.domain.ids import message_id
from app.domain.threads import root_of
from app.models.messages import from_document, messages
from app.sequencing.threads import carry_out

dependencies: list[str] = ["0013_announcements"]

PAGE_ENTRIES = 500


def upgrade(db: Database[dict[str, Any]]) -> None:
    after = ""
    while page := _unthreaded(after):
        for document in page:
            _thread(from_document(document))
        after = page[-1]["_id"]


def _unthreaded(after: str) -> list[dict[str, Any]]:
    """Replies and deletions that name no root, by number in each conversation."""
    wanted = {"_id": {"$gt": after}, "k": {"$in": ["text", "deleted"]}, "g": {"$gt": 0}, "a": {"$exists": False}}
    return list(messages().find(wanted).sort("_id", 1).limit(PAGE_ENTRIES))


def _thread(entry: Entry) -> None:
    """Counted before it names its root: who runs this again does not skip what was not counted."""
    target = entry.target or 0
    found = messages().find_one({"_id": message_id(entry.conversation, target)}, {"a": 1}) or {}
    root = root_of(entry.kind, target, found.get("a"))
    if root is not None:
        carry_out([replace(entry, root=root)])
        messages().update_one({"_id": message_id(entry.conversation, entry.seq)}, {"$set": {"a": root}})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Older code leaves these fields alone; what it writes is in no thread."""
