"""What another writer stored is sure once a majority has it."""

import time
from typing import Any

from app.models.messages import messages

MAJORITY_VISIBLE_WITHIN_S = 2.0


class StoreUnclear(Exception):
    """MongoDB did not say what became of a write: keep the batch and look again."""


def until_visible(query: dict[str, Any]) -> dict[str, Any]:
    """The document that a duplicate-key error proved to exist, once a majority has it; ``StoreUnclear`` otherwise."""
    limit = time.monotonic() + MAJORITY_VISIBLE_WITHIN_S
    while True:
        document = messages().find_one(query)
        if document is not None:
            return document
        if time.monotonic() > limit:
            raise StoreUnclear("a conflicting write is not committed yet")
        time.sleep(0.02)
