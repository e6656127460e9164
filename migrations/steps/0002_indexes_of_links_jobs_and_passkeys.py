"""Create the indexes of what came since: groups' links, jobs for the worker, and passkeys."""

from typing import Any

from pymongo.database import Database

from app.models.connection import ensure_indexes

dependencies: list[str] = ["0001_indexes"]


def upgrade(db: Database[dict[str, Any]]) -> None:
    ensure_indexes()


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Indexes do no harm to older code."""
