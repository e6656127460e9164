"""Requests over HTTP: a stranger's first message, accepted or declined by whom it is to."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.blueprints.api.conftest import Asker

Asked = tuple[Asker, Asker, str]


@pytest.fixture
def asked(asker: Callable[..., Asker]) -> Asked:
    ada, ben = asker("Ada", avatar="a" * 22), asker("Ben")
    assert ada.patch("/me/privacy", json={"first_messages": "contacts"}).status_code == 200
    chat = ben.post("/conversations", json={"user": ada.id}).json()["id"]
    body = {"client_id": str(uuid.uuid4()), "body": "do you know me?"}
    assert ben.post(f"/conversations/{chat}/entries", json=body).status_code == 201
    return ada, ben, chat


def seen_by(ben: Asker, chat: str) -> dict[str, Any]:
    """All that Ben is told of Ada, by every route."""
    return {
        "one": ben.get(f"/conversations/{chat}").json(),
        "all": ben.get("/conversations").json(),
        "contacts": ben.get("/contacts").json(),
        "bootstrap": {k: v for k, v in ben.get("/bootstrap").json().items() if k != "server_time"},
        "entries": ben.get(f"/conversations/{chat}/entries?after=0").json(),
    }


def test_nothing_is_given_before_it_is_accepted(asked: Asked) -> None:
    ada, ben, chat = asked
    before = seen_by(ben, chat)
    assert "/photos/" not in str(before) and "online" not in str(before)
    assert ada.get(f"/conversations/{chat}").json()["request"] is True
    assert ada.put(f"/conversations/{chat}/cursor", json={"read": 1}).json()["read"] == 0
    assert seen_by(ben, chat) == before
    accepted = ada.post(f"/conversations/{chat}/request/acceptance")
    assert (accepted.status_code, accepted.json()["request"]) == (200, False)
    after = seen_by(ben, chat)
    assert [m["read"] for m in after["one"]["members"] if m["user"]["id"] == ada.id] == [1]
    assert "/photos/" in str(after["one"]) and "/photos/" in str(after["contacts"])


def test_declined_it_is_gone_and_ben_sees_no_difference(asked: Asked) -> None:
    ada, ben, chat = asked
    before = seen_by(ben, chat)
    assert ada.delete(f"/conversations/{chat}/request").status_code == 204
    assert ada.get("/conversations").json() == {"conversations": []}
    assert seen_by(ben, chat) == before
    assert ada.delete(f"/conversations/{chat}/request").json()["code"] == "not_found"


def test_it_is_nobody_else_s_to_answer(asked: Asked, asker: Callable[..., Asker]) -> None:
    ada, ben, chat = asked
    for other in (ben, asker("Eve")):
        assert other.delete(f"/conversations/{chat}/request").status_code == 404
    assert asker("Eve").post(f"/conversations/{chat}/request/acceptance").status_code == 404
    assert ada.post(f"/conversations/{'x' * 22}/request/acceptance").status_code == 404
    assert ada.get(f"/conversations/{chat}").json()["request"] is True


def test_a_reaction_would_tell_and_waits_for_the_acceptance(asked: Asked) -> None:
    ada, ben, chat = asked
    before = seen_by(ben, chat)
    body = {"client_id": str(uuid.uuid4()), "emoji": "👍", "active": True}
    refused = ada.post(f"/conversations/{chat}/entries/1/reactions", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), refused.text
    assert seen_by(ben, chat) == before
    ada.post(f"/conversations/{chat}/request/acceptance")
    assert ada.post(f"/conversations/{chat}/entries/1/reactions", json=body).ok
