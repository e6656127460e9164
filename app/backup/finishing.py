"""What is left to do once the documents of a backup are in place."""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from pymongo import UpdateOne
from pymongo.database import Database

from app.models.accounts import now
from app.sequencing.log_state import load

PAGE = 100


def make_indexes(database: Database[dict[str, Any]], indexes: dict[str, dict[str, Any]]) -> None:
    """Make the collections and indexes that were there. Raises PyMongoError."""
    there = set(database.list_collection_names())
    for collection, named in indexes.items():
        if collection not in there:
            database.create_collection(collection)
        for name, index in named.items():
            options = {key: value for key, value in index.items() if key != "key"}
            database[collection].create_index([(field, order) for field, order in index["key"]], name=name, **options)


def finish(database: Database[dict[str, Any]], say: Callable[[str], None]) -> None:
    """Bring what follows the logs up to them, sign everybody out, forget pictures that are not there. Raises PyMongoError."""
    say(f"logs brought up to their ends: {_carry_out(database)}")
    say(f"devices signed out: {_sign_out(database)}")
    lost = sum(_without_photo(database, name) for name in ("users", "conversations"))
    if lost:
        say(f"pictures that were changed while the backup was taken, and are not in it: {lost}")


def _carry_out(database: Database[dict[str, Any]]) -> int:
    """As after a committer that died: what stands behind the hint may not have been carried out."""
    count = 0
    for page in _pages(database, "conversations", {}, {"head": 1}):
        heads = {one["_id"]: state.head for one in page if (state := load(one["_id"])) is not None}
        raised = {one["_id"]: heads[one["_id"]] for one in page if heads.get(one["_id"], 0) > (one.get("head") or 0)}
        if raised:
            database["conversations"].bulk_write(
                [UpdateOne({"_id": id}, {"$max": {"head": head}}) for id, head in raised.items()]
            )
        count += len(raised)
    return count


def _sign_out(database: Database[dict[str, Any]]) -> int:
    """What devices remember may go further than the restored logs, under numbers that will be given anew.

    A browser whose session has ended keeps what was not sent, and throws away what was read.
    """
    signed_in = {"signed_out_at": None}
    return database["devices"].update_many(signed_in, {"$set": {"signed_out_at": now()}}).modified_count


def _without_photo(database: Database[dict[str, Any]], collection: str) -> int:
    count = 0
    for page in _pages(database, collection, {"avatar": {"$type": "string"}}, {"avatar": 1}):
        wanted = sorted({one["avatar"] for one in page})
        whole = {
            one["files_id"] for one in database["photos.chunks"].find({"files_id": {"$in": wanted}}, {"files_id": 1})
        }
        whole &= {one["_id"] for one in database["photos.files"].find({"_id": {"$in": wanted}}, {"_id": 1})}
        lost = [one["_id"] for one in page if one["avatar"] not in whole]
        if lost:
            database[collection].update_many({"_id": {"$in": lost}}, {"$unset": {"avatar": ""}})
        count += len(lost)
    return count


def _pages(
    database: Database[dict[str, Any]], collection: str, query: dict[str, Any], wanted: dict[str, int]
) -> Iterator[list[dict[str, Any]]]:
    found = iter(database[collection].find(query, wanted).sort("_id", 1).batch_size(PAGE))
    while page := list(islice(found, PAGE)):
        yield page
