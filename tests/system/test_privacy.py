"""What is chosen at one server is kept to by the others at once."""

from collections.abc import Callable

import requests

from tests.installation import Installation
from tests.system.conftest import Person


def test_a_choice_reaches_the_other_server_s_sockets_and_facts(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> None:
    here, there = installation.web(), installation.web()
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    a, b, tab = ada.client(here.url), ben.client(there.url), ben.client(here.url)
    seq = a.post(chat, "one")["seq"]
    b.call("read", conversation=chat, read=seq)
    a.wait_for(
        lambda it: ("cursors", {"conversation": chat, "user": ben.id, "delivered": seq, "read": seq}) in it.facts
    )
    b.call("typing", conversation=chat, active=True)
    a.wait_for(lambda it: any(name == "typing" for name, _ in it.facts))

    chosen = {"receipts": False, "typing": False}
    url = f"{here.url}/api/v1/me/privacy"
    assert requests.patch(url, json=chosen, headers=ben.headers, timeout=10).status_code == 200
    for client in (b, tab):
        client.wait_for(lambda it: any(name == "privacy_changed" for name, _ in it.facts))
    a.facts.clear()
    seq = a.post(chat, "two")["seq"]
    assert b.call("read", conversation=chat, read=seq)["read"] == seq
    b.call("typing", conversation=chat, active=True)
    tab.wait_for(lambda it: any(name == "cursors" and fact["read"] == seq for name, fact in it.facts))
    a.wait_for(lambda it: ("cursors", {"conversation": chat, "user": ben.id, "delivered": seq, "read": 0}) in it.facts)
    assert not any(name == "typing" for name, _ in a.facts)
    for server in (here, there):
        (seen,) = ada.get(f"{server.url}/api/v1/conversations").json()["conversations"]
        assert [member["read"] for member in seen["members"] if member["user"]["id"] == ben.id] == [seq - 1]


def test_a_request_is_answered_at_one_server_and_told_at_the_other(
    installation: Installation, person: Callable[[str], Person]
) -> None:
    here, there = installation.web(), installation.web()
    ada, ben = person("Ada"), person("Ben")
    a, b = ada.client(here.url), ben.client(there.url)
    api = f"{here.url}/api/v1"
    chosen = {"first_messages": "contacts"}
    assert requests.patch(f"{api}/me/privacy", json=chosen, headers=ada.headers, timeout=10).status_code == 200
    opening = requests.post(f"{there.url}/api/v1/conversations", json={"user": ada.id}, headers=ben.headers, timeout=10)
    chat = opening.json()["id"]
    assert b.post(chat, "do you know me?")["seq"] == 1
    a.wait_for(lambda it: any(n == "conversation_added" and f["conversation"]["request"] for n, f in it.facts))
    for client in (a, b):
        client.call("sync", conversation=chat, after=0)
    b.facts.clear()
    a.call("read", conversation=chat, read=1)
    a.call("typing", conversation=chat, active=True)
    a.call("heads", visible=False)
    a.call("heads", visible=True)
    b.call("heads", visible=True)
    assert [name for name, _ in b.facts if name in ("cursors", "typing", "presence", "conversation_added")] == []
    url = f"{api}/conversations/{chat}/request/acceptance"
    assert requests.post(url, headers=ada.headers, timeout=10).status_code == 200
    b.wait_for(lambda it: any(name == "cursors" and fact["read"] == 1 for name, fact in it.facts))
    b.wait_for(lambda it: any(name == "conversation_added" for name, _ in it.facts))
    a.call("typing", conversation=chat, active=True)
    b.wait_for(lambda it: any(name == "typing" for name, _ in it.facts))
