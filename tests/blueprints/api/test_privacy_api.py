"""One's privacy over HTTP: read, changed, kept to; what is not understood is refused."""

import uuid
from collections.abc import Callable

import pytest

from tests.blueprints.api.conftest import Asker

OPEN = {"last_seen": "everyone", "receipts": True, "typing": True, "groups": "everyone", "first_messages": "everyone"}


def test_what_is_given_is_changed_and_the_rest_stays(asker: Callable[..., Asker]) -> None:
    ada = asker("Ada")
    assert ada.get("/me/privacy").json() == OPEN
    assert ada.patch("/me/privacy", json={"typing": False}).json() == OPEN | {"typing": False}
    changed = ada.patch("/me/privacy", json={"last_seen": "nobody", "groups": "contacts"})
    assert changed.json() == ada.get("/me/privacy").json() == {
        "last_seen": "nobody",
        "receipts": True,
        "typing": False,
        "groups": "contacts",
        "first_messages": "everyone",
    }  # fmt: skip
    assert ada.patch("/me/privacy", json={}).json() == changed.json()


@pytest.mark.parametrize(
    "wrong",
    [{"last_seen": "friends"}, {"receipts": "false"}, {"typing": 0}, {"groups": None}, {"more": 1}, {"last_seen": {"$ne": ""}}],
)  # fmt: skip
def test_what_is_not_understood_is_refused_and_changes_nothing(asker: Callable[..., Asker], wrong: object) -> None:
    ada = asker("Ada")
    answer = ada.patch("/me/privacy", json=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert ada.get("/me/privacy").json() == OPEN


def test_nobody_is_added_to_a_group_against_their_will(asker: Callable[..., Asker]) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    assert ada.post("/contacts", json={"user": ben.id}).status_code == 201
    ben.patch("/me/privacy", json={"groups": "contacts"})
    founding = {"title": "Two", "users": [ben.id], "client_id": str(uuid.uuid4())}
    refused = ada.post("/groups", json=founding)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert ben.get("/conversations").json() == {"conversations": []}
    ben.post("/contacts", json={"user": ada.id})
    assert ada.post("/groups", json=founding).status_code == 201


def test_a_guest_has_no_privacy(url: str, asker: Callable[..., Asker]) -> None:
    ada = asker("Ada")
    ada.headers.pop("Authorization")
    assert ada.get("/me/privacy").status_code == 401
