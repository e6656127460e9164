"""Replies, edits, deletions and reactions, between people on two servers."""

import uuid
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import requests

from app.domain.entries import Entry
from app.domain.ids import direct_key, new_id
from app.models import Contact, Conversation, Membership
from app.models.messages import messages, to_document
from tests.installation import Installation, Web
from tests.system.conftest import Client, Person, wait_until

Make = Callable[[str], Person]
Group = Callable[..., str]
PAGE = 200


def ask(person: Person, method: str, url: str, **body: Any) -> requests.Response:
    body.setdefault("client_id", str(uuid.uuid4()))
    return requests.request(method, url, json=body, headers=person.headers, timeout=15)


def revise(client: Client, event: str, conversation: str, target: int, **more: Any) -> dict[str, Any]:
    return client.call(event, conversation=conversation, client_id=str(uuid.uuid4()), target=target, **more)


def page(person: Person, server: Web, conversation: str, after: int = 0, until: int = PAGE) -> list[dict[str, Any]]:
    url = f"{server.url}/api/v1/conversations/{conversation}/entries?after={after}&until={until}"
    entries: list[dict[str, Any]] = person.get(url).json()["entries"]
    return entries


def view(person: Person, server: Web, conversation: str) -> dict[str, Any]:
    answer: dict[str, Any] = person.get(f"{server.url}/api/v1/conversations/{conversation}").json()
    return answer


@pytest.fixture
def servers(installation: Installation) -> tuple[Web, Web]:
    installation.worker()
    return installation.web(), installation.web()


@pytest.fixture
def direct(installation: Installation) -> Callable[[Person, Person], str]:
    def make(one: Person, other: Person) -> str:
        key = direct_key(one.id, other.id)
        chat = Conversation(id=new_id(), kind="direct", direct_key=key, created_by=one.id).save(force_insert=True)
        for person in (one, other):
            Membership(conversation=chat.id, user=person.id).save()
        return str(chat.id)

    return make


def test_everybody_hears_it_and_a_fresh_page_shows_the_same(
    servers: tuple[Web, Web], person: Make, group: Group
) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    a, b = ada.client(here.url), ben.client(there.url)
    seq = a.post(chat, "helo")["seq"]
    assert revise(a, "edit", chat, seq, body=" hello ")["seq"] == 2
    assert revise(b, "react", chat, seq, emoji="👍", active=True)["seq"] == 3
    reply = b.call("post", conversation=chat, client_id=str(uuid.uuid4()), body="hi", reply_to=seq)
    assert (reply["seq"], reply["ordinal"]) == (4, 2)
    gone = a.post(chat, "a slip")["seq"]
    assert revise(a, "delete", chat, gone)["ok"]
    for client in (a, b):
        client.wait_for(lambda it: len(it.entries(chat)) >= 6)
    assert a.entries(chat) == b.entries(chat)
    heard = [(e["kind"], e["body"], e.get("target")) for e in b.entries(chat)]
    assert heard[1:4] == [("edited", "hello", seq), ("reacted", "👍", seq), ("text", "hi", seq)]
    first, *_, slip, _ = page(ada, there, chat)
    assert (first["body"], first["rev"], first["reactions"]) == ("hello", 3, [{"user": ben.id, "emoji": "👍"}])
    assert (slip["body"], slip["deleted_by"]) == ("", ada.id)
    assert view(ben, here, chat)["last"] == slip
    synced = b.call("sync", conversation=chat, after=0)["entries"]
    assert synced == page(ada, here, chat)


def test_a_page_that_another_process_remembers_is_forgotten_there(
    servers: tuple[Web, Web], person: Make, group: Group
) -> None:
    here, there = servers
    ada = person("Ada")
    chat = group(ada)
    texts = [Entry(chat, n, n, "text", ada.id, str(uuid.uuid4()), f"message {n}", n) for n in range(1, PAGE + 2)]
    messages().insert_many([to_document(text, "hash") for text in texts])
    a = ada.client(here.url)
    assert [e["body"] for e in page(ada, there, chat)] == [e["body"] for e in page(ada, here, chat)]
    assert revise(a, "edit", chat, 7, body="otherwise")["ok"]
    for server in servers:
        wait_until(lambda s=server: page(ada, s, chat)[6]["body"] == "otherwise", 2)


