"""Reporting over HTTP, on a running server; what is not understood is refused, and a stranger learns nothing."""

import uuid
from collections.abc import Callable

import pytest

from app.models import Report
from tests.blueprints.api.conftest import Asker

Chat = tuple[Asker, Asker, str]


@pytest.fixture
def chat(asker: Callable[..., Asker]) -> Chat:
    """Ada, Ben and their chat with two messages of Ben's."""
    ada, ben = asker("Ada"), asker("Ben")
    conversation = ada.post("/conversations", json={"user": ben.id}).json()["id"]
    for body in ("first", "second"):
        said = {"client_id": str(uuid.uuid4()), "body": body}
        assert ben.post(f"/conversations/{conversation}/entries", json=said).status_code == 201
    return ada, ben, conversation


def test_a_message_and_a_person_are_reported(chat: Chat) -> None:
    ada, ben, conversation = chat
    path = f"/conversations/{conversation}/entries/2/report"
    answer = ada.post(path, json={"reason": "fraud", "note": " twice\r\na day ", "around": True})
    assert answer.status_code == 201
    view = answer.json()
    assert (view["kind"], view["person"], view["conversation"], view["seq"]) == ("message", ben.id, conversation, 2)
    assert (view["reason"], view["note"], view["around"]) == ("fraud", "twice\na day", True)
    again = ada.post(path, json={"reason": "other"}).json()
    assert (again["id"], again["reason"], again["note"]) == (view["id"], "other", "")
    deleted = ben.post(f"/conversations/{conversation}/entries/2/deletion", json={"client_id": str(uuid.uuid4())})
    assert deleted.status_code == 200
    assert [kept["body"] for kept in Report.objects.get(id=view["id"]).kept] == ["second"]
    person = ada.post(f"/people/{ben.id}/report", json={"reason": "impersonation"})
    assert (person.status_code, person.json()["kind"]) == (201, "person")


@pytest.mark.parametrize(
    "body",
    [{}, {"reason": "boredom"}, {"reason": "spam", "note": "x" * 1_001}, {"reason": "spam", "state": "closed"}],
)
def test_what_is_not_understood_is_refused(chat: Chat, body: dict[str, str]) -> None:
    ada, ben, conversation = chat
    for path in (f"/conversations/{conversation}/entries/1/report", f"/people/{ben.id}/report"):
        assert ada.post(path, json=body).status_code == 422
    assert Report.objects(conversation=conversation).count() == 0


def test_a_stranger_and_the_writer_report_nothing(chat: Chat, asker: Callable[..., Asker]) -> None:
    _, ben, conversation = chat
    path = f"/conversations/{conversation}/entries/1/report"
    assert asker("Eve").post(path, json={"reason": "spam"}).status_code == 404
    assert ben.post(path, json={"reason": "spam"}).status_code == 422


def test_reporting_is_slowed(chat: Chat) -> None:
    ada, _, conversation = chat
    path = f"/conversations/{conversation}/entries/1/report"
    statuses = [ada.post(path, json={"reason": "spam"}).status_code for _ in range(11)]
    assert statuses == [201] * 10 + [429]
