"""What a web process says over TLS, in the process that production runs."""

import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import requests
import trustme

from tests.installation import Installation


class Twilio(BaseHTTPRequestHandler):
    """Takes every text."""

    texts: list[str]

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.texts.append(form["Body"][0])
        self.send_response(201)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, Path]:
    made, path = trustme.CA(), tmp_path / "authority.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


@pytest.fixture
def twilio(authority: tuple[trustme.CA, Path]) -> Iterator[ThreadingHTTPServer]:
    Twilio.texts = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Twilio)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_code_goes_out_over_tls(
    installation: Installation, twilio: ThreadingHTTPServer, authority: tuple[trustme.CA, Path]
) -> None:
    """Where ssl is imported before it is patched, every such request ends in a RecursionError."""
    web = installation.web(
        SMS_PROVIDER="twilio",
        TWILIO_ACCOUNT_SID="AC1",
        TWILIO_AUTH_TOKEN="a-token",
        TWILIO_FROM="+15005550006",
        TWILIO_BASE_URL=f"https://localhost:{twilio.server_port}",
        REQUESTS_CA_BUNDLE=str(authority[1]),
    )
    with requests.Session() as browser:
        page = browser.get(f"{web.url}/sign-in", timeout=10)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert token
        form = {"csrf_token": token[1], "region": "US", "number": "201 555 0123"}
        answer = browser.post(f"{web.url}/sign-in/phone", data=form, headers={"Referer": page.url}, timeout=20)
    assert answer.url.endswith("/sign-in/code"), answer.text[:2000]
    assert re.search(r"\b\d{6}\b", Twilio.texts[0])
    assert "MonkeyPatchWarning" not in web.log.read_text()
