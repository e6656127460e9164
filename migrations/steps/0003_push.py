"""Create the index by which a push endpoint finds its device, and the collection of the key that signs pushes."""

from typing import Any

from pymongo.database import Database

from app.models.connection import ensure_indexes

dependencies: list[str] = ["0002_indexes_of_links_jobs_and_passkeys"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    # An older version declared the field as text and never wrote it.
    db["devices"].update_many({"push_subscription": {"$type": "string"}}, {"$unset": {"push_subscription": ""}})
    if "push_keys" not in db.list_collection_names():
        db.create_collection("push_keys")
    ensure_indexes()


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Indexes do no harm to older code, nor does a collection that it does not know."""
