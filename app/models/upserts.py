"""Documents that must exist, whoever makes them."""

from collections.abc import Sequence
from typing import Any

from pymongo import InsertOne, ReturnDocument, UpdateMany, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, DuplicateKeyError

Write = UpdateOne | UpdateMany | InsertOne[dict[str, Any]]
DUPLICATE_KEY = 11000
ATTEMPTS = 5


def upsert_all(collection: Collection[dict[str, Any]], upserts: Sequence[Write]) -> None:
    """Run these upserts in one command; insertions, where what is there already is to stay as it is.

    Two that make the same document at once collide on its unique index, and then both have what they want.
    """
    try:
        collection.bulk_write(upserts, ordered=False)
    except BulkWriteError as error:
        if any(item["code"] != DUPLICATE_KEY for item in error.details["writeErrors"]):
            raise


def found_or_made(
    collection: Collection[dict[str, Any]], named: dict[str, Any], fresh: dict[str, Any]
) -> dict[str, Any]:
    """The document with these fields, which a unique index allows but once; made of them and ``fresh`` if there is none.

    One command for both: a read after a lost insert, at majority, might not see the winner's document yet. Two that make it
    at once get the same one.
    """
    for _ in range(ATTEMPTS):
        try:
            found = collection.find_one_and_update(
                named, {"$setOnInsert": fresh}, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            continue
        if found is not None:  # the loser of a race may be answered nothing, and finds the winner's the next time
            return found
    raise RuntimeError(f"a document of {collection.name} was neither made nor found")
