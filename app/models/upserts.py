"""Many documents that must exist, whoever makes them."""

from collections.abc import Sequence
from typing import Any

from pymongo import InsertOne, UpdateMany, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

Write = UpdateOne | UpdateMany | InsertOne[dict[str, Any]]
DUPLICATE_KEY = 11000


def upsert_all(collection: Collection[dict[str, Any]], upserts: Sequence[Write]) -> None:
    """Run these upserts in one command; insertions, where what is there already is to stay as it is.

    Two that make the same document at once collide on its unique index, and then both have what they want.
    """
    try:
        collection.bulk_write(upserts, ordered=False)
    except BulkWriteError as error:
        if any(item["code"] != DUPLICATE_KEY for item in error.details["writeErrors"]):
            raise