def test_over_rest_all_of_it_and_what_it_said_before(servers: tuple[Web, Web], person: Make, group: Group) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    entries = f"{here.url}/api/v1/conversations/{chat}/entries"
    assert ask(ben, "POST", entries, body="first").json()["seq"] == 1
    once = str(uuid.uuid4())
    assert [ask(ben, "PATCH", f"{entries}/1", body="second", client_id=once).json()["seq"] for _ in "ab"] == [2, 2]
    assert ask(ada, "PATCH", f"{entries}/1", body="mine").status_code == 403
    assert ask(ada, "POST", f"{entries}/1/reactions", emoji="🎉", active=True).status_code == 200
    assert ask(ada, "POST", f"{entries}/1/reactions", emoji="🎉", active=True).status_code == 409
    assert ask(ada, "POST", f"{entries}/1/reactions", emoji="x", active=True).status_code == 422
    assert ask(ada, "POST", entries, body="a reply", reply_to=1).status_code == 201
    assert ask(ada, "POST", entries, body="a reply", reply_to=99).status_code == 404
    versions = ada.get(f"{there.url}/api/v1/conversations/{chat}/entries/1/versions").json()["versions"]
    assert [version["body"] for version in versions] == ["first", "second"]
    assert ask(ada, "POST", f"{entries}/1/deletion").status_code == 200
    assert ada.get(f"{entries}/1/versions").status_code == 404
    assert "second" not in str(page(ben, there, chat))
    assert person("Eve").get(f"{entries}/1/versions").status_code == 404


def test_bad_input_gets_a_typed_refusal(servers: tuple[Web, Web], person: Make, group: Group) -> None:
    ada = person("Ada")
    url = f"{servers[0].url}/api/v1/conversations/{group(ada)}/entries"
    paths = ("0", "1/deletion", "1/reactions", "9999999999", "99999999999999999999", "x")
    bodies = ({}, {"body": "x" * 9_000}, {"emoji": "👍" * 9, "active": True}, {"body": 7}, {"client_id": "no"})
    for path, body in product(paths, bodies):
        answer = ask(ada, "PATCH" if "/" not in path else "POST", f"{url}/{path}", **body)
        assert answer.status_code in (404, 422), (path, answer.text)
        assert answer.json()["code"] in ("invalid", "not_found")


def test_posts_edits_and_reactions_share_one_limit(servers: tuple[Web, Web], person: Make, group: Group) -> None:
    ada = person("Ada")
    chat = group(ada)
    a = ada.client(servers[0].url)
    a.post(chat, "hello")
    answers = [revise(a, "react", chat, 1, emoji="👍", active=n % 2 == 0) for n in range(80)]
    refused = [answer for answer in answers if not answer["ok"]]
    assert {answer["code"] for answer in refused} <= {"rate_limited"}
    if refused:
        assert a.post(chat, "too much")["code"] == "rate_limited"


def test_nothing_of_what_is_hidden_shows_through(
    servers: tuple[Web, Web], person: Make, direct: Callable[[Person, Person], str]
) -> None:
    """Ben blocks Ada after her first message: her second, and all she makes of the first, are not for him."""
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = direct(ada, ben)
    a, b = ada.client(here.url), ben.client(there.url)
    a.post(chat, "seen")
    answer = requests.patch(
        f"{here.url}/api/v1/contacts/{ada.id}", json={"blocked": True}, headers=ben.headers, timeout=10
    )
    assert answer.status_code == 200 and Contact.objects(owner=ben.id, user=ada.id, blocked_at__ne=None).count() == 1

    def is_withheld() -> bool:
        seq = a.post(chat, "still seen?")["seq"]
        b.wait_for(lambda it: it.entries(chat)[-1]["seq"] == seq)
        return bool(b.entries(chat)[-1]["kind"] == "withheld")

    wait_until(is_withheld)  # every process has heard of it
    before = page(ben, there, chat)
    last = [entry for entry in before if entry["kind"] != "withheld"][-1]
    secret = a.post(chat, "secret")["seq"]
    for target in (1, secret):
        assert revise(a, "edit", chat, target, body=f"secret {target}")["ok"]
        assert revise(a, "react", chat, target, emoji="🎉", active=True)["ok"]
    assert revise(a, "delete", chat, 1)["ok"]
    b.wait_for(lambda it: it.entries(chat)[-1]["seq"] == secret + 5)
    assert page(ben, there, chat)[: len(before)] == before
    assert view(ben, there, chat)["last"] == last
    withheld = [e for e in [*page(ben, here, chat), *b.entries(chat)] if e["seq"] >= secret]
    assert {(e["kind"], e["sender"], e["body"], e.get("target"), e.get("rev")) for e in withheld} == {
        ("withheld", "", "", None, None)
    }
    assert "secret" not in str(b.facts)
    assert page(ada, here, chat)[0]["body"] == ""


