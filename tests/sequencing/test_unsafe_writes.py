"""A store that took what it was given, and does not know whether a majority has it: nobody is told that it is stored."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import BulkWriteError

from app.models.connection import connect, ensure_indexes
from app.models.messages import insert_in_order, messages, to_document
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.sequencing.visibility import StoreUnclear
from dev.embedded import EmbeddedMongo
from tests.sequencing.conftest import Log

WRITE_CONCERN_TIMEOUT = 64

Unsafe = Callable[[int], None]


@pytest.fixture(scope="module")
def mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedMongo]:
    with EmbeddedMongo(tmp_path_factory.mktemp("mongodb"), options=("--enable-test-commands",)) as server:
        yield server


@pytest.fixture
def database(mongo: EmbeddedMongo) -> None:
    connect(mongo.uri)
    ensure_indexes()
    messages().delete_many({})


@pytest.fixture
def unsafe(mongo: EmbeddedMongo) -> Iterator[Unsafe]:
    """Say of so many inserts that they are not safe on a majority."""
    with MongoClient[Any](mongo.uri) as client:

        def fail(times: int) -> None:
            error = {"code": WRITE_CONCERN_TIMEOUT, "errmsg": "waiting for replication timed out"}
            data = {"failCommands": ["insert"], "writeConcernError": error}
            client.admin.command("configureFailPoint", "failCommand", mode={"times": times}, data=data)

        yield fail
        client.admin.command("configureFailPoint", "failCommand", mode="off")


def test_what_a_majority_does_not_have_in_time_is_not_taken_for_stored(
    database: None, log: Log, unsafe: Unsafe
) -> None:
    unsafe(1)
    store = Store()
    proposal = log.proposal()
    with pytest.raises(StoreUnclear):
        store.commit([proposal])
    (outcome,) = store.commit([proposal], seen_before=True)
    assert isinstance(outcome, Stored)
    assert outcome.entry.seq == 1
    assert messages().count_documents({"c": log.conversation}) == 1


def test_it_is_told_apart_from_what_was_refused(log: Log, unsafe: Unsafe) -> None:
    (outcome,) = Store().commit([log.proposal()])
    assert isinstance(outcome, Stored)
    taken = to_document(outcome.entry, outcome.proposal.hash)
    unsafe(1)
    with pytest.raises(BulkWriteError) as raised:
        insert_in_order([taken])
    details = raised.value.details
    assert [problem["code"] for problem in details["writeConcernErrors"]] == [WRITE_CONCERN_TIMEOUT]
    assert [problem["index"] for problem in details["writeErrors"]] == [0]
