"""A push service on loopback, and browsers that subscribed there: what arrives is checked and opened as they would."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from app.services.vapid import from_base64url, to_base64url

DAY_S = 24 * 3600


class PushBrowser:
    """A browser's subscription. ``got`` are the payloads it could open, ``status`` is what its service answers."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.asked = 0
        self.status, self.retry_after = 201, ""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = b"0123456789abcdef"

    @property
    def keys(self) -> dict[str, str]:
        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": to_base64url(point), "auth": to_base64url(self._secret)}

    @property
    def subscription(self) -> dict[str, Any]:
        """What ``PushSubscription.toJSON()`` is."""
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": self.keys}

    def take(self, headers: dict[str, str], body: bytes) -> None:
        opened = http_ece.decrypt(body, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        self.headers.append(headers)
        self.got.append(json.loads(opened))


class PushService(ThreadingHTTPServer):
    """Takes pushes for its browsers. What was wrong with a request stands in ``complaints``."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.browsers: dict[str, PushBrowser] = {}
        self.complaints: list[str] = []
        self.public_keys: set[str] = set()
        self.may_answer = threading.Event()
        self.may_answer.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def browser(self) -> PushBrowser:
        path = f"/push/{len(self.browsers)}"
        self.browsers[path] = PushBrowser(self.url + path)
        return self.browsers[path]

    def check(self, headers: dict[str, str]) -> None:
        """Is it signed as RFC 8292 wants it, for this service, by the key that it names?"""
        scheme, _, rest = headers["authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert scheme == "vapid", scheme
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(parts["k"]))
        token = jwt.decode(parts["t"], ECKey.import_key(point), algorithms=["ES256"])
        assert token.claims["aud"] == self.url, token.claims
        assert time.time() < token.claims["exp"] <= time.time() + DAY_S, token.claims
        assert str(token.claims["sub"]).startswith(("https://", "mailto:")), token.claims
        assert headers["content-encoding"] == "aes128gcm" and int(headers["ttl"]) > 0, headers
        self.public_keys.add(parts["k"])

    def close(self) -> None:
        self.may_answer.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        browser = self.server.browsers[self.path]
        browser.asked += 1
        self.server.may_answer.wait(30)
        try:
            self.server.check(headers)
            if browser.status == 201:
                browser.take(headers, body)
        except Exception as error:
            self.server.complaints.append(repr(error))
        self.send_response(browser.status)
        if browser.retry_after:
            self.send_header("Retry-After", browser.retry_after)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...
