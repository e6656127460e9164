"""Create the collection of what the installation did in each minute and hour."""

from typing import Any

from pymongo.database import Database

dependencies: list[str] = ["0010_audit"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    if "figures" not in db.list_collection_names():
        db.create_collection("figures")


def downgrade(db: Database[dict[str, Any]]) -> None:
    """A collection does no harm to code that does not know it."""
