"""Saved messages over HTTP: saved, listed in pages, let go of; what is not understood is refused."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.blueprints.api.conftest import Asker


@pytest.fixture
def notes(asker: Callable[..., Asker]) -> tuple[Asker, str]:
    """Ada, and her notes with three texts."""
    ada = asker("Ada")
    chat = ada.post("/conversations", json={"user": ada.id}).json()["id"]
    for n in range(3):
        body = {"client_id": str(uuid.uuid4()), "body": f"note {n}"}
        assert ada.post(f"/conversations/{chat}/entries", json=body).status_code == 201
    return ada, chat


def test_they_are_saved_listed_in_pages_and_let_go_of(notes: tuple[Asker, str]) -> None:
    ada, chat = notes
    view = ada.post(f"/conversations/{chat}/saved", json={"entries": [1, 2, 3], "active": True}).json()
    assert view["me"]["saved"] == [1, 2, 3]
    first = ada.get("/me/saved?limit=2").json()
    assert [one["entry"]["body"] for one in first["saved"]] == ["note 2", "note 1"]
    second = ada.get(f"/me/saved?limit=2&before={first['next']}").json()
    assert ([one["entry"]["seq"] for one in second["saved"]], second["next"]) == ([1], None)
    assert set(second["saved"][0]) == {"conversation", "saved_at", "entry"}
    view = ada.post(f"/conversations/{chat}/saved", json={"entries": [1, 3], "active": False}).json()
    assert view["me"]["saved"] == [2]
    assert len(ada.get("/me/saved").json()["saved"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"entries": [1]},
        {"entries": [], "active": True},
        {"entries": [0], "active": True},
        {"entries": list(range(1, 102)), "active": True},
        {"entries": [1], "active": "yes"},
        {"entries": {"$gt": 0}, "active": True},
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(notes: tuple[Asker, str], wrong: Any) -> None:
    ada, chat = notes
    assert ada.post(f"/conversations/{chat}/saved", json=wrong).status_code == 422
    assert ada.get("/me/saved").json()["saved"] == []


@pytest.mark.parametrize("before", ["x", "1-x-1", "1-" + "a" * 22 + "-", "1-" + "a" * 22 + "-1%0A"])
def test_a_page_begins_where_one_ended(notes: tuple[Asker, str], before: str) -> None:
    assert notes[0].get(f"/me/saved?before={before}").status_code == 422


def test_another_s_chat_is_not_there(notes: tuple[Asker, str], asker: Callable[..., Asker]) -> None:
    _, chat = notes
    answer = asker("Eve").post(f"/conversations/{chat}/saved", json={"entries": [1], "active": True})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
