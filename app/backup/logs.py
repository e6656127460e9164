"""Copy conversations, each as it was at one of its numbers, while people write in them.

Of each conversation, in this order: its document with the hint ``head``, its members, its links, and then its log, up to
the last entry there is by then. So nothing that was read before points past it, and what stands behind the hint is carried
out again by whoever restores, as after a committer that died (``app/sequencing/log_state.py``).

An entry that was read late may tell already of a later one that changed it. The copy then goes on up to that one: so a
fold never knows more than the log beside it. See docs/decisions/0038.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from bson import encode
from bson.codec_options import CodecOptions
from pymongo.collection import Collection
from pymongo.database import Database

from app.backup.files import Raw
from app.domain.ids import message_id
from app.domain.retention import is_over
from app.models.messages import IDS_AT_ONCE, SAID

PAGE_CONVERSATIONS = 100
PAGE_ENTRIES = 500
OF_CONVERSATIONS = ("conversations", "memberships", "group_links", "messages")
RAW: Any = CodecOptions(document_class=Raw)

Write = Callable[[str, Raw], None]
"""Takes a collection's name and a document of it."""


@dataclass(slots=True)
class Copied:
    """What became of the conversations: how many, which were deleted meanwhile, and what is wrong with logs, in words."""

    conversations: int = 0
    gone: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """How far a log was read: the last id and number; the highest that what was read needs; a hole, if there is one."""

    id: str
    seq: int = 0
    needed: int = 0
    hole: int | None = None


class Logs:
    def __init__(self, database: Database[dict[str, Any]]) -> None:
        self._database = database

    def copy(self, write: Write) -> Copied:
        """Copy every conversation there is at the moment its turn comes. Raises PyMongoError."""
        copied = Copied()
        for page in self._pages():
            problems = {str(document["_id"]): self._conversation(document, write) for document in page}
            there = {c["_id"] for c in self._of("conversations").find({"_id": {"$in": list(problems)}}, {"_id": 1})}
            copied.conversations += len(there)
            copied.gone += sorted(problems.keys() - there)
            copied.problems += [problem for id, problem in problems.items() if problem and id in there]
        return copied

    def _pages(self) -> Iterator[list[Raw]]:
        after = ""
        while True:
            found = self._of("conversations").find({"_id": {"$gt": after}}).sort("_id", 1).limit(PAGE_CONVERSATIONS)
            page = list(found)
            if not page:
                return
            yield page
            after = page[-1]["_id"]

    def _conversation(self, document: Raw, write: Write) -> str | None:
        """Copy one; answers what is wrong with its log."""
        conversation = document["_id"]
        write("conversations", document)
        over = document.get("expired") or 0
        for collection in ("memberships", "group_links"):
            for one in self._of(collection).find({"conversation": conversation}):
                write(collection, one)
        reading = _Reading(message_id(conversation, 0))
        until = self.last(conversation)
        while reading.seq < until:
            self._log(conversation, reading, until, _without(over, write))
            if reading.seq < until:
                return f"conversation {conversation}: entry {reading.seq + 1} and those behind it are missing"
            until = max(until, reading.needed)
        if reading.hole is not None:
            return f"conversation {conversation}: entry {reading.hole} is missing"
        return None

    def last(self, conversation: str) -> int:
        """The number of the last entry stored; a hole before it is no end."""
        # By their ids, which sort as their numbers do; a colon follows the digits.
        there = {"_id": {"$gt": message_id(conversation, 0), "$lt": f"{conversation}::"}}
        found = self._of("messages").find(there, {"_id": 1}).sort("_id", -1).limit(1)
        return next((_number(document) for document in found), 0)

    def _log(self, conversation: str, reading: _Reading, until: int, write: Write) -> None:
        # A query for each page: a cursor may show what was stored when it was opened, and end where it was left for long.
        while page := self._page(reading.id, message_id(conversation, until)):
            for document in page:
                seq = _number(document)
                if seq != reading.seq + 1 and reading.hole is None:
                    reading.hole = reading.seq + 1
                reading.id, reading.seq = str(document["_id"]), max(seq, reading.seq)
                reading.needed = max(reading.needed, _revised(document))
                write("messages", document)
            reading.needed = max(reading.needed, self._wiped_by(conversation, page))

    def _page(self, after: str, until: str) -> list[Raw]:
        found = self._of("messages").find({"_id": {"$gt": after, "$lte": until}})
        return list(found.sort("_id", 1).limit(PAGE_ENTRIES))

    def _wiped_by(self, conversation: str, page: list[Raw]) -> int:
        """Edits lose their text when what they edited is deleted: the highest number of such a deletion, 0: none."""
        aims = {
            doc["g"] for doc in page if doc.get("k") == "edited" and not doc.get("b") and isinstance(doc.get("g"), int)
        }
        ids, highest = [message_id(conversation, seq) for seq in sorted(aims)], 0
        for start in range(0, len(ids), IDS_AT_ONCE):
            targets = self._of("messages").find({"_id": {"$in": ids[start : start + IDS_AT_ONCE]}}, {"r": 1})
            highest = max([highest, *(_revised(target) for target in targets)])
        return highest

    def _of(self, collection: str) -> Collection[Raw]:
        found = self._database.get_collection(collection, codec_options=RAW)
        return cast("Collection[Raw]", found)


def _without(expired: int, write: Write) -> Write:
    """Writes what is still kept: the texts up to the number ``expired`` are not, also where no worker took them out yet."""
    if not expired:
        return write

    def write_kept(collection: str, document: Raw) -> None:
        aim = document.get("g")
        over = is_over(str(document.get("k")), _number(document), aim if isinstance(aim, int) else None, expired)
        write(collection, _emptied(document) if over and not document.get("z") else document)

    return write_kept


def _emptied(document: Raw) -> Raw:
    kept = {name: value for name, value in document.items() if name not in SAID}
    return Raw(encode({**kept, "b": "", "z": True}))


def _number(document: Raw) -> int:
    digits = str(document["_id"]).rpartition(":")[2]
    return int(digits) if digits.isdigit() else 0


def _revised(document: Raw) -> int:
    """The number of the last entry that changed this one, or was counted as its reply; forks of a fold are never ahead of it."""
    return max([0, *(number for number in (document.get("r"), document.get("m")) if isinstance(number, int))])
