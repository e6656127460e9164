"""Text messages: Twilio's REST call, against a server that answers as Twilio does."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
from structlog.testing import capture_logs

from app.domain.errors import Unavailable
from app.services import sms
from app.services.sms import ConsoleSms, NoSms, TwilioSms, provider_for
from config import Settings

TEXT = "123456 is your Chatter code."


class Twilio(ThreadingHTTPServer):
    """Keeps what it is asked; ``status`` and ``error`` are what it answers, after ``silence`` was lifted."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.status, self.error = 201, 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Twilio

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, self.headers["Authorization"], parse_qs(body)))
        self.server.may_answer.wait(20)
        answer = {"sid": "SM1"} if self.server.status == 201 else {"code": self.server.error, "message": "to +447400"}
        self.send_response(self.server.status)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    server = Twilio()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.may_answer.set()
    server.shutdown()
    server.server_close()


def provider(url: str) -> TwilioSms:
    return TwilioSms("AC123", "the auth token", "+15005550006", url)


def test_a_text_goes_out_as_twilio_wants_it(twilio: Twilio) -> None:
    provider(twilio.url).send("+447400123456", TEXT)
    path, authorization, form = twilio.asked[0]
    assert path == "/2010-04-01/Accounts/AC123/Messages.json"
    assert authorization == "Basic " + base64.b64encode(b"AC123:the auth token").decode()
    assert form == {"To": ["+447400123456"], "From": ["+15005550006"], "Body": [TEXT]}


@pytest.mark.parametrize("status", [200, 302, 400, 401, 429, 500, 503])
def test_whatever_is_not_accepted_is_unavailable_and_gives_nothing_away(twilio: Twilio, status: int) -> None:
    twilio.status, twilio.error = status, 21211
    with capture_logs() as logs, pytest.raises(Unavailable) as refused:
        provider(twilio.url).send("+447400123456", TEXT)
    assert len(twilio.asked) == 1, "a redirect was followed with the credentials"
    said = f"{logs} {refused.value.to_wire()}"
    for secret in ("7400", "123456", "auth token"):
        assert secret not in said


def test_a_provider_that_is_down_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        provider("http://127.0.0.1:1").send("+447400123456", TEXT)


def test_a_provider_that_does_not_answer_is_given_up(twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT_S", 0.2)
    twilio.may_answer.clear()
    with pytest.raises(Unavailable):
        provider(twilio.url).send("+447400123456", TEXT)


def test_the_console_is_a_log_line() -> None:
    with capture_logs() as logs:
        ConsoleSms().send("+447400123456", TEXT)
    assert logs == [{"event": "sms_code", "log_level": "info", "to": "+447400123456", "says": TEXT}]


def test_the_settings_choose_the_provider() -> None:
    base = {"SECRET_KEY": "a", "JWT_SECRET_KEY": "b", "MONGODB_URI": "mongodb://x", "REDIS_URL": "redis://x"}
    credentials = {"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t", "TWILIO_FROM": "+15005550006"}

    def chosen(name: str) -> object:
        google = {"GOOGLE_CLIENT_ID": "c", "GOOGLE_CLIENT_SECRET": "s"}
        return provider_for(
            Settings.from_env({**base, **credentials, **google, "CHATTER_ENV": "test", "SMS_PROVIDER": name})
        )

    assert isinstance(chosen("console"), ConsoleSms)
    assert isinstance(chosen("twilio"), TwilioSms)
    assert isinstance(chosen("none"), NoSms)
    with pytest.raises(Unavailable):
        NoSms().send("+447400123456", TEXT)
