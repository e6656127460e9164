"""Who may hold a socket, and for how long."""

import time
from collections.abc import Callable

import pytest
import requests
import socketio
import websocket

from app.models import Contact, Device, User
from app.models.accounts import now
from tests.installation import Installation, Web
from tests.system.conftest import Client, Person

Make = Callable[[str], Person]

HANDSHAKE = "/socket.io/?EIO=4&transport=websocket"


@pytest.fixture
def web(installation: Installation) -> Web:
    return installation.web()


def closes(client: Client, within_s: float) -> bool:
    limit = time.monotonic() + within_s
    while client.io.connected and time.monotonic() < limit:
        time.sleep(0.05)
    return not client.io.connected


def test_signing_a_device_out_closes_its_socket_and_says_why(web: Web, person: Make) -> None:
    ada = person("Ada")
    client = ada.client(web.url)
    device = ada.get(f"{web.url}/api/v1/devices").json()
    device_id = (device["devices"] if isinstance(device, dict) else device)[0]["id"]
    answer = requests.delete(f"{web.url}/api/v1/devices/{device_id}", headers=ada.headers, timeout=10)
    assert answer.status_code in (200, 204)
    client.wait_for(lambda c: "signed_out" in [name for name, _ in c.facts])
    assert closes(client, 5)
    assert ada.get(f"{web.url}/api/v1/me").status_code == 401


@pytest.mark.parametrize("what", ["device signed out", "user disabled"])
def test_a_socket_dies_within_thirty_seconds_even_if_nobody_says_so(web: Web, person: Make, what: str) -> None:
    ada = person("Ada")
    client = ada.client(web.url)
    if what == "user disabled":
        User.objects(id=ada.id).update_one(set__disabled_at=now())
    else:
        Device.objects(user=ada.id).update(set__signed_out_at=now())
    assert closes(client, 30)


def test_a_foreign_or_null_origin_is_refused_before_any_event(web: Web) -> None:
    for origin in ("https://evil.example", "null"):
        with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
            websocket.create_connection(web.url.replace("http", "ws") + HANDSHAKE, origin=origin, timeout=5)
        assert refusal.value.status_code == 400


def test_a_cookie_without_an_origin_is_refused(web: Web) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        websocket.create_connection(
            web.url.replace("http", "ws") + HANDSHAKE, cookie="session=x", suppress_origin=True, timeout=5
        )
    assert refusal.value.status_code == 400


def test_nothing_but_the_socket_path_becomes_a_websocket(web: Web) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        websocket.create_connection(web.url.replace("http", "ws") + "/health", origin=web.url, timeout=5)
    assert refusal.value.status_code == 400


def test_a_transport_that_never_connects_is_closed(web: Web) -> None:
    link = websocket.create_connection(web.url.replace("http", "ws") + HANDSHAKE, origin=web.url, timeout=20)
    began = time.monotonic()
    with pytest.raises((websocket.WebSocketConnectionClosedException, OSError)):
        while True:
            if link.recv() == "2":
                link.send("3")
    assert 5 < time.monotonic() - began < 15


def test_a_frame_above_the_limit_ends_that_socket_and_no_other(web: Web, person: Make) -> None:
    loud, calm = person("Loud").client(web.url), person("Calm").client(web.url)
    loud.io.emit("post", {"body": "x" * 100_000})
    assert closes(loud, 10)
    assert calm.call("heads", visible=True)["ok"]


def test_a_flood_is_slowed_and_the_neighbour_unaffected(web: Web, person: Make, group: Callable[..., str]) -> None:
    loud, calm = person("Loud"), person("Calm")
    one, two = group(loud), group(calm)
    flooding, client = loud.client(web.url), calm.client(web.url)
    codes = [flooding.post(one, f"m{i}").get("code") for i in range(200)]
    assert "rate_limited" in codes
    assert set(codes) <= {None, "rate_limited"}
    began = time.monotonic()
    assert client.post(two, "calm")["ok"]
    assert time.monotonic() - began < 1


def test_what_a_blocked_person_writes_does_not_arrive_and_they_cannot_tell(web: Web, person: Make) -> None:
    ada, bob = person("Ada"), person("Bob")
    opened = requests.post(
        f"{web.url}/api/v1/conversations", json={"user": bob.id}, headers=ada.headers, timeout=10
    ).json()
    conversation = opened["id"]
    a, b = ada.client(web.url), bob.client(web.url)
    assert a.post(conversation, "hello")["seq"] == 1
    b.wait_for(lambda c: "conversation_added" in [name for name, _ in c.facts])
    assert Contact.objects(owner=bob.id, user=ada.id).count() == 1, "writing makes contacts of both"
    assert b.call("sync", conversation=conversation, after=0)["entries"][0]["body"] == "hello"
    changed = requests.patch(
        f"{web.url}/api/v1/contacts/{ada.id}", json={"blocked": True}, headers=bob.headers, timeout=10
    )
    assert changed.status_code == 200, changed.text
    ack = a.post(conversation, "can you hear me?")
    assert (ack["ok"], ack["seq"]) == (True, 2)
    b.wait_for(lambda c: 2 in [e["seq"] for e in c.entries(conversation)])
    [told] = [e for e in b.entries(conversation) if e["seq"] == 2]
    assert (told["kind"], told["body"], told["sender"]) == ("withheld", "", "")
    assert [e["body"] for e in b.call("sync", conversation=conversation, after=1)["entries"]] == [""]
    assert [e["body"] for e in a.call("sync", conversation=conversation, after=1)["entries"]] == ["can you hear me?"]
    assert b.call("read", conversation=conversation, delivered=2, read=2)["ok"]
    assert a.post(conversation, "hello?")["ok"]
    assert not [fact for name, fact in a.facts if name == "cursors" and fact["user"] == bob.id and fact["read"] >= 2]


def test_an_event_after_the_token_was_revoked_is_refused_at_the_next_connection(web: Web, person: Make) -> None:
    ada = person("Ada")
    Device.objects(user=ada.id).update(set__signed_out_at=now())
    with pytest.raises(socketio.exceptions.ConnectionError):
        ada.client(web.url)
