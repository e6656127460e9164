"""Create the collection of announcements, and its indexes."""

from typing import Any

from pymongo.database import Database

from app.models.connection import ensure_indexes

dependencies: list[str] = ["0012_reports"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    ensure_indexes()


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Collections and indexes do no harm to code that does not know them."""
