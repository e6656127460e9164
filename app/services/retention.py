"""Keep messages as long as the policy says, and no longer: what a worker does all the time, and what it would do.

An ``expired`` entry says first that texts are no longer kept; only then are they taken out of their documents. Each round does a
bounded part, goes on where the last one ended, and may be broken off anywhere: the entry of a number is one, whoever posts it, and an
emptied document stays empty.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import gevent
import structlog
from pymongo import UpdateOne

from app.counts import EXPIRED
from app.domain.entries import Entry
from app.domain.errors import ChatError, Conflict
from app.domain.group_settings import GroupSettings
from app.domain.ids import message_id
from app.domain.retention import SAYING_KINDS, STANDS_MS, Preview, kept_since, shorter
from app.models import Conversation, Installation
from app.models.messages import IDS_AT_ONCE, SAID, messages, read_many
from app.sequencing.heads import Heads
from app.services.messages import Messages
from app.services.retention_policy import HERE, RetentionPolicy, now_ms

log = structlog.get_logger(__name__)

ROUND_CONVERSATIONS = 200
ROUND_ENTRIES = 20_000
"""So many documents are emptied in one round, about."""
BATCH_ENTRIES = 200
LOCK_MS = 120_000
"""A round that is silent for so long is another worker's."""
PREVIEW_PAGE = 100
PREVIEW_CONVERSATIONS = 5_000
"""Whoever is asked to wait for an answer waits for no more than these."""
WANTED = {"kind": 1, "settings": 1, "keep_at": 1, "expired": 1, "wiped": 1}


@dataclass(frozen=True, slots=True)
class Due:
    """Texts of a conversation that are older than they are kept: up to the number ``until``, written at ``written_at`` ms.
    ``texts``: how many; ``oldest``: when the first of them was written, in ms."""

    conversation: str
    until: int
    written_at: int
    texts: int
    oldest: int


class Retention:
    def __init__(self, process: str, messages: Messages, heads: Heads, policy: RetentionPolicy) -> None:
        self.policy = policy
        self._process = process
        self._messages = messages
        self._heads = heads

    def sweep(self, at: int | None = None) -> int:
        """One round, where no other worker is at it; how many texts were said to be over. ``at``: as if it were then, in ms.

        Raises PyMongoError and RedisError; again is harmless.
        """
        moment = at or now_ms()
        after = self._enter()
        if after is None:
            return 0
        days = self.policy.current().deletes_after
        page = _page(after, ROUND_CONVERSATIONS)
        kept = {row["_id"]: _days_of(row, days, moment) for row in page}
        concerned = [id for id, limit in kept.items() if limit]
        heads = self._heads.of(concerned) if concerned else {}
        over, looked = 0, 0
        for row in page:
            texts = self._expire(row, kept[row["_id"]], heads.get(row["_id"], 0), moment)
            if texts or (row.get("wiped") or 0) < (row.get("expired") or 0):
                looked += self._empty(row["_id"], ROUND_ENTRIES - looked)
            over, after = over + texts, row["_id"]
            if looked >= ROUND_ENTRIES:
                break
            gevent.sleep(0)  # the worker commits messages, too
        done = len(page) < ROUND_CONVERSATIONS and (not page or after == page[-1]["_id"])
        self._leave("" if done else after)
        return over

    def preview(self, days: int, at: int | None = None) -> Preview:
        """What would go if texts were kept for so many days in all of this Chatter, of the first conversations by id."""
        moment, found, after, looked = at or now_ms(), Preview(), "", 0
        while page := _page(after, PREVIEW_PAGE):
            if looked >= PREVIEW_CONVERSATIONS:
                return replace(found, whole=False)
            looked += len(page)
            heads = self._heads.of([row["_id"] for row in page])
            for row in page:
                kept = shorter(days, GroupSettings.of(row.get("settings")).keep_days)
                found = _with(
                    found, self.due(row["_id"], kept, heads.get(row["_id"], 0), row.get("expired") or 0, moment)
                )
            after = page[-1]["_id"]
            gevent.sleep(0)
        return found

    def preview_of(self, conversation: str, days: int, at: int | None = None) -> Preview:
        """What of one conversation would go if its texts were kept for so many days, or for as long as everywhere here (0)."""
        row = Conversation._get_collection().find_one({"_id": conversation}, WANTED) or {}
        kept = shorter(days, self.policy.kept_days())
        head = self._heads.of([conversation])[conversation]
        return _with(Preview(), self.due(conversation, kept, head, row.get("expired") or 0, at or now_ms()))

    def due(self, conversation: str, days: int, head: int, expired: int, at: int) -> Due | None:
        """What of a conversation with this ``head`` is older than so many days (0: it is kept for ever), beyond ``expired``.

        None also where an entry is missing, which the doctor finds: the others are not to wait for that.
        """
        try:
            return _due(conversation, days, head, expired, at)
        except KeyError:
            log.warning("not_expired", conversation=conversation, cause="an entry is missing")
            return None

    def _expire(self, row: dict[str, Any], days: int, head: int, at: int) -> int:
        due = self.due(row["_id"], days, head, row.get("expired") or 0, at)
        if due is None:
            return 0
        try:
            self._messages.expire(due.conversation, due.until, due.written_at)
        except Conflict:
            return 0  # another worker was first
        except ChatError as error:
            log.warning("not_expired", conversation=due.conversation, cause=error.code)
            return 0  # it is tried again in the next round
        EXPIRED[()] += due.texts
        log.info("expired", conversation=due.conversation, until=due.until, texts=due.texts, days=days)
        return due.texts

    def _empty(self, conversation: str, most: int) -> int:
        """Take what is no longer kept out of documents, about ``most`` at most; how many were looked at."""
        row = Conversation._get_collection().find_one({"_id": conversation}, WANTED) or {}
        expired, wiped = row.get("expired") or 0, row.get("wiped") or 0
        looked = 0
        while wiped < expired and looked < most:
            until = min(wiped + BATCH_ENTRIES, expired)
            empty(conversation, range(wiped + 1, until + 1))
            looked, wiped = looked + until - wiped, until
            Conversation._get_collection().update_one({"_id": conversation}, {"$max": {"wiped": wiped}})
            self._alive()
            gevent.sleep(0)
        if looked:
            log.info("emptied", conversation=conversation, until=wiped, entries=looked)
        return looked

    def _enter(self) -> str | None:
        """Behind which conversation the round begins; None: another worker is at it, or there is no installation yet."""
        free = {"$or": [{"retention_round.until": None}, {"retention_round.until": {"$lt": now_ms()}}]}
        held = {"retention_round.by": self._process, "retention_round.until": now_ms() + LOCK_MS}
        row = Installation._get_collection().find_one_and_update(HERE | free, {"$set": held})
        return None if row is None else str((row.get("retention_round") or {}).get("after") or "")

    def _alive(self) -> None:
        mine = HERE | {"retention_round.by": self._process}
        Installation._get_collection().update_one(mine, {"$set": {"retention_round.until": now_ms() + LOCK_MS}})

    def _leave(self, after: str) -> None:
        mine = HERE | {"retention_round.by": self._process}
        Installation._get_collection().update_one(mine, {"$set": {"retention_round": {"after": after}}})


