"""By which key push services know this installation (VAPID, RFC 8292).

Where the environment gives none, the first process that needs one makes it, and MongoDB keeps it: one document, written
once, whoever else makes one at that moment.
"""

import base64
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from app.models import PushKey
from app.models.accounts import now
from app.models.upserts import found_or_made
from config import Settings

ALGORITHM = "ES256"
KEY_ID = "vapid"
KEY_BYTES = 32
TOKEN_LIFE_S = 12 * 3600
"""RFC 8292 allows a day; half of one leaves room for clocks that differ."""
RENEW_S = 3600
REMEMBER_TOKENS = 100
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")


def to_base64url(data: bytes) -> str:
    """Without padding, as in all of Web Push."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The bytes; raises ValueError."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Vapid:
    """Signs what goes to push services. ``clock`` gives seconds since 1970."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._given = settings.vapid_private_key
        self._subject = settings.vapid_subject
        self._clock = clock
        self._key: ec.EllipticCurvePrivateKey | None = None
        self._tokens: dict[str, tuple[float, str]] = {}

    @property
    def public_key(self) -> str:
        """What a browser subscribes with: the uncompressed point in base64url. Raises PyMongoError the first time."""
        point = self._private_key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return to_base64url(point)

    def authorization(self, endpoint: str) -> str:
        """The ``Authorization`` header for a request to ``endpoint``; the same one serves a push service for hours."""
        parts = urlsplit(endpoint)
        audience = f"{parts.scheme}://{parts.netloc}"
        known = self._tokens.get(audience)
        present = self._clock()
        if known is None or known[0] - present < RENEW_S:
            if len(self._tokens) >= REMEMBER_TOKENS:
                self._tokens.clear()
            known = self._tokens[audience] = (present + TOKEN_LIFE_S, self._sign(audience, present + TOKEN_LIFE_S))
        return f"vapid t={known[1]}, k={self.public_key}"

    def _sign(self, audience: str, expires_at: float) -> str:
        claims = {"aud": audience, "exp": int(expires_at), "sub": self._subject}
        key = ECKey.import_key(self._private_key())
        return jwt.encode({"typ": "JWT", "alg": ALGORITHM}, claims, key, algorithms=[ALGORITHM])

    def _private_key(self) -> ec.EllipticCurvePrivateKey:
        if self._key is None:
            number = int.from_bytes(from_base64url(self._given or _kept()), "big")
            self._key = ec.derive_private_key(number, ec.SECP256R1())
        return self._key


def _kept() -> str:
    """The installation's private key, made if there is none."""
    made = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(KEY_BYTES, "big")
    fresh = {"private_key": to_base64url(made), "created_at": now()}
    return str(found_or_made(PushKey._get_collection(), {"_id": KEY_ID}, fresh)["private_key"])
