"""Create the collections of what people reported and were told, and their indexes."""

from typing import Any

from pymongo.database import Database

from app.models.connection import ensure_indexes

dependencies: list[str] = ["0011_figures"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    ensure_indexes()


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Collections and indexes do no harm to code that does not know them."""
