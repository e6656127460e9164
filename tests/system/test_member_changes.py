"""Members come and go while everybody is connected, to two servers."""

import uuid
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import requests

from tests.installation import Installation, Web
from tests.system.conftest import Client, Person, wait_until

Make = Callable[[str], Person]


def ask(person: Person, method: str, url: str, **body: Any) -> requests.Response:
    body.setdefault("client_id", str(uuid.uuid4()))
    return requests.request(method, url, json=body, headers=person.headers, timeout=15)


def bodies(client: Client, conversation: str) -> list[str]:
    return [entry["body"] for entry in client.entries(conversation)]


@pytest.fixture
def servers(installation: Installation) -> tuple[Web, Web]:
    installation.worker()
    return installation.web(), installation.web()


def test_who_is_removed_hears_that_as_their_last_and_the_others_go_on_at_once(
    servers: tuple[Web, Web], person: Make, group: Callable[..., str]
) -> None:
    here, there = servers
    ada, ben, cleo = person("Ada"), person("Ben"), person("Cleo")
    chat = group(ada, ben, cleo)
    a, b, c = ada.client(here.url), ben.client(there.url), cleo.client(there.url)
    a.post(chat, "one")
    for client in (a, b, c):
        client.wait_for(lambda it: bodies(it, chat) == ["one"])
    url = f"{there.url}/api/v1/groups/{chat}/members/{ben.id}/removal"
    once = str(uuid.uuid4())
    assert ask(cleo, "POST", url).status_code == 403
    assert ask(ada, "POST", url, client_id=once).status_code == 200
    assert ask(ada, "POST", url, client_id=once).status_code == 200, "asked again"
    assert a.post(chat, "two")["seq"] == 3
    c.wait_for(lambda it: bodies(it, chat) == ["one", ben.id, "two"], 3)
    b.wait_for(lambda it: bodies(it, chat) == ["one", ben.id])
    assert b.post(chat, "still here?")["code"] == "not_found"
    page = b.call("sync", conversation=chat, after=0)
    assert ([entry["seq"] for entry in page["entries"]], page["head"]) == ([1, 2], 2)
    assert b.call("sync", conversation=chat, after=2)["entries"] == []
    assert chat not in b.call("heads", visible=True)["heads"]
    assert ben.get(f"{here.url}/api/v1/conversations/{chat}").json()["me"]["until_seq"] == 2
    entries = ben.get(f"{here.url}/api/v1/conversations/{chat}/entries?after=0").json()["entries"]
    assert [entry["seq"] for entry in entries] == [1, 2]
    a.post(chat, "three")
    c.wait_for(lambda it: bodies(it, chat)[-1] == "three")
    assert bodies(b, chat) == ["one", ben.id]


def test_who_is_added_hears_the_next_message_at_once(
    servers: tuple[Web, Web], person: Make, group: Callable[..., str]
) -> None:
    here, there = servers
    ada, ben, dan = person("Ada"), person("Ben"), person("Dan")
    chat = group(ada, ben)
    a, d = ada.client(here.url), dan.client(there.url)
    a.post(chat, "before Dan")
    body = {"user": dan.id}
    assert requests.post(f"{here.url}/api/v1/contacts", json=body, headers=ada.headers, timeout=10).status_code == 201
    answer = ask(ada, "POST", f"{here.url}/api/v1/groups/{chat}/members", users=[dan.id])
    assert answer.status_code == 200, answer.text
    a.post(chat, "welcome")
    d.wait_for(lambda it: bodies(it, chat)[-1:] == ["welcome"], 3)
    assert "before Dan" not in bodies(d, chat)
    page = d.call("sync", conversation=chat, after=0)
    assert [entry["seq"] for entry in page["entries"]] == [2, 3]
    wait_until(lambda: any(name == "conversation_added" for name, _ in d.facts))


def test_bad_input_gets_a_typed_refusal(servers: tuple[Web, Web], person: Make, group: Callable[..., str]) -> None:
    ada, ben = person("Ada"), person("Ben")
    url = f"{servers[0].url}/api/v1/groups/{group(ada, ben)}"
    bodies = ({}, {"role": "emperor"}, {"title": "x" * 500}, {"role": 7, "title": []}, {"title": "t", "more": 1})
    for path, body in product((f"/members/{ben.id}", "/members/zz", ""), bodies):
        answer = requests.patch(url + path, json=body, headers=ada.headers, timeout=10)
        assert answer.status_code in (404, 422), (path, answer.text)
        assert answer.json()["code"] in ("invalid", "not_found")
