"""The insert of the log: in order up to the first that is not taken, safe on a majority, and without the driver's retries."""

from typing import Any

import mongoengine
import pytest
from bson.errors import InvalidDocument
from pymongo.errors import BulkWriteError, DocumentTooLarge
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from app.models.connection import connect
from app.models.messages import insert_in_order, messages

BIG = "x" * (17 * 2**20)


def document(seq: int, **fields: Any) -> dict[str, Any]:
    return {"_id": f"c:{seq:010d}", "c": "c", "s": "u", "i": f"client id {seq}", "b": f"text {seq}"} | fields


def stored() -> list[str]:
    return [one["_id"] for one in messages().find().sort("_id")]


@pytest.mark.parametrize(
    ("bad", "index"),
    [(document(2, i="client id 9"), "_id"), (document(9, i="client id 2"), "i")],
    ids=["its number is taken", "its client id is taken"],
)
def test_what_stands_before_a_refused_one_is_stored_and_nothing_after_it(
    database: None, bad: dict[str, Any], index: str
) -> None:
    insert_in_order([document(1), document(2)])
    with pytest.raises(BulkWriteError) as raised:
        insert_in_order([document(3), bad, document(4)])
    (problem,) = raised.value.details["writeErrors"]
    assert (problem["index"], problem["code"]) == (1, 11000)
    assert index in problem["keyPattern"]
    assert stored() == [document(seq)["_id"] for seq in (1, 2, 3)]


@pytest.mark.parametrize(
    ("bad", "error"),
    [(document(2, b=object()), InvalidDocument), (document(2, b=BIG), DocumentTooLarge)],
    ids=["it cannot be encoded", "it is too large"],
)
def test_of_what_cannot_be_sent_nothing_is_stored(database: None, bad: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        insert_in_order([document(1), bad])
    assert stored() == []


def test_together_they_may_not_be_larger_than_one_may_be(database: None) -> None:
    """Who puts several batches into one insert puts in fewer then."""
    several = [document(seq, b="x" * 2**20) for seq in range(1, 21)]
    with pytest.raises(DocumentTooLarge):
        insert_in_order(several)
    insert_in_order(several[:15])
    assert len(stored()) == 15


class Listener(CommandListener):
    def __init__(self) -> None:
        self.inserts: list[Any] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "insert":
            self.inserts.append(event.command)

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


def test_a_majority_journals_it_and_the_server_keeps_no_account_for_a_retry(
    clean_mongodb_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener, connected = Listener(), mongoengine.connect
    monkeypatch.setattr(mongoengine, "connect", lambda **options: connected(**options, event_listeners=[listener]))
    connect(clean_mongodb_uri)
    insert_in_order([document(1)])
    (command,) = listener.inserts
    assert (command["writeConcern"]["w"], command["writeConcern"]["j"]) == ("majority", True)
    assert command["ordered"] is True
    assert "txnNumber" not in command
