"""An open socket has no greenlet that waits for it: it loses nothing at its beginning, and nothing at its end."""

import base64
import json
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable

import pytest
import socketio
import websocket
from wsaccel.xormask import XorMaskerSimple

from tests.installation import Installation
from tests.system.conftest import HANDSHAKE, Person, link_of, wait_until

Make = Callable[[str], Person]


def _close_code(link: websocket.WebSocket) -> int:
    while (frame := link.recv_frame()).opcode != websocket.ABNF.OPCODE_CLOSE:
        pass
    return int.from_bytes(frame.data[:2], "big")


def test_what_is_said_in_one_breath_with_the_handshake_is_heard(installation: Installation, person: Make) -> None:
    web, ada = installation.web(), person("Ada")
    said = ("40" + json.dumps({"token": ada.token})).encode()
    mask = os.urandom(4)
    request = (
        f"GET {HANDSHAKE} HTTP/1.1\r\nHost: localhost:{web.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\n\r\n"
    )
    length = bytes((0x81, 0xFE)) + len(said).to_bytes(2, "big")
    with socket.create_connection(("localhost", web.port), timeout=10) as connection:
        connection.sendall(request.encode() + length + mask + XorMaskerSimple(mask).process(said))
        heard = b""
        while b'40{"sid"' not in heard:
            heard += connection.recv(4096) or pytest.fail(f"closed after {heard!r}")


def test_a_process_that_stops_waits_for_answers_and_says_goodbye_to_every_socket(
    installation: Installation, person: Make, group: Callable[..., str]
) -> None:
    worker = installation.worker()
    web, ada = installation.web(EMBEDDED_COMMITTER="false"), person("Ada")
    chat = group(ada)
    links = [link_of(web.port, ada) for _ in range(5)]
    worker.signal(signal.SIGSTOP)  # so that nothing is answered, and the goodbye comes late
    for link in links:
        post = {"conversation": chat, "client_id": str(uuid.uuid4()), "body": "hello"}
        link.send("421" + json.dumps(["post", post]))
    time.sleep(0.5)
    web.signal(signal.SIGTERM)
    try:
        assert [_close_code(link) for link in links] == [1001] * len(links)
    finally:
        worker.signal(signal.SIGCONT)
    assert web.wait() == 0
    assert web.log.read_text().count("socket_disconnected") == len(links)


def test_there_are_no_more_sockets_than_allowed(installation: Installation, person: Make) -> None:
    web, ada = installation.web(GUNICORN_CMD_ARGS="--worker-connections 3"), person("Ada")
    links = [link_of(web.port, ada) for _ in range(3)]
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        link_of(web.port, ada)
    assert refusal.value.status_code == 503
    links.pop().close()
    wait_until(lambda: "socket_disconnected" in web.log.read_text())
    link_of(web.port, ada)


def test_who_begins_by_polling_goes_on_over_a_websocket(
    installation: Installation, person: Make, group: Callable[..., str]
) -> None:
    web = installation.web(SOCKET_TRANSPORTS="websocket,polling", STICKY_SESSIONS="true")
    ada, ben = person("Ada"), person("Ben")
    chat = group(ada, ben)
    heard: list[str] = []
    polled = socketio.Client(reconnection=False)
    polled.on("entries", lambda fact: heard.extend(entry["body"] for entry in fact["entries"]))
    polled.connect(web.url, auth={"token": ben.token}, transports=["polling", "websocket"], wait_timeout=10)
    try:
        wait_until(lambda: polled.transport() == "websocket")
        assert polled.call("heads", {"visible": True}, timeout=10)["ok"]
        assert ada.client(web.url).post(chat, "hello")["ok"]
        wait_until(lambda: heard == ["hello"])
        polled.emit("post", {"body": "x" * 100_000})
        wait_until(lambda: not polled.connected)
    finally:
        polled.disconnect()
    wait_until(
        lambda: any("socket_disconnected" in line and ben.id in line for line in web.log.read_text().splitlines())
    )
