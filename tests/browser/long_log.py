"""A long history that nobody had to type: put into the log as the committer would have."""

import uuid
from collections.abc import Sequence

from pymongo import MongoClient

from app.domain.commands import Post
from app.domain.entries import Entry
from app.models.messages import to_document

MINUTE_MS = 60_000
BATCH = 1_000


def write_log(
    mongodb_uri: str, conversation: str, senders: Sequence[str], count: int, last_at: int, step_ms: int
) -> None:
    """Fill an empty log with "message 1" to "message ``count``", by ``senders`` in turn, ``step_ms`` apart.

    ``last_at`` is the last one's time (ms since 1970). Nothing is announced: who looks has to ask.
    """
    with MongoClient[dict[str, object]](mongodb_uri) as client:
        messages = client.get_default_database()["messages"]
        documents = [
            _document(conversation, senders[seq % len(senders)], seq, last_at - (count - seq) * step_ms)
            for seq in range(1, count + 1)
        ]
        for start in range(0, count, BATCH):
            messages.insert_many(documents[start : start + BATCH])


def read_to_the_end(mongodb_uri: str, conversation: str, count: int) -> None:
    """Everybody in the conversation has seen all ``count`` messages that ``write_log`` wrote."""
    cursors = {"delivered": count, "read": count, "read_ordinal": count}
    with MongoClient[dict[str, object]](mongodb_uri) as client:
        memberships = client.get_default_database()["memberships"]
        assert memberships.update_many({"conversation": conversation}, {"$set": cursors}).modified_count == 2


def _document(conversation: str, sender: str, seq: int, created_at: int) -> dict[str, object]:
    command = Post(conversation=conversation, client_id=str(uuid.uuid4()), body=f"message {seq}")
    entry = Entry(conversation, seq, seq, "text", sender, command.client_id, command.body, created_at)
    return to_document(entry, command.hash)
