"""Which queries of ``messages`` carry its shard key, the conversation (``c``), and why the others may do without.

docs/operations/deployment.md tells it to whoever shards MongoDB.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mongoengine
import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from redis import Redis

from app.backup.logs import Logs
from app.domain.ids import message_id
from app.models import Conversation, Membership
from app.models.connection import connect, ensure_indexes
from app.models.messages import find_replies, read_range
from app.sequencing.heads import Heads
from app.sequencing.store import Store
from app.sequencing.verification import verify_all
from tests.sequencing.conftest import SHARDS, Log
from tests.sequencing.test_revisions import revision

ROOT = Path(__file__).parents[2]
CARRIES_IT = "the conversation is in the filter, or in every document: one shard is asked"
BY_ID = "the id begins with the conversation, which MongoDB does not know: every shard looks into its index of ids"
IN_ORDER = "the whole collection in the order of its ids, by the doctor: every shard is asked, and merged"
COUNTS = "an estimate for the dashboard: every shard tells how many it has"
INDEXES = "no query"

READINGS: dict[str, str] = {
    "app/backup/logs.py last find": BY_ID,
    "app/backup/logs.py _page find": BY_ID,
    "app/backup/logs.py _wiped_by find": BY_ID,
    "app/models/messages.py judged index_information": INDEXES,
    "app/models/messages.py count_replies find": BY_ID,
    "app/models/messages.py read_changes find": BY_ID,
    "app/models/messages.py find_replies find": BY_ID,
    "app/models/messages.py _read find": BY_ID,
    "app/sequencing/heads.py _exist find": BY_ID,
    "app/sequencing/heads.py _with_successor find": BY_ID,
    "app/sequencing/log_state.py load find_one": BY_ID,
    "app/sequencing/sequencer.py _look find_one": CARRIES_IT,
    "app/sequencing/store.py _already_stored find": CARRIES_IT,
    "app/sequencing/targets.py carry_out bulk_write": BY_ID,
    "app/sequencing/threads.py carry_out bulk_write": BY_ID,
    "app/sequencing/verification.py _pages find": BY_ID,
    "app/sequencing/verification.py _targets find": BY_ID,
    "app/sequencing/verification.py _emptied find": BY_ID,
    "app/sequencing/verification.py _client_ids find": CARRIES_IT,
    "app/sequencing/verification.py _logs find_one": IN_ORDER,
    "app/sequencing/visibility.py until_visible find_one": BY_ID,
    "app/services/conversation_search.py _stored count_documents": BY_ID,
    "app/services/erasure.py _leave_directs delete_many": CARRIES_IT,
    "app/services/retention.py _documents find": BY_ID,
    "app/services/retention.py _take_out bulk_write": BY_ID,
    "app/services/figures.py live estimated_document_count": COUNTS,
}


def queries() -> Iterator[str]:
    """Every call of a method of the collection, as ``file function method``."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef):
                for node in ast.walk(function):
                    if isinstance(node, ast.Attribute) and _is_the_collection(node.value):
                        yield f"{path.relative_to(ROOT)} {function.name} {node.attr}"


def _is_the_collection(node: ast.expr) -> bool:
    """``messages()``, ``Message._get_collection()`` or ``self._of("messages")``."""
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    named = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    return called in ("messages", "Message._get_collection") or named == ["messages"]


def test_every_query_of_messages_is_known() -> None:
    found = set(queries()) - {"app/models/messages.py messages with_options"}
    assert found == set(READINGS), "say of a new query whether it carries the shard key, and if not, why it may"


class Listener(CommandListener):
    """What is asked of ``messages``: filters, and the documents that are inserted."""

    def __init__(self) -> None:
        self.filters: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def started(self, event: CommandStartedEvent) -> None:
        command = event.command
        if command.get(event.command_name) != "messages":
            return
        asked = {
            "find": lambda: [command["filter"]],
            "insert": lambda: command["documents"],
            "update": lambda: [one["q"] for one in command["updates"]],
            "delete": lambda: [one["q"] for one in command["deletes"]],
        }.get(event.command_name)
        self.filters[event.command_name] += [dict(one) for one in asked()] if asked else []

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


@pytest.fixture
def listener(clean_mongodb_uri: str, monkeypatch: pytest.MonkeyPatch) -> Listener:
    listener, connected = Listener(), mongoengine.connect
    monkeypatch.setattr(mongoengine, "connect", lambda **options: connected(**options, event_listeners=[listener]))
    connect(clean_mongodb_uri)
    ensure_indexes()
    return listener


def test_each_filter_has_the_shard_key_or_ids(listener: Listener, redis: Redis) -> None:
    """A filter by anything else would have every shard read all it has."""
    log = Log(str(Conversation(kind="group", title="t", created_by="a").save().id), ["a", "b"])
    for member in log.members:
        Membership(conversation=log.conversation, user=member).save()
    batch = [
        log.proposal("one"),
        revision(log, "edited", 1, "two"),
        revision(log, "text", 1, "a reply"),
        revision(log, "pinned", 1),
        revision(log, "deleted", 1),
    ]
    Store().commit(batch)
    Store().commit(batch, seen_before=True)
    Store().commit(batch)
    Heads(redis, SHARDS).of([log.conversation], exact=True)
    read_range(log.conversation, 0, 5)
    find_replies(log.conversation, 1, 9, 5)
    assert [verdict.problems for verdict in verify_all(redis, SHARDS)] == [[]]
    Logs(Conversation._get_db()).copy(lambda collection, document: None)
    assert {name for name, filters in listener.filters.items() if filters} == {"find", "insert", "update"}
    for filters in listener.filters.values():
        for one in filters:
            assert "c" in one or "_id" in one, one
    assert all("c" in document for document in listener.filters["insert"])
    # Without the shard key MongoDB updates one document of a sharded collection only by its very id.
    assert all(isinstance(one.get("_id"), str) for one in listener.filters["update"])
    ids = {str(one["_id"]) for one in listener.filters["update"]}
    assert ids <= {message_id(log.conversation, seq) for seq in range(1, 6)}
