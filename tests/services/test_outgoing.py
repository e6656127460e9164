"""Whatever address a user gives, no request leaves for a private one, and none is kept waiting."""

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.services import outgoing
from app.services.outgoing import NotReached, Outgoing, is_public, may_ask

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_private_however_it_is_wrapped(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "", "https://", "http://push.example.com/x", "ftp://push.example.com/x", "//push.example.com/x",
        "https://localhost/x", "https://intranet/x", "https://printer.local/x", "https://db.internal/x",
        "https://127.0.0.1/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://169.254.169.254/latest/meta-data",
        "https://user:password@push.example.com/x", "https://push.example.com:port/x", "https://push.example.com/x#part",
        "https://push.example.com/a b", "https://push.example.com/a\r\nHost: b", 'https://push.example.com/"', "https://[x",
        "https://pusḥ.example.com/x", "https://push.example.com/" + "x" * 2_000, "file:///etc/passwd",
    ],
)  # fmt: skip
def test_what_is_no_public_https_address_is_not_asked(url: str) -> None:
    assert not may_ask(url, loopback=False)
    with pytest.raises(NotReached):
        Outgoing().post(url, b"", {})


def test_push_services_are_asked_and_loopback_only_where_tests_want_it() -> None:
    for url in ("https://fcm.googleapis.com/fcm/send/a:b", "https://push.example.com:8443/x?y=z", "https://8.8.8.8/x"):
        assert may_ask(url, loopback=False) and may_ask(url, loopback=True)
    assert may_ask("http://127.0.0.1:5001/x", loopback=True)
    for url in ("http://10.0.0.1/x", "http://push.example.com/x", "https://192.168.0.1/x"):
        assert not may_ask(url, loopback=True)


class Web(ThreadingHTTPServer):
    """Counts what comes, and answers as ``how`` says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.how = ""
        self.over = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Web

    def do_POST(self) -> None:
        self.server.asked.append(self.path)
        if self.server.how == "silent":
            self.server.over.wait(20)
        if self.server.how == "elsewhere":
            self.send_response(307)
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
            self.end_headers()
            return
        self.send_response(200)
        self.end_headers()
        try:
            while self.server.how == "endless" and not self.server.over.is_set():
                self.wfile.write(b"x" * 65_536)
        except OSError:
            self.server.over.set()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


def test_a_name_that_leads_to_a_private_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it leads to a public one besides, and where it says something else when it is asked again."""
    connected: list[Any] = []

    def connect(self: socket.socket, where: Any) -> None:
        connected.append(where)
        raise OSError("not in a test")

    def ask(*answers: list[Any]) -> None:
        found = iter(answers)
        monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: next(found))
        with pytest.raises(NotReached):
            Outgoing().post("https://push.example.com/x", b"body", {})

    monkeypatch.setattr(outgoing.socket.socket, "connect", connect)
    here = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
    ask([here])
    ask([public, here])
    assert connected == []
    ask([public], [here], [here])
    assert connected == [("93.184.216.34", 443)], "the address that was looked at, and no other look"


def test_a_redirect_is_not_followed(web: Web) -> None:
    web.how = "elsewhere"
    assert Outgoing(loopback=True).post(f"http://127.0.0.1:{web.server_port}/x", b"body", {}).status == 307
    assert web.asked == ["/x"]


def test_an_endless_answer_is_left(web: Web) -> None:
    web.how = "endless"
    assert Outgoing(loopback=True).post(f"http://127.0.0.1:{web.server_port}/x", b"body", {}).status == 200
    assert web.over.wait(10), "the connection was closed"


def test_who_does_not_answer_is_left(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "WHOLE_S", 0.3)
    web.how = "silent"
    with pytest.raises(NotReached, match="too slow"):
        Outgoing(loopback=True).post(f"http://127.0.0.1:{web.server_port}/x", b"body", {})


def test_nobody_there_is_not_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(NotReached):
        Outgoing(loopback=True).post(f"http://127.0.0.1:{port}/x", b"body", {})
