"""REST about people and conversations, against a running server."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import requests

from app.domain.ids import new_id
from tests.blueprints.api.conftest import Asker

Make = Callable[..., Asker]
OPERATORS: list[Any] = [{"$ne": ""}, {"$gt": ""}, ["x"], 7, True, None]


def opened(ada: Asker, ben: Asker) -> str:
    answer = ada.post("/conversations", json={"user": ben.id})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def said(who: Asker, conversation: str, body: str) -> dict[str, Any]:
    message = {"client_id": str(uuid.uuid4()), "body": body}
    for _ in range(20):
        answer = who.post(f"/conversations/{conversation}/entries", json=message)
        if answer.status_code != 503:
            break
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_two_people_meet_write_read_and_see_each_other(asker: Make) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    conversation = opened(ada, ben)
    assert opened(ben, ada) == conversation
    receipts = [said(ada, conversation, f"message {n}") for n in range(1, 6)]
    assert [receipt["seq"] for receipt in receipts] == [1, 2, 3, 4, 5]
    page = ben.get(f"/conversations/{conversation}/entries", params={"after": 2}).json()
    assert [entry["seq"] for entry in page["entries"]] == [3, 4, 5]
    assert (page["head"], page["head_ordinal"], page["complete"]) == (5, 5, True)
    cursor = ben.put(f"/conversations/{conversation}/cursor", json={"read": 4}).json()
    assert cursor == {"conversation": conversation, "delivered": 4, "read": 4, "read_ordinal": 4}
    assert ben.get("/contacts").json()["contacts"][0]["user"]["id"] == ada.id
    bootstrap = ben.get("/bootstrap").json()
    assert bootstrap["me"]["id"] == ben.id
    view = bootstrap["conversations"][0]
    assert (view["head_ordinal"] - view["me"]["read_ordinal"], view["last"]["body"]) == (1, "message 5")


def test_history_is_read_backwards_and_found_by_date(asker: Make) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    conversation = opened(ada, ben)
    receipts = [said(ada, conversation, f"message {n}") for n in range(1, 8)]
    path = f"/conversations/{conversation}/entries"
    page = ben.get(path, params={"before": 6, "limit": 3}).json()
    assert ([entry["seq"] for entry in page["entries"]], page["complete"]) == ([3, 4, 5], False)
    page = ben.get(path, params={"before": 3, "limit": 50}).json()
    assert ([entry["seq"] for entry in page["entries"]], page["complete"]) == ([1, 2], True)
    assert ben.get(path, params={"before": 1}).json()["entries"] == []
    times = {receipt["created_at"]: receipt["seq"] for receipt in reversed(receipts)}
    for moment, first in times.items():
        assert ben.get(f"{path}/at", params={"date": moment}).json() == {"seq": first}
    assert ben.get(f"{path}/at", params={"date": 0}).json() == {"seq": 1}
    assert ben.get(f"{path}/at", params={"date": 2**50}).json() == {"seq": 7}


def test_the_same_client_id_is_the_same_message(asker: Make) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    conversation = opened(ada, ben)
    message = {"client_id": str(uuid.uuid4()), "body": "once"}
    path = f"/conversations/{conversation}/entries"
    assert len({ada.post(path, json=message).json()["seq"] for _ in range(3)}) == 1
    assert ada.post(path, json={**message, "body": "twice"}).status_code == 409


def test_a_group_begins_with_its_title(asker: Make) -> None:
    ada, ben, cleo = asker("Ada"), asker("Ben"), asker("Cleo")
    for other in (ben, cleo):
        assert ada.post("/contacts", json={"user": other.id}).status_code == 201
    answer = ada.post("/groups", json={"title": "Three", "users": [ben.id, cleo.id]})
    assert answer.status_code == 201, answer.text
    entries = cleo.get(f"/conversations/{answer.json()['id']}/entries", params={"after": 0}).json()["entries"]
    assert [(entry["kind"], entry["body"]) for entry in entries] == [("created", "Three")]
    assert {contact["user"]["id"] for contact in cleo.get("/contacts").json()["contacts"]} == {ada.id, ben.id}


def test_contacts_are_named_blocked_found_and_removed(asker: Make) -> None:
    handle = f"ben_{new_id()[:8]}".lower()
    ada, ben = asker("Ada"), asker("Ben", handle=handle)
    assert ada.get("/people", params={"query": handle}).json()["people"][0]["id"] == ben.id
    assert ada.post("/contacts", json={"handle": f"@{handle}"}).json()["user"]["id"] == ben.id
    assert ada.patch(f"/contacts/{ben.id}", json={"alias": "Benny"}).json()["alias"] == "Benny"
    changed = ada.patch(f"/contacts/{ben.id}", json={"blocked": True}).json()
    assert (changed["blocked"], changed["alias"]) == (True, "Benny")
    assert ada.patch(f"/contacts/{ben.id}", json={"blocked": False}).json()["blocked"] is False
    assert ada.delete(f"/contacts/{ben.id}").status_code == 204
    assert ada.get("/contacts").json() == {"contacts": []}


def test_an_invite_link_works_until_it_is_rotated(asker: Make) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    invite = ada.get("/invite").json()
    assert invite["url"].endswith(f"/i/{invite['code']}")
    fresh = ada.post("/invite/rotate").json()
    assert ben.post("/contacts", json={"invite": invite["code"]}).status_code == 404
    assert ben.post("/contacts", json={"invite": fresh["code"]}).json()["user"]["id"] == ada.id
    page = requests.get(fresh["url"], timeout=10)
    assert page.status_code == 200 and "Ada" in page.text
    assert requests.get(invite["url"], timeout=10).status_code == 404


def test_muting_and_pinning_last(asker: Make) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    path = f"/conversations/{opened(ada, ben)}"
    me = ada.patch(path, json={"muted_until": 4_000_000_000_000, "pinned": True}).json()["me"]
    assert (me["muted_until"], me["pinned"], me["archived"]) == (4_000_000_000_000, True, False)
    me = ada.patch(path, json={"muted_until": None}).json()["me"]
    assert (me["muted_until"], me["pinned"]) == (None, True)


def test_a_stranger_gets_the_same_answer_as_for_nothing_on_every_route(asker: Make) -> None:
    ada, ben, eve = asker("Ada"), asker("Ben"), asker("Eve")
    conversation = opened(ada, ben)
    said(ada, conversation, "not for Eve")

    def answers(id: str) -> list[tuple[int, Any]]:
        path = f"/conversations/{id}"
        message = {"client_id": str(uuid.uuid4()), "body": "let me in"}
        asked = [
            eve.get(path),
            eve.patch(path, json={"pinned": True}),
            eve.get(f"{path}/entries", params={"after": 0}),
            eve.get(f"{path}/entries", params={"before": 5}),
            eve.get(f"{path}/entries/at", params={"date": 0}),
            eve.post(f"{path}/entries", json=message),
            eve.put(f"{path}/cursor", json={"read": 1}),
        ]
        return [(answer.status_code, answer.json()) for answer in asked]

    theirs = answers(conversation)
    assert theirs == answers(new_id())
    assert all(answer == theirs[0] and answer[0] == 404 for answer in theirs)
    assert eve.get("/conversations").json() == {"conversations": []}
    assert ada.get(f"/conversations/{conversation}").json()["head"] == 1


@pytest.mark.parametrize("value", OPERATORS)
def test_what_is_not_text_never_reaches_a_query(asker: Make, value: Any) -> None:
    ada, ben = asker("Ada"), asker("Ben")
    conversation = opened(ada, ben)
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/conversations", {"user": value}),
        ("POST", f"/conversations/{conversation}/entries", {"client_id": value, "body": "x"}),
        ("POST", f"/conversations/{conversation}/entries", {"client_id": str(uuid.uuid4()), "body": value}),
        ("POST", "/contacts", {"phone": value}),
        ("POST", "/contacts", {"handle": value}),
        ("POST", "/contacts", {"invite": value}),
        ("POST", "/contacts", {"user": value}),
        ("POST", "/groups", {"title": value, "users": []}),
        ("POST", "/groups", {"title": "x", "users": [value]}),
    ]
    for method, path, body in bodies:
        answer = ada.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (path, body, answer.text)
    assert ada.get("/contacts").json() == {"contacts": []}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/conversations", {"user": "short"}),
        ("POST", "/conversations", {"user": "a" * 22, "role": "owner"}),
        ("POST", "/conversations", None),
        ("POST", "/contacts", {}),
        ("POST", "/contacts", {"handle": "ben", "phone": "+4915112345678"}),
        ("PATCH", "/contacts/" + "a" * 22, {"blocked": None}),
        ("PATCH", "/contacts/" + "a" * 22, {"owner": "a" * 22}),
        ("POST", "/groups", {"title": "x" * 121, "users": []}),
        ("GET", "/people?query=" + "x" * 81, None),
        ("GET", "/people?query=a&query[$ne]=b", None),
        ("GET", "/conversations/" + "a" * 22 + "/entries", None),
        ("GET", "/conversations/" + "a" * 22 + "/entries?after=1&before=3", None),
        ("GET", "/conversations/" + "a" * 22 + "/entries?before=3&limit=201", None),
        ("GET", "/conversations/" + "a" * 22 + "/entries?after=-1", None),
        ("GET", "/conversations/" + "a" * 22 + "/entries/at?date=yesterday", None),
    ],
)
def test_what_is_not_valid_is_refused_by_field(asker: Make, method: str, path: str, body: Any) -> None:
    answer = asker("Ada").request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), answer.text


def test_nothing_is_said_to_a_guest(url: str) -> None:
    for path in (
        "/conversations",
        "/contacts",
        "/people?query=a",
        "/invite",
        "/bootstrap",
        "/conversations/" + "a" * 22,
    ):
        answer = requests.get(f"{url}/api/v1{path}", timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_the_description_is_openapi_3_1_and_names_every_route(asker: Make, url: str) -> None:
    document = requests.get(f"{url}/api/v1/openapi.json", timeout=10).json()
    assert document["openapi"].startswith("3.1")
    described = {(method, path) for path, item in document["paths"].items() for method in item}
    for expected in (
        ("get", "/api/v1/bootstrap"),
        ("post", "/api/v1/conversations"),
        ("patch", "/api/v1/conversations/{conversation}"),
        ("get", "/api/v1/conversations/{conversation}/entries/at"),
        ("put", "/api/v1/conversations/{conversation}/cursor"),
        ("delete", "/api/v1/contacts/{user}"),
        ("post", "/api/v1/groups"),
        ("post", "/api/v1/invite/rotate"),
    ):
        assert expected in described
    references = [part.split('"')[0] for part in str(document).replace("'", '"').split("#/components/schemas/")[1:]]
    assert set(references) <= set(document["components"]["schemas"])


def test_pages_answer_and_hold_nothing_personal(asker: Make, url: str) -> None:
    ada = asker("Ada Lovelace von Testing")
    for path in ("/", "/c/" + "a" * 22, "/contacts"):
        page = requests.get(f"{url}{path}", headers=ada.headers, timeout=10)
        assert page.status_code == 200 and page.url == f"{url}{path}"
        assert ada.id not in page.text and "Lovelace" not in page.text
    assert requests.get(f"{url}/offline", timeout=10).status_code == 200
    picture = requests.get(f"{url}/contacts/invite.svg", headers=ada.headers, timeout=10)
    assert picture.headers["Content-Type"].startswith("image/svg+xml") and b"<path" in picture.content
