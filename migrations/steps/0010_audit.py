"""Create the indexes by which the dashboard lists people and what administrators did."""

from typing import Any

from pymongo.database import Database

from app.models.connection import ensure_indexes

dependencies: list[str] = ["0003_push"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    ensure_indexes()


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Indexes do no harm to older code."""
