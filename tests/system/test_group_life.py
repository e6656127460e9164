"""What groups allow, how one comes in by a link and how they end, while everybody is connected, to two servers."""

import io
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from PIL import Image

from app.domain.ids import new_id
from app.domain.membership import GROUP_MEMBERS
from app.models import Contact, User
from tests.installation import Installation, Web
from tests.system.conftest import Client, Person
from tests.system.test_member_changes import ask, bodies, servers

__all__ = ["servers"]

Make = Callable[[str], Person]


def kinds(client: Client, conversation: str) -> list[str]:
    return [entry["kind"] for entry in client.entries(conversation)]


def once() -> str:
    return str(uuid.uuid4())


def test_who_may_write_and_how_often_holds_on_every_server(
    servers: tuple[Web, Web], person: Make, group: Callable[..., str]
) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    a, b, again = ada.client(here.url), ben.client(there.url), ben.client(here.url)
    assert b.post(chat, "one")["ok"]
    url = f"{here.url}/api/v1/groups/{chat}/settings"
    assert ask(ben, "PATCH", url, posts="admins").status_code == 403
    answer = ask(ada, "PATCH", url, posts="admins")
    assert answer.json()["settings"] == {"posts": "admins", "adds": "admins", "slow_seconds": 0, "keep_days": 0}
    refused = b.post(chat, "two")
    assert (refused["code"], refused["message"]) == ("forbidden", "Only admins write here.")
    assert a.post(chat, "three")["ok"]
    assert ask(ada, "PATCH", url, posts="everyone", slow_seconds=3600).status_code == 200
    b.wait_for(lambda it: kinds(it, chat)[-1] == "settings" and len(it.entries(chat)) == 4)
    first = once()
    stored = b.post(chat, "four", first)
    assert stored["ok"] and again.post(chat, "four", first)["seq"] == stored["seq"], "asked again elsewhere"
    slowed = again.post(chat, "five")
    assert slowed["code"] == "slow_mode" and 3500 < slowed["retry_after"] <= 3600
    assert a.post(chat, "six")["ok"] and a.post(chat, "seven")["ok"], "admins never wait"
    b.wait_for(lambda it: bodies(it, chat)[-1] == "seven")
    assert [entry["seq"] for entry in b.entries(chat)] == list(range(1, 8))
    for wrong in ({}, {"posts": "nobody"}, {"slow_seconds": 31}, {"slow_seconds": "30"}, {"more": 1}):
        assert ask(ada, "PATCH", url, **wrong).status_code == 422


def test_who_joins_by_a_link_hears_the_next_message_and_a_race_never_exceeds_the_limit(
    servers: tuple[Web, Web], person: Make, group: Callable[..., str]
) -> None:
    here, there = servers
    ada = person("Ada")
    chat = group(ada)
    a = ada.client(here.url)
    a.post(chat, "before")
    links = f"{here.url}/api/v1/groups/{chat}/links"
    link = requests.post(links, json={"most_uses": 10}, headers=ada.headers, timeout=15).json()
    people = [person(f"P{n}") for n in range(16)]
    sockets = [one.client((here, there)[n % 2].url) for n, one in enumerate(people)]

    def come(n: int) -> int:
        url = f"{(here, there)[n % 2].url}/api/v1/group-links/{link['id']}/joining"
        return requests.post(url, json={}, headers=people[n].headers, timeout=30).status_code

    with ThreadPoolExecutor(16) as pool:
        came = list(pool.map(come, range(16)))
    assert sorted(came) == [200] * 10 + [410] * 6
    a.post(chat, "welcome")
    for n, client in enumerate(sockets):
        if came[n] == 200:
            client.wait_for(lambda it: bodies(it, chat)[-1:] == ["welcome"])
            assert "before" not in bodies(client, chat)
    assert all(chat not in one.call("heads", visible=True)["heads"] for n, one in enumerate(sockets) if came[n] != 200)
    assert requests.get(links, headers=ada.headers, timeout=15).json() == {"links": []}, "used up"


def test_the_end_is_heard_by_all_at_once_and_after_being_away(
    servers: tuple[Web, Web], person: Make, group: Callable[..., str]
) -> None:
    here, there = servers
    ada, ben, cleo = person("Ada"), person("Ben"), person("Cleo")
    chat = group(ada, ben, cleo)
    a, b = ada.client(here.url), ben.client(there.url)
    a.post(chat, "one")
    link = requests.post(f"{here.url}/api/v1/groups/{chat}/links", json={}, headers=ada.headers, timeout=15).json()
    url = f"{there.url}/api/v1/groups/{chat}/deletion"
    assert ask(ben, "POST", url, title="Test").status_code == 403
    assert ask(ada, "POST", url, title="Tests").status_code == 422
    again = once()
    assert ask(ada, "POST", url, title="Test", client_id=again).status_code == 200
    assert ask(ada, "POST", url, title="Test", client_id=again).status_code == 200, "asked again"
    for client in (a, b):
        client.wait_for(lambda it: kinds(it, chat) == ["text", "closed"])
        assert client.post(chat, "after")["code"] == "not_found"
        assert chat not in client.call("heads", visible=True)["heads"]
    view = cleo.get(f"{here.url}/api/v1/bootstrap").json()["conversations"][0]
    assert (view["closed_by"], view["me"]["until_seq"], view["head"]) == (ada.id, 2, 2)
    late = cleo.client(there.url)
    assert [entry["kind"] for entry in late.call("sync", conversation=chat, after=0)["entries"]] == ["text", "closed"]
    answer = person("Dan").get(f"{there.url}/api/v1/group-links/{link['id']}")
    assert (answer.status_code, answer.json()["details"]["reason"]) == (410, "closed")


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(out, "PNG")
    return out.getvalue()


