"""Who may hold a socket, and for how long."""

import contextlib
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable

import pytest
import requests
import socketio
import websocket

from app.models import Contact, Device, User
from app.models.accounts import now
from app.realtime import rooms
from app.realtime.broadcast import Broadcaster
from app.stores import connect_redis
from tests.installation import Installation, Web
from tests.system.conftest import HANDSHAKE, Client, Person, wait_until

Make = Callable[[str], Person]


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
    codes: list[str | None] = []
    for i in range(200):
        message = {"conversation": one, "client_id": str(uuid.uuid4()), "body": f"m{i}"}
        flooding.io.emit("post", message, callback=lambda answer: codes.append(answer.get("code")))
    wait_until(lambda: len(codes) == 200, 30)
    assert "rate_limited" in codes
    assert set(codes) <= {None, "rate_limited"}
    began = time.monotonic()
    assert client.post(two, "calm")["ok"]
    assert time.monotonic() - began < 3


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


def test_a_sockets_first_packet_says_that_it_is_connected(web: Web, installation: Installation, person: Make) -> None:
    """However much is told to those who are in its rooms by then: it is part of the greeting."""
    ada = person("Ada")
    with connect_redis(installation.environment["REDIS_URL"]) as redis:
        broadcaster, over = Broadcaster(redis), threading.Event()

        def tell_and_tell() -> None:
            while not over.wait(0.001):
                broadcaster.emit_all([(rooms.EVERYBODY, "entries", {})])
                broadcaster.emit("entries", {}, namespace="/", room=rooms.of_user(ada.id))

        telling = threading.Thread(target=tell_and_tell)
        telling.start()
        try:
            for _ in range(20):
                link = _websocket(web)
                assert str(link.recv()).startswith("0")
                link.send("40" + json.dumps({"token": ada.token}))
                assert str(link.recv()).startswith("40")
                assert str(link.recv()).startswith("42")
                link.close()
        finally:
            over.set()
            telling.join()


def _websocket(web: Web) -> websocket.WebSocket:
    return websocket.create_connection(
        f"ws://localhost:{web.port}{HANDSHAKE}", origin=web.url, timeout=10, enable_multithread=False
    )


def _close_code(connection: websocket.WebSocket) -> int:
    while True:
        frame = connection.recv_frame()
        if frame.opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(frame.data[:2], "big")


def test_a_message_too_large_is_closed_with_its_code_in_one_frame_or_in_many(web: Web) -> None:
    whole = _websocket(web)
    whole.send("x" * 70_000)
    assert _close_code(whole) == 1009
    pieces = _websocket(web)
    sent = 0
    with pytest.raises((OSError, websocket.WebSocketException, AssertionError)):
        for i in range(200):
            opcode = websocket.ABNF.OPCODE_CONT if i else websocket.ABNF.OPCODE_TEXT
            pieces.send_frame(websocket.ABNF.create_frame("x" * 30_000, opcode, fin=0))
            sent += 1
            time.sleep(0.01)
        raise AssertionError("the server took six megabytes of one message")
    assert sent < 20


def test_a_history_of_long_messages_arrives_page_by_page(web: Web, person: Make, group: Callable[..., str]) -> None:
    """Two hundred of the longest messages are more than a connection may hold; a burst of them reaches a listener."""
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    writer, listener = ada.client(web.url), ben.client(web.url)
    for i in range(60):
        assert writer.post(chat, f"{i:02}" + "한" * 7_990)["seq"] == i + 1
    listener.wait_for(lambda c: len(c.entries(chat)) == 60, 20)
    late, after, complete = ben.client(web.url), 0, False
    while not complete:
        page = late.call("sync", conversation=chat, after=after)
        assert page["entries"][0]["seq"] == after + 1
        after, complete = page["entries"][-1]["seq"], page["complete"]
    assert after == 60
    assert listener.io.connected
    assert late.io.connected


def test_a_peer_that_stops_reading_is_let_go(web: Web, person: Make, group: Callable[..., str]) -> None:
    """Its greenlets and what is held for it go with it, soon after the silence is noticed."""
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    stalled = websocket.create_connection(
        f"ws://localhost:{web.port}{HANDSHAKE}",
        origin=web.url,
        timeout=10,
        sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)],
    )
    stalled.send("40" + json.dumps({"token": ben.token}))
    writer = ada.client(web.url)
    wait_until(lambda: "socket_connected" in web.log.read_text() and ben.id in web.log.read_text())
    for i in range(59):
        writer.post(chat, f"{i:02}" + "한" * 7_990)
    wait_until(lambda: f'"user":"{ben.id}"' in "".join(_disconnections(web)), 45)
    assert writer.post(chat, "still here")["ok"]


def _disconnections(web: Web) -> list[str]:
    return [line for line in web.log.read_text().splitlines() if "socket_disconnected" in line]


NONSENSE = ("4", "4x", "42{", '42["post"', "499[]", "45-[]", "4210000000000[]", "9", "b!")


def test_what_is_no_packet_closes_that_socket_with_one_line_and_no_stack(web: Web, person: Make) -> None:
    ada = person("Ada")
    neighbour = ada.client(web.url)
    for nonsense in NONSENSE:
        before = len(web.log.read_text())
        stranger = _websocket(web)
        stranger.send("40" + json.dumps({"token": ada.token}))
        stranger.send(nonsense)
        with contextlib.suppress(OSError, websocket.WebSocketException):
            _close_code(stranger)
        assert neighbour.call("heads", visible=True)["ok"]
        said = web.log.read_text()[before:]
        assert "Traceback" not in said, nonsense
        assert said.count("socket_spoke_nonsense") <= 1


def test_a_message_can_be_followed_by_socket_conversation_and_number(
    web: Web, person: Make, group: Callable[..., str]
) -> None:
    ada = person("Ada")
    chat = group(ada, person("Ben"))
    ada.client(web.url).post(chat, "by socket")
    posted = {"client_id": str(uuid.uuid4()), "body": "by REST"}
    url = f"{web.url}/api/v1/conversations/{chat}/entries"
    assert requests.post(url, json=posted, headers=ada.headers, timeout=10).status_code == 201
    lines = [json.loads(line) for line in web.log.read_text().splitlines() if '"posted"' in line and chat in line]
    assert [(line["conversation"], line["seq"]) for line in lines] == [(chat, 1), (chat, 2)]
    opened = next(line for line in web.log.read_text().splitlines() if "socket_connected" in line and ada.id in line)
    assert lines[0]["socket"] == json.loads(opened)["socket"]
    assert lines[1]["request"]
    assert "by socket" not in web.log.read_text()