def test_who_was_removed_sees_nothing_that_came_after(servers: tuple[Web, Web], person: Make, group: Group) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    a = ada.client(here.url)
    for text in ("one", "two", "three"):
        a.post(chat, text)
    revise(a, "edit", chat, 1, body="one, edited")
    removed = ask(ada, "POST", f"{here.url}/api/v1/groups/{chat}/members/{ben.id}/removal")
    assert removed.status_code == 200, removed.text
    before = page(ben, there, chat)
    revise(a, "edit", chat, 1, body="later")
    revise(a, "edit", chat, 2, body="later")
    revise(a, "react", chat, 2, emoji="🎉", active=True)
    revise(a, "edit", chat, 3, body="later")
    after = page(ben, there, chat)
    assert [e["body"] for e in after] == [e["body"] for e in before]
    assert "later" not in str(after) and "🎉" not in str(after)
    versions = ben.get(f"{here.url}/api/v1/conversations/{chat}/entries/1/versions").json()["versions"]
    assert [version["body"] for version in versions] == ["one", "one, edited"]


def test_a_pin_reaches_the_other_server_and_who_comes_later(
    servers: tuple[Web, Web], person: Make, direct: Callable[[Person, Person], str]
) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = direct(ada, ben)
    a, b = ada.client(here.url), ben.client(there.url)
    first, second = a.post(chat, "one")["seq"], a.post(chat, "two")["seq"]
    assert revise(b, "pin", chat, first, active=True)["seq"] == 3
    pin = f"{there.url}/api/v1/conversations/{chat}/entries/{second}/pin"
    assert ask(ada, "POST", pin, active=True).json()["seq"] == 4
    assert ask(ada, "POST", pin, active=True).status_code == 409
    a.wait_for(lambda it: len(it.entries(chat)) >= 4)
    assert [(e["kind"], e["target"]) for e in a.entries(chat)[2:]] == [("pinned", first), ("pinned", second)]
    assert revise(a, "delete", chat, first)["ok"]
    for server in servers:
        shown = view(ben, server, chat)
        assert (shown["pins"], shown["pins_rev"]) == ([{"seq": second, "by": ada.id}], 5)


def hidden(client: Client) -> list[list[int]]:
    """What each view that the client was told says of messages deleted for oneself."""
    views = [fact["conversation"] for name, fact in client.facts if name == "conversation_added"]
    return [view["me"]["hidden"] for view in views]


def test_what_one_deletes_for_oneself_is_gone_on_all_ones_devices_and_nobody_notices(
    servers: tuple[Web, Web], person: Make, direct: Callable[[Person, Person], str]
) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = direct(ada, ben)
    a, b = ada.client(here.url), ben.client(there.url)
    seq = a.post(chat, "one")["seq"]
    answer = ask(ben, "POST", f"{here.url}/api/v1/conversations/{chat}/entries/{seq}/hiding")
    assert answer.json()["me"]["hidden"] == [seq]
    b.wait_for(lambda it: [seq] in hidden(it))
    assert view(ben, there, chat)["me"]["hidden"] == [seq]
    assert view(ada, there, chat)["me"]["hidden"] == []
    assert not any(hidden(a))
    second = a.post(chat, "two")["seq"]
    several = f"{here.url}/api/v1/conversations/{chat}/hiding"
    for wrong in ([], [0], [*range(1, 102)]):
        assert requests.post(several, json={"entries": wrong}, headers=ben.headers, timeout=15).status_code == 422
    answer = requests.post(several, json={"entries": [seq, second]}, headers=ben.headers, timeout=15)
    assert answer.json()["me"]["hidden"] == [seq, second]


def test_what_is_forwarded_says_so_to_everybody_and_once(
    servers: tuple[Web, Web], person: Make, direct: Callable[[Person, Person], str]
) -> None:
    here, there = servers
    ada, ben = person("Ada"), person("Ben")
    chat = direct(ada, ben)
    a, b = ada.client(here.url), ben.client(there.url)
    message = {"conversation": chat, "client_id": str(uuid.uuid4()), "body": "said elsewhere", "forwarded": True}
    first = a.call("post", **message)
    assert a.call("post", **message)["seq"] == first["seq"] == 1
    assert a.call("post", **{**message, "forwarded": False})["code"] == "client_id_reused"
    a.post(chat, "said here")
    b.wait_for(lambda it: len(it.entries(chat)) >= 2)
    for told in (b.entries(chat), page(ben, there, chat)):
        assert [entry.get("forwarded") for entry in told] == [True, None]
        assert {entry["sender"] for entry in told} == {ada.id}
    url = f"{here.url}/api/v1/conversations/{chat}/entries"
    assert ask(ada, "POST", url, body="over REST", forwarded=True).status_code == 201
    assert page(ben, there, chat)[-1]["forwarded"] is True
    assert ask(ada, "POST", url, body="x", forwarded=True, reply_to=1).status_code == 422