def test_a_groups_photo_is_for_its_members_and_for_who_holds_a_link(
    servers: tuple[Web, Web], person: Make, group: Callable[..., str]
) -> None:
    here, there = servers
    ada, ben, stranger = person("Ada"), person("Ben"), person("Stranger")
    chat = group(ada, ben)
    b = ben.client(there.url)
    url = f"{here.url}/api/v1/groups/{chat}/photo"
    once_more = {"client_id": once()}
    for _ in range(2):
        headers = {**ada.headers, "Content-Type": "image/png"}
        answer = requests.put(url, data=picture("teal"), params=once_more, headers=headers, timeout=30)
        assert answer.status_code == 200 and answer.json()["head"] == 1, answer.text
    assert requests.put(url, data=b"no picture", headers=ada.headers, timeout=30).status_code == 422
    assert requests.put(url, data=picture("red"), headers=ben.headers, timeout=30).status_code == 403
    b.wait_for(lambda it: kinds(it, chat) == ["pictured"])
    photo = f"{there.url}/photos/{b.entries(chat)[0]['body']}"
    assert ben.get(photo).headers["Content-Type"] == "image/webp"
    assert stranger.get(photo).status_code == 404
    link = requests.post(f"{here.url}/api/v1/groups/{chat}/links", json={}, headers=ada.headers, timeout=15).json()
    landing = requests.get(f"{there.url}/g/{link['id']}", headers={"Accept": "text/html"}, timeout=15)
    assert landing.status_code == 200 and "Sign in to join" in landing.text and "2 members" in landing.text
    assert requests.get(f"{there.url}/g/{link['id']}/photo", timeout=15).headers["Content-Type"] == "image/webp"
    revoke = f"{here.url}/api/v1/groups/{chat}/links/{link['id']}"
    assert requests.delete(revoke, headers=ada.headers, timeout=15).status_code == 204
    gone = requests.get(f"{there.url}/g/{link['id']}", headers={"Accept": "text/html"}, timeout=15)
    assert gone.status_code == 410 and "This link was revoked" in gone.text and "Test" not in gone.text
    assert requests.get(f"{there.url}/g/{link['id']}/photo", timeout=15).status_code == 410


def test_a_link_is_made_with_the_limits_there_are(
    installation: Installation, person: Make, group: Callable[..., str]
) -> None:
    server = installation.web()
    ada = person("Ada")
    url = f"{server.url}/api/v1/groups/{group(ada)}/links"
    for body in ({"life_seconds": 5}, {"most_uses": 2}, {"most_uses": True}, {"more": 1}):
        assert requests.post(url, json=body, headers=ada.headers, timeout=15).status_code == 422, body


def test_a_thousand_are_brought_together_and_hear_a_message_at_once(
    servers: tuple[Web, Web], person: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    others = [ben.id, *(new_id() for _ in range(GROUP_MEMBERS - 2))]
    User.objects.insert([User(id=other, name=f"Person {n}") for n, other in enumerate(others[1:])])
    Contact.objects.insert([Contact(owner=ada.id, user=other, source="manual") for other in others])
    a, b = ada.client(here.url), ben.client(there.url)
    a.call("heads", visible=True), b.call("heads", visible=True)
    began = time.monotonic()
    answer = ask(ada, "POST", f"{here.url}/api/v1/groups", title="Everybody", users=others)
    made = time.monotonic() - began
    assert answer.status_code == 201, answer.text
    chat = answer.json()["id"]
    assert len(answer.json()["members"]) == GROUP_MEMBERS
    b.wait_for(lambda it: any(name == "conversation_added" for name, _ in it.facts))
    b.call("sync", conversation=chat, after=0)
    a.call("sync", conversation=chat, after=0)
    took = []
    for n in range(30):
        began = time.monotonic()
        assert a.post(chat, f"message {n}")["ok"]
        took.append(time.monotonic() - began)
    b.wait_for(lambda it: bodies(it, chat)[-30:] == [f"message {n}" for n in range(30)])
    with capsys.disabled():
        print(f"a thousand: made in {made:.1f} s, a message in {sorted(took)[15] * 1000:.0f} ms (median)")
    assert sorted(took)[15] < 0.5
    late = person("Late")
    body = {"user": late.id}
    assert requests.post(f"{here.url}/api/v1/contacts", json=body, headers=ada.headers, timeout=10).status_code == 201
    refused = ask(ada, "POST", f"{here.url}/api/v1/groups/{chat}/members", users=[late.id])
    assert (refused.status_code, refused.json()["message"]) == (422, "A group has up to 1,000 members.")
