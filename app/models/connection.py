"""One MongoDB client per process, majority everywhere."""

from typing import Any

import mongoengine
from pymongo.database import Database

from app.models import DOCUMENTS


def connect(uri: str) -> Database[dict[str, Any]]:
    """Connect MongoEngine's default alias to ``uri`` and return its database.

    Reads are at majority: what was read cannot be rolled back. Writes are acknowledged by a majority's journal.
    The timeouts are short because a request that waits for a dead store helps nobody.
    """
    mongoengine.disconnect_all()
    client = mongoengine.connect(
        host=uri,
        tz_aware=True,
        uuidRepresentation="standard",
        appname="chatter",
        w="majority",
        journal=True,
        readConcernLevel="majority",
        serverSelectionTimeoutMS=3_000,
        connectTimeoutMS=3_000,
        socketTimeoutMS=20_000,
        maxPoolSize=50,
        waitQueueTimeoutMS=5_000,
    )
    name = client.get_default_database(default="chatter").name
    database: Database[dict[str, Any]] = client[name]
    return database


def ensure_indexes() -> None:
    """Create every index the documents declare. Run by migrations, never by a web process."""
    for document in DOCUMENTS:
        document.ensure_indexes()