def empty(conversation: str, seqs: Iterable[int]) -> None:
    """Take what they said out of these entries, and out of later edits and reactions of them. Raises PyMongoError."""
    documents = [document for document in _documents(conversation, seqs) if not document.get("z")]
    later = {seq for document in documents for seq in _about(document)}
    # First what only the texts tell of: whoever goes on after a crash would not find it any more.
    _take_out([message_id(conversation, seq) for seq in sorted(later)])
    _take_out([document["_id"] for document in documents])


def _page(after: str, most: int) -> list[dict[str, Any]]:
    """Conversations in the order of their ids."""
    return list(Conversation._get_collection().find({"_id": {"$gt": after}}, WANTED).sort("_id", 1).limit(most))


def _documents(conversation: str, seqs: Iterable[int]) -> Iterator[dict[str, Any]]:
    ids = [message_id(conversation, seq) for seq in seqs]
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = {"_id": {"$in": ids[start : start + IDS_AT_ONCE]}, "k": {"$in": sorted(SAYING_KINDS)}}
        yield from messages().find(some, {"v": 1, "p": 1, "z": 1})


def _about(document: dict[str, Any]) -> set[int]:
    """The numbers of the edits and reactions that a text's document knows of."""
    views = [document.get("v") or {}, *(document.get("p") or {}).values()]
    edits = {seq for view in views for seq in view.get("n", ())}
    return edits | {reaction[2] for view in views for reaction in view.get("l", ())}


def _take_out(ids: list[str]) -> None:
    """``r``, the number of the last entry applied, stays: a committer that slept meanwhile applies none of them again."""
    emptied = {"$set": {"b": "", "z": True, "v": {}}, "$unset": dict.fromkeys(sorted(SAID - {"v"}), "")}
    if ids:
        messages().bulk_write([UpdateOne({"_id": id}, emptied) for id in ids], ordered=True)


def _days_of(row: dict[str, Any], days: int, at: int) -> int:
    """How long this conversation's texts are kept: as everywhere, or shorter where its own setting has stood for a day."""
    stands = (row.get("keep_at") or 0) + STANDS_MS <= at
    return shorter(days, GroupSettings.of(row.get("settings")).keep_days if stands else 0)


def _due(conversation: str, days: int, head: int, expired: int, at: int) -> Due | None:
    """See ``Retention.due``. Times never go back along the log and its numbers have no holes, so a binary search of point reads
    finds it. Raises KeyError where there is a hole nevertheless."""
    if not days or head <= expired:
        return None
    since = kept_since(days, at)
    first = _entry(conversation, expired + 1)
    if first.created_at >= since:
        return None
    numbers = range(expired + 1, head + 1)
    until = expired + bisect_right(numbers, since - 1, key=lambda seq: _entry(conversation, seq).created_at)
    last = _entry(conversation, until)
    before = _entry(conversation, expired).ordinal if expired else 0
    texts = last.ordinal - before
    if not texts:
        return None
    text = expired + 1 + bisect_left(numbers, before + 1, key=lambda seq: _entry(conversation, seq).ordinal)
    return Due(conversation, until, last.created_at, texts, _entry(conversation, text).created_at)


def _entry(conversation: str, seq: int) -> Entry:
    return read_many([(conversation, seq)])[conversation, seq]


def _with(found: Preview, due: Due | None) -> Preview:
    if due is None:
        return found
    oldest = due.oldest if found.oldest is None else min(found.oldest, due.oldest)
    return replace(found, texts=found.texts + due.texts, conversations=found.conversations + 1, oldest=oldest)
