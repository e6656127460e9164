"""Put a backup into an empty database. Everything that can be refused is refused before the first write."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database
from redis import Redis

from app.backup import finishing, stale
from app.backup.files import Raw, Written, check, read
from app.backup.logs import RAW
from app.backup.manifest import Manifest, load
from app.backup.taking import Refused
from app.models.operations import RESTORING
from config import Settings
from migrations.runner import run as migrate
from migrations.runner import steps

BATCH_DOCUMENTS = 1_000
BATCH_BYTES = 8 * 2**20
CONVERSATION = {"conversations": "_id", "memberships": "conversation", "group_links": "conversation", "messages": "c"}
"""Under which name a document says of which conversation it is."""

Say = Callable[[str], None]


def restore(
    settings: Settings, database: Database[dict[str, Any]], redis: Redis, folder: Path, *, empty_redis: bool, say: Say
) -> None:
    """Restore the backup in ``folder``. ``empty_redis``: what Redis remembers may go.

    Raises Broken and Refused, both before anything is written; PyMongoError, RedisError, OSError at any time: the database
    is then marked as half restored, and no process of Chatter starts on it.
    """
    manifest = verified(folder, say)
    _fits(manifest, settings)
    _is_empty(database)
    _nobody_works(redis)
    if empty_redis:
        say(f"Redis: emptied of {stale.empty(redis)} keys")
    elif key := stale.remembered(redis):
        raise Refused(
            f"REDIS_URL holds what was before ({key} and perhaps more), and would be believed: "
            "restore with --empty-redis, which takes out Chatter's keys, or name an empty Redis."
        )
    marker = database[RESTORING]
    marker.insert_one({"_id": "restoring", "backup": manifest.created_at})
    for written in manifest.files:
        count = _insert(database, folder, written, set(manifest.gone))
        say(f"{written.collection}: {count}")
    finishing.make_indexes(database, manifest.indexes)
    finishing.finish(database, say)
    ran = migrate(settings, database)
    say(f"migrations: {', '.join(ran) or 'none missing'}")
    marker.drop()


def verified(folder: Path, say: Say) -> Manifest:
    """The manifest, once every file was held against it and read to its end. Raises Broken."""
    manifest = load(folder)
    for written in manifest.files:
        check(folder, written)
        for _ in read(folder, written):
            pass
    say(f"backup of {manifest.created_at}: {len(manifest.files)} files are what was written")
    return manifest


def _fits(manifest: Manifest, settings: Settings) -> None:
    if manifest.shard_count != settings.shard_count:
        raise Refused(
            f"The backup is of an installation with SHARD_COUNT {manifest.shard_count}, and it is set to "
            f"{settings.shard_count}: a conversation's shard can never change."
        )
    later = sorted(set(manifest.migrations) - set(steps()))
    if later:
        raise Refused(
            f"The backup was made by a newer Chatter, which ran {', '.join(later)}: restore it with that one."
        )


def _is_empty(database: Database[dict[str, Any]]) -> None:
    for name in sorted(database.list_collection_names()):
        if not name.startswith("system.") and database[name].find_one({}, {"_id": 1}) is not None:
            raise Refused(
                f"The database {database.name} is not empty (there is something in {name}): name another one in "
                "MONGODB_URI, or drop this one in mongosh with db.dropDatabase()."
            )


def _nobody_works(redis: Redis) -> None:
    found = stale.living(redis)
    if found:
        raise Refused(
            f"Processes of Chatter are running ({', '.join(found)}): stop every web and worker process first."
        )


def _insert(database: Database[dict[str, Any]], folder: Path, written: Written, gone: set[str]) -> int:
    """Insert a file's documents but those of conversations that were deleted while they were read; answers how many."""
    collection: Any = database.get_collection(written.collection, codec_options=RAW)
    field, count = CONVERSATION.get(written.collection), 0
    check(folder, written)  # it may have changed since it was verified
    kept = (d for d in read(folder, written) if field is None or not gone or d[field] not in gone)
    for batch in _batches(kept):
        collection.insert_many(batch, ordered=False)
        count += len(batch)
    _counted(collection, written, count)
    return count


def _batches(documents: Iterator[Raw]) -> Iterator[list[Raw]]:
    """At most so many documents at once, and so many bytes but for the last one."""
    while first := next(documents, None):
        batch, size = [first], len(first.raw)
        for document in islice(documents, BATCH_DOCUMENTS - 1):
            batch.append(document)
            size += len(document.raw)
            if size >= BATCH_BYTES:
                break
        yield batch


def _counted(collection: Collection[Any], written: Written, count: int) -> None:
    there = collection.count_documents({})
    if there != count:
        raise Refused(
            f"{written.collection} holds {there} documents and should hold {count}: somebody else writes to it."
        )
