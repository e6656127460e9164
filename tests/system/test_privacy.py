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
