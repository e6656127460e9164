"""Run the steps that have not run, one process at a time: pymongo-migrate behind the lock it lacks."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from pymongo_migrate.mongo_migrate import MongoMigrate

from app.models import Installation
from config import Settings

STEPS = Path(__file__).parent / "steps"
COLLECTION = "migrations"
LOCK_LIFE_S = 600
LOCK_WAIT_S = 900


@cache
def steps() -> tuple[str, ...]:
    """Names of all steps, in order."""
    return tuple(sorted(path.stem for path in STEPS.glob("[0-9]*.py")))


def missing(database: Database[dict[str, Any]]) -> list[str]:
    """Steps that have not run yet."""
    done = _done(database)
    return [name for name in steps() if name not in done]


def unknown(database: Database[dict[str, Any]]) -> list[str]:
    """Steps that ran and are none of these: a newer version has been here."""
    return sorted(_done(database) - set(steps()))


def applied(database: Database[dict[str, Any]]) -> list[str]:
    """Steps that have run, in order."""
    return sorted(_done(database))


def run(settings: Settings, database: Database[dict[str, Any]]) -> list[str]:
    """Run what is missing and answer the names; waits for another process that is at it.

    Also writes down, the first time, what is fixed at installation. Raises ``TimeoutError`` when the lock never frees.
    """
    with _alone(database["migration_lock"]):
        names = missing(database)
        MongoMigrate(
            client=database.client,
            database=database.name,
            migrations_dir=str(STEPS),
            migrations_collection=COLLECTION,
        ).upgrade()
        Installation.objects(id="installation").update_one(upsert=True, set_on_insert__shard_count=settings.shard_count)
        return names


def _done(database: Database[dict[str, Any]]) -> set[str]:
    return {state["name"] for state in database[COLLECTION].find({"applied": {"$ne": None}}, {"name": 1})}


@contextmanager
def _alone(collection: Collection[dict[str, Any]]) -> Iterator[None]:
    """Hold the lock document; one whose owner died expires."""
    owner = uuid.uuid4().hex
    limit = time.monotonic() + LOCK_WAIT_S
    while True:
        now = datetime.now(UTC)
        held = {"owner": owner, "expires": now + timedelta(seconds=LOCK_LIFE_S)}
        try:
            collection.update_one({"_id": "lock", "expires": {"$lt": now}}, {"$set": held}, upsert=True)
            break
        except DuplicateKeyError:
            if time.monotonic() > limit:
                raise TimeoutError("another migration has held the lock for too long") from None
            time.sleep(0.5)
    try:
        yield
    finally:
        collection.delete_one({"_id": "lock", "owner": owner})
