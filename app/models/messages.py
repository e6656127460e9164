"""The log as MongoDB keeps it.

A document costs what its names and indexes cost, millions of times, so stored names are one letter and there are two
indexes: ``_id``, made of conversation and number, and the sender's client id. Both are unique and together they judge
every writer. A page is read as the ``$in`` of its computed ids: numbers without holes make ranges unnecessary.
"""

import time
from collections import Counter
from collections.abc import Collection as Items
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mongoengine import BooleanField, DictField, Document, IntField, ListField, StringField
from pymongo import ReadPreference, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, OperationFailure
from pymongo.read_concern import ReadConcern

from app.domain.entries import Entry
from app.domain.ids import message_id
from app.domain.membership import MEMBERSHIP_KINDS
from app.domain.retention import DAY_MS, SAYING_KINDS, emptied, is_over
from app.domain.threads import Replies
from app.models.accounts import now
from app.models.conversations import Conversation
from app.models.folds import fold_in

SAID = frozenset({"v", "w", "p", "f"})
"""What a text's document holds beside its body that goes with it when it is no longer kept."""
MONGO_TIMEOUT_MS = 10_000
SENT_ONCE = "sent_once"
IDS_AT_ONCE = 50
"""Ids in one query: a server that compares each document with each of them takes four times as long for 200."""


class Message(Document):
    """One entry. Written by the committer alone (``app/sequencing/committer.py``), through PyMongo."""

    id = StringField(primary_key=True)
    conversation = StringField(db_field="c", required=True)
    ordinal = IntField(db_field="o", required=True)
    kind = StringField(db_field="k", required=True)
    sender = StringField(db_field="s", required=True)
    client_id = StringField(db_field="i", required=True)
    body = StringField(db_field="b")
    hash = StringField(db_field="h")
    created_at = IntField(db_field="t", required=True)
    hidden_from = ListField(StringField(), db_field="x", default=None)
    target = IntField(db_field="g")
    forwarded = BooleanField(db_field="f")
    root = IntField(db_field="a")
    replies = IntField(db_field="n")
    replies_rev = IntField(db_field="m")
    replies_apart = DictField(db_field="u", default=None)
    replies_last = ListField(IntField(), db_field="q", default=None)
    rev = IntField(db_field="r")
    view = DictField(db_field="v", default=None)
    original = StringField(db_field="w")
    forks = DictField(db_field="p", default=None)
    expired = BooleanField(db_field="z")

    meta = {  # noqa: RUF012
        "collection": "messages",
        "auto_create_index": False,
        "indexes": [{"fields": ("conversation", "sender", "client_id"), "unique": True, "name": SENT_ONCE}],
    }


def messages() -> Collection[dict[str, Any]]:
    """The collection itself, majority read and written: the only way the log is touched."""
    collection: Collection[dict[str, Any]] = Message._get_collection().with_options(
        write_concern=WriteConcern("majority", j=True, wtimeout=MONGO_TIMEOUT_MS),
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.PRIMARY,
    )
    return collection


def insert_in_order(documents: Sequence[dict[str, Any]]) -> None:
    """Insert in this order, and stop at the first that is not taken.

    By the command itself. What the driver inserts it may send again, and so the server keeps an account of every
    document; the log needs none, as whoever is unsure reads again (docs/decisions/0054).

    Raises PyMongoError; a BulkWriteError that names the place of what was not taken; InvalidDocument for bad content, and
    DocumentTooLarge where one is, or where together they pass 16 MB, with nothing stored.
    """
    collection = messages()
    answer = collection.database.command(
        "insert",
        collection.name,
        documents=documents,
        ordered=True,
        writeConcern=collection.write_concern.document,
    )
    unclear = answer.get("writeConcernError")
    if unclear or answer.get("writeErrors"):
        details = {"writeErrors": answer.get("writeErrors", []), "writeConcernErrors": [unclear] if unclear else []}
        raise BulkWriteError(details)


def judged() -> bool:
    """Whether the index that keeps a client id unique is there; migrations make it."""
    try:
        return SENT_ONCE in messages().index_information()
    except OperationFailure:
        return False  # there is no collection yet


def to_document(entry: Entry, hash: str) -> dict[str, Any]:
    """The stored form of an entry; ``hash`` is its command's content hash."""
    document: dict[str, Any] = {
        "_id": message_id(entry.conversation, entry.seq),
        "c": entry.conversation,
        "o": entry.ordinal,
        "k": entry.kind,
        "s": entry.sender,
        "i": entry.client_id,
        "b": entry.body,
        "h": hash,
        "t": entry.created_at,
    }
    if entry.hidden_from:
        document["x"] = list(entry.hidden_from)
    if entry.target is not None:
        document["g"] = entry.target
    if entry.forwarded:
        document["f"] = True
    if entry.root is not None:
        document["a"] = entry.root
    return document


