"""One message to one push service: sealed for the browser (RFC 8291), signed by us (RFC 8292), and what became of it."""

from dataclasses import dataclass
from typing import Literal

import gevent
import http_ece
import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from app.services.outgoing import NotReached, Outgoing
from app.services.vapid import Vapid, from_base64url

TTL_S = 24 * 3600
"""A browser that comes back later hears of it from the chat itself."""
RETRY_AFTER_MOST_S = 24 * 3600
POINT_BYTES = 65
SECRET_BYTES = 16

Became = Literal["sent", "gone", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``gone``: the subscription is no more. ``failed``: not now, and not before ``retry_after`` seconds where they said
    so; ``why`` is for a log."""

    became: Became
    retry_after: float = 0
    why: str = ""


def is_key(text: str) -> bool:
    """Is this a browser's public key: an uncompressed point of P-256 in base64url?"""
    try:
        point = from_base64url(text)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == POINT_BYTES


def is_secret(text: str) -> bool:
    """Is this a browser's authentication secret: 16 bytes in base64url?"""
    try:
        return len(from_base64url(text)) == SECRET_BYTES
    except ValueError:
        return False


class PushSender:
    def __init__(self, vapid: Vapid, outgoing: Outgoing) -> None:
        self._vapid = vapid
        self._outgoing = outgoing

    def send(self, subscription: dict[str, str], topic: str, payload: dict[str, object]) -> Outcome:
        """Send ``payload`` to the subscription; one that waits there under the same ``topic`` is replaced."""
        sealed = _off_the_loop(subscription, orjson.dumps(payload))
        endpoint = subscription["endpoint"]
        headers = {
            "Authorization": self._vapid.authorization(endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_S),
            "Topic": topic,
            "Urgency": "high",
        }
        try:
            answer = self._outgoing.post(endpoint, sealed, headers)
        except NotReached as error:
            return Outcome("failed", why=str(error))
        if 200 <= answer.status < 300:
            return Outcome("sent")
        if answer.status in (404, 410):
            return Outcome("gone")
        return Outcome("failed", _seconds(answer.headers.get("Retry-After")), f"status {answer.status}")


def seal(subscription: dict[str, str], data: bytes) -> bytes:
    """``data`` so that nobody but the subscribed browser can read it."""
    sealed: bytes = http_ece.encrypt(
        data,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=from_base64url(subscription["p256dh"]),
        auth_secret=from_base64url(subscription["auth"]),
        version="aes128gcm",
    )
    return sealed


def _off_the_loop(subscription: dict[str, str], data: bytes) -> bytes:
    sealed: bytes = gevent.get_hub().threadpool.apply(seal, (subscription, data))
    return sealed


def _seconds(retry_after: str | None) -> float:
    """``Retry-After`` as seconds; a date is not believed."""
    text = (retry_after or "").strip()
    return float(min(int(text), RETRY_AFTER_MOST_S)) if text.isdecimal() and len(text) < 10 else 0
