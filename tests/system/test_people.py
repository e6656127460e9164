"""People meet, see and block each other over open sockets on two servers."""

import uuid
from collections.abc import Callable
from typing import Any

import requests

from tests.installation import Installation
from tests.system.conftest import Client, Person

Make = Callable[[str], Person]


def opened(url: str, who: Person, other: Person) -> str:
    answer = requests.post(f"{url}/api/v1/conversations", json={"user": other.id}, headers=who.headers, timeout=10)
    return str(answer.json()["id"])


def heard(client: Client, name: str) -> list[dict[str, Any]]:
    return [fact for event, fact in client.facts if event == name]


def posted(client: Client, conversation: str, body: str) -> dict[str, Any]:
    client_id, ack = str(uuid.uuid4()), {"ok": False, "code": "pending"}
    while not ack["ok"]:
        assert ack["code"] in ("pending", "degraded"), ack
        ack = client.post(conversation, body, client_id)
    return ack


def test_the_first_message_makes_both_contacts_and_both_are_told_at_once(
    installation: Installation, person: Make
) -> None:
    here, there = installation.web(), installation.web()
    ada, bob = person("Ada"), person("Bob")
    a, b = ada.client(here.url), bob.client(there.url)
    conversation = opened(here.url, ada, bob)
    assert opened(there.url, bob, ada) == conversation
    posted(a, conversation, "hello")
    b.wait_for(lambda c: heard(c, "contact_added") and heard(c, "conversation_added"))
    a.wait_for(lambda c: heard(c, "contact_added"))
    assert heard(b, "contact_added")[0]["contact"]["user"]["id"] == ada.id
    assert heard(a, "contact_added")[0]["contact"]["user"]["id"] == bob.id
    assert heard(b, "contact_added")[0]["contact"]["presence"]["state"] == "online"
    added = [fact["conversation"] for fact in heard(b, "conversation_added")][-1]
    assert (added["id"], added["head"], added["last"]["body"]) == (conversation, 1, "hello")
    b.call("sync", conversation=conversation, after=0)
    a.call("sync", conversation=conversation, after=0)
    assert b.call("read", conversation=conversation, read=1)["read_ordinal"] == 1
    a.wait_for(
        lambda c: {"conversation": conversation, "user": bob.id, "delivered": 1, "read": 1} in heard(c, "cursors")
    )
    b.close()
    a.wait_for(lambda c: any(f["user"] == bob.id and f["state"] == "offline" for f in heard(c, "presence")))


def test_nothing_of_a_blocked_person_reaches_the_other_and_the_person_cannot_tell(
    installation: Installation, person: Make
) -> None:
    here, there = installation.web(), installation.web()
    ada, bob = person("Ada"), person("Bob")
    a, b = ada.client(here.url), bob.client(there.url)
    conversation = opened(here.url, ada, bob)
    posted(a, conversation, "hello")
    b.wait_for(lambda c: heard(c, "conversation_added"))
    for client in (a, b):
        client.call("sync", conversation=conversation, after=0)
    blocked = requests.patch(
        f"{here.url}/api/v1/contacts/{bob.id}", json={"blocked": True}, headers=ada.headers, timeout=10
    )
    assert blocked.status_code == 200 and blocked.json()["blocked"] is True
    a.wait_for(lambda c: heard(c, "contact_changed"))
    before = len(b.facts)
    ack = posted(b, conversation, "are you there?")
    assert ack["seq"] == 2
    b.call("typing", conversation=conversation, active=True)
    b.wait_for(lambda c: [entry for entry in c.entries(conversation) if entry["seq"] == 2])
    a.wait_for(lambda c: [entry for entry in c.entries(conversation) if entry["seq"] == 2])
    mine = next(entry for entry in a.entries(conversation) if entry["seq"] == 2)
    assert (mine["kind"], mine["body"], mine["sender"]) == ("withheld", "", "")
    answer = a.call("read", conversation=conversation, delivered=2, read=2)
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (0, 0, 2)
    a.call("typing", conversation=conversation, active=True)
    a.call("heads", visible=False)
    posted(b, conversation, "hello?")
    b.wait_for(lambda c: [entry for entry in c.entries(conversation) if entry["seq"] == 3])
    after = [fact for fact in b.facts[before:] if fact[0] != "heads"]
    assert {event for event, _ in after} <= {"entries", "presence"}
    assert all(fact["state"] == "offline" for event, fact in after if event == "presence")
    assert heard(a, "typing") == heard(b, "typing") == []
    texts = [entry["body"] for entry in a.entries(conversation)]
    assert "are you there?" not in texts and "hello?" not in texts