def from_document(document: dict[str, Any]) -> Entry:
    """The entry in a stored document."""
    return Entry(
        conversation=document["c"],
        seq=int(document["_id"].rpartition(":")[2]),
        ordinal=document["o"],
        kind=document["k"],
        sender=document["s"],
        client_id=document["i"],
        body=document["b"],
        created_at=document["t"],
        hidden_from=tuple(document.get("x", ())),
        target=document.get("g"),
        forwarded=document.get("f", False),
        fold=fold_in(document) if "r" in document and not document.get("z") else None,
        root=document.get("a"),
        replies=_replies(document) if "m" in document else None,
        expired=document.get("z", False),
    )


def _replies(document: dict[str, Any]) -> Replies:
    return Replies(document["n"], document["m"], document.get("u", {}), tuple(document.get("q", ())))


def read_range(conversation: str, after: int, until: int) -> list[Entry]:
    """Entries ``after + 1 … until`` in order, as far as they exist. Keep the span to a page: all of it is asked by id."""
    ids = [message_id(conversation, seq) for seq in range(after + 1, until + 1)]
    return sorted(kept(_read(ids)), key=lambda entry: entry.seq)


def read_changes(
    conversation: str, after: int, until: int, kinds: Items[str] = MEMBERSHIP_KINDS, *, replies: bool = False
) -> list[Entry]:
    """Those of the entries ``after + 1 … until`` that are of these ``kinds``, and perhaps the ``replies``, in order."""
    between = {"$gt": message_id(conversation, after), "$lte": message_id(conversation, until)}
    changing: list[dict[str, Any]] = [{"k": {"$in": sorted(kinds)}}, *([{"a": {"$exists": True}}] if replies else [])]
    found = messages().find({"_id": between, "$or": changing})
    return sorted((from_document(document) for document in found), key=lambda entry: entry.seq)


def find_replies(conversation: str, root: int, before: int, limit: int) -> list[Entry]:
    """The last ``limit`` replies of a thread before the number ``before``, in order: looks through the log between."""
    between = {"$gt": message_id(conversation, root), "$lt": message_id(conversation, before)}
    found = messages().find({"_id": between, "a": root, "k": "text"}).sort("_id", -1).limit(limit)
    return kept(from_document(document) for document in found)[::-1]


def count_replies(conversation: str, roots: Items[int], until: int) -> Counter[int]:
    """How many of the replies up to the number ``until`` are there now, by root: looks through the log between."""
    between = {"$gt": message_id(conversation, min(roots)), "$lte": message_id(conversation, until)}
    replies = {"_id": between, "a": {"$in": sorted(roots)}, "k": "text", "v.d": None}
    return Counter(row["a"] for row in messages().find(replies, {"_id": 0, "a": 1}))


def read_many(numbered: list[tuple[str, int]]) -> dict[tuple[str, int], Entry]:
    """The entries at the given ``(conversation, seq)`` places, those that exist, in one query."""
    ids = [message_id(conversation, seq) for conversation, seq in numbered]
    return {(entry.conversation, entry.seq): entry for entry in kept(_read(ids))}


def kept(found: Iterable[Entry]) -> list[Entry]:
    """These entries without what is no longer kept, also where that was not taken out of their documents yet.

    How far that is, is asked after they were read, and only where one of them is so old that it may be over.
    """
    entries = list(found)
    oldest = time.time_ns() // 1_000_000 - DAY_MS
    asked = {one.conversation for one in entries if _may_be_over(one, oldest)}
    over = _expired(asked) if asked else {}
    return [
        emptied(one) if is_over(one.kind, one.seq, one.target, over.get(one.conversation, 0)) else one
        for one in entries
    ]


def _may_be_over(entry: Entry, oldest: int) -> bool:
    says_something = entry.kind in SAYING_KINDS and not entry.expired and (entry.body or entry.fold)
    # An edit may be younger than what it is about.
    return bool(says_something) and (entry.created_at < oldest or entry.kind == "edited")


def _expired(conversations: Items[str]) -> dict[str, int]:
    """Up to which number texts are no longer kept, of those of these conversations where some are not."""
    wanted = {"_id": {"$in": sorted(conversations)}, "expired": {"$gt": 0}}
    return {row["_id"]: row["expired"] for row in Conversation._get_collection().find(wanted, {"expired": 1})}


def _read(ids: list[str]) -> Iterator[Entry]:
    """The entries with these ids, as far as they exist; each query's answer in one reply."""
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = ids[start : start + IDS_AT_ONCE]
        for document in messages().find({"_id": {"$in": some}}, batch_size=len(some) + 1):
            yield from_document(document)


class DeadLetter(Document):
    """An accepted command MongoDB refused for its content: shown to the operator, blocking nothing.

    ``payload`` is its body, ``proposal`` all the rest of it; older ones have none, and cannot be tried again.
    """

    conversation = StringField(required=True)
    sender = StringField(required=True)
    client_id = StringField(required=True)
    kind = StringField()
    reason = StringField()
    payload = StringField()
    proposal = DictField(default=None)
    created_at = IntField(default=lambda: int(now().timestamp() * 1000))

    meta = {  # noqa: RUF012
        "collection": "dead_letters",
        "auto_create_index": False,
        "indexes": [{"fields": ("conversation", "sender", "client_id"), "unique": True}],
    }
