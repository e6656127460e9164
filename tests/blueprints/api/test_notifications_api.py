"""What one wants to be told of, over HTTP: read, changed; what is not understood is refused."""

from collections.abc import Callable

import pytest

from tests.blueprints.api.conftest import Asker

OPEN = {"show_text": True, "quiet_until": None, "quiet_daily": None}
NIGHT = {"begins": "22:00", "ends": "07:00", "zone": "Europe/Berlin"}


def test_what_is_given_is_changed_and_a_page_begins_with_it(asker: Callable[..., Asker]) -> None:
    ada = asker("Ada")
    assert ada.get("/me/notifications").json() == ada.get("/bootstrap").json()["notifications"] == OPEN
    changed = ada.patch("/me/notifications", json={"quiet_daily": NIGHT, "quiet_until": 4_000_000_000_000}).json()
    assert changed == OPEN | {"quiet_daily": NIGHT, "quiet_until": 4_000_000_000_000}
    assert ada.get("/me/notifications").json() == ada.get("/bootstrap").json()["notifications"] == changed
    assert ada.patch("/me/notifications", json={"quiet_daily": None}).json() == changed | {"quiet_daily": None}


@pytest.mark.parametrize(
    "wrong",
    [
        {"show_text": "yes"},
        {"show_text": None},
        {"quiet_until": -1},
        {"quiet_until": 2**63},
        {"quiet_until": {"$gt": 0}},
        {"quiet_daily": {**NIGHT, "begins": "24:00"}},
        {"quiet_daily": {**NIGHT, "begins": "9:00"}},
        {"quiet_daily": {**NIGHT, "begins": "09:00\n"}},
        {"quiet_daily": {**NIGHT, "zone": "Nowhere/Atlantis"}},
        {"quiet_daily": {**NIGHT, "more": 1}},
        {"quiet_daily": {"begins": "22:00"}},
        {"level": "none"},
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused_and_changes_nothing(asker: Callable[..., Asker], wrong: object) -> None:
    ada = asker("Ada")
    answer = ada.patch("/me/notifications", json=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert ada.get("/me/notifications").json() == OPEN


def test_the_level_of_a_chat_is_one_of_three(asker: Callable[..., Asker]) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    path = f"/conversations/{ada.post('/conversations', json={'user': ben.id}).json()['id']}"
    assert ada.get(path).json()["me"]["notify"] == "all"
    assert ada.patch(path, json={"notify": "mentions"}).json()["me"]["notify"] == "mentions"
    assert ada.patch(path, json={"pinned": True}).json()["me"]["notify"] == "mentions"
    for wrong in ("loud", None, ["all"]):
        assert ada.patch(path, json={"notify": wrong}).status_code == 422
    assert ada.get(path).json()["me"]["notify"] == "mentions"


def test_a_guest_has_no_choices(asker: Callable[..., Asker]) -> None:
    ada = asker("Ada")
    ada.headers.pop("Authorization")
    assert ada.get("/me/notifications").status_code == 401
    assert ada.patch("/me/notifications", json={"show_text": False}).status_code == 401
