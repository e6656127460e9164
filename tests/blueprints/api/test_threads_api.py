"""A thread over HTTP: read in pages, seen by nobody else; what is not understood is refused."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.blueprints.api.conftest import Asker


@pytest.fixture
def notes(asker: Callable[..., Asker]) -> tuple[Asker, str]:
    """Ada, and her notes: a message, two replies to it and one to the second."""
    ada = asker("Ada")
    chat = ada.post("/conversations", json={"user": ada.id}).json()["id"]
    for n, target in enumerate([None, 1, 1, 3]):
        body: dict[str, Any] = {"client_id": str(uuid.uuid4()), "body": f"note {n}"}
        answer = ada.post(f"/conversations/{chat}/entries", json=body | ({"reply_to": target} if target else {}))
        assert answer.status_code == 201
    return ada, chat


def test_it_is_read_in_pages(notes: tuple[Asker, str]) -> None:
    ada, chat = notes
    page = ada.get(f"/conversations/{chat}/entries/1/replies?limit=2").json()
    assert set(page) == {"conversation", "root", "replies", "next"}
    assert (page["root"]["replies"], page["root"]["replies_rev"]) == (3, 4)
    assert [(one["seq"], one["target"], one["root"]) for one in page["replies"]] == [(3, 1, 1), (4, 3, 1)]
    rest = ada.get(f"/conversations/{chat}/entries/1/replies?before={page['next']}").json()
    assert ([one["seq"] for one in rest["replies"]], rest["next"]) == ([2], None)
    entries = ada.get(f"/conversations/{chat}/entries?after=0").json()["entries"]
    assert [one.get("root") for one in entries] == [None, 1, 1, 1]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "before=0", "after=1", "before=x", "limit[$gt]=1"])
def test_what_is_not_understood_is_refused(notes: tuple[Asker, str], query: str) -> None:
    ada, chat = notes
    assert ada.get(f"/conversations/{chat}/entries/1/replies?{query}").json()["code"] == "invalid"


def test_who_is_no_member_learns_nothing(notes: tuple[Asker, str], asker: Callable[..., Asker]) -> None:
    ada, chat = notes
    eve = asker("Eve").get(f"/conversations/{chat}/entries/1/replies")
    none = ada.get(f"/conversations/{chat}/entries/99/replies")
    assert (eve.status_code, none.status_code, eve.json()) == (404, 404, none.json())
