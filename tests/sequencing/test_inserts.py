"""Batches that are inserted together are each judged alone."""

from typing import Any

import gevent
import pytest
from pymongo.errors import BulkWriteError

from app.sequencing.inserts import TOGETHER, Documents, Inserts

DOCUMENTS = "inserts"


class Database:
    """A real collection that counts its inserts."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection
        self.sizes: list[int] = []
        self.fails: Exception | None = None

    def write(self, documents: Documents) -> None:
        self.sizes.append(len(documents))
        gevent.sleep(0.02)  # so that what is asked meanwhile is there when it ends
        if self.fails is not None:
            raise self.fails
        self._collection.insert_many(documents, ordered=True)

    @property
    def ids(self) -> list[str]:
        return [document["_id"] for document in self._collection.find()]


@pytest.fixture
def database(clean_mongodb_uri: str) -> Database:
    from app.models.connection import connect

    return Database(connect(clean_mongodb_uri)[DOCUMENTS])


def batch(name: str, count: int, **fields: Any) -> Documents:
    return [{"_id": f"{name}{i}", **fields} for i in range(count)]


def insert_at_once(database: Database, *batches: Documents) -> list[Exception | None]:
    """What became of each; the first is under way when the others are asked for, and so these go together."""
    inserts = Inserts(database.write)
    outcomes: dict[int, Exception | None] = {}

    def insert(i: int, documents: Documents) -> None:
        try:
            inserts.insert(documents)
            outcomes[i] = None
        except Exception as error:
            outcomes[i] = error

    gevent.joinall([gevent.spawn(insert, i, documents) for i, documents in enumerate(batches)], timeout=10)
    return [outcomes[i] for i in range(len(batches))]


def test_what_comes_while_one_is_under_way_goes_together_and_in_order(database: Database) -> None:
    assert insert_at_once(database, *(batch(name, 3) for name in "abcd")) == [None] * 4
    assert database.sizes == [3, 9] or database.sizes == [12]
    assert database.ids == [f"{name}{i}" for name in "abcd" for i in range(3)]


def test_a_refused_document_is_told_to_its_own_batch_by_its_place_there(database: Database) -> None:
    database.write([{"_id": "c1"}])
    database.sizes.clear()
    outcomes = insert_at_once(database, batch("a", 2), batch("b", 2), batch("c", 3), batch("d", 2), batch("e", 2))
    assert [type(outcome) for outcome in outcomes] == [type(None)] * 2 + [BulkWriteError] + [type(None)] * 2
    refused = outcomes[2]
    assert isinstance(refused, BulkWriteError)
    assert [error["index"] for error in refused.details["writeErrors"]] == [1]
    assert set(database.ids) == {"a0", "a1", "b0", "b1", "c0", "c1", "d0", "d1", "e0", "e1"}, "c2 waits for its own"


def test_what_cannot_be_encoded_keeps_nobody_else_out(database: Database) -> None:
    outcomes = insert_at_once(database, batch("a", 1), batch("b", 1, bad=object()), batch("c", 1))
    assert [outcome is None for outcome in outcomes] == [True, False, True]
    assert database.ids == ["a0", "c0"]


@pytest.mark.parametrize(
    "failure",
    [
        ConnectionError("gone"),
        BulkWriteError({"writeErrors": [], "writeConcernErrors": [{"code": 64}]}),
        BulkWriteError({"writeErrors": [{"index": 0, "code": 11000}], "writeConcernErrors": [{"code": 64}]}),
    ],
)
def test_what_is_unclear_is_unclear_to_all(database: Database, failure: Exception) -> None:
    database.fails = failure
    assert insert_at_once(database, batch("a", 1), batch("b", 1), batch("c", 1)) == [failure] * 3


def test_no_insert_grows_without_bound(database: Database) -> None:
    assert insert_at_once(database, *(batch(name, TOGETHER // 2 - 1) for name in "abcde")) == [None] * 5
    assert max(database.sizes) <= TOGETHER
