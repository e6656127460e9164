"""Six-digit codes by text message: who holds the telephone may sign in, or link its number.

Nothing here looks at accounts, so a number that has one and a number that has none get the same answer in the same
time; an account comes into being after a right code and not before.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from redis import Redis

from app.domain.errors import CodeRefused, RateLimited, StaleSignIn
from app.languages import say
from app.services.code_store import CodeStore, TooSoon
from app.services.limits import Limits
from app.services.sms import SmsProvider
from config import Settings

CODE_DIGITS = 6
LIFE_S = 600
GUESSES_PER_CODE = 5
RESEND_WAITS_S = (30, 60, 120, 240, 480)
CHALLENGE_BYTES = 32
SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A code is on its way. ``resend_in`` and ``expires_in`` are seconds.

    ``id`` is a secret between the server and the one browser or program that asked: without it a code is worth
    nothing. ``shown_code`` is the code itself, in development with the console provider, else None.
    """

    id: str
    resend_in: float
    expires_in: int
    shown_code: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody holds the telephone with this number (E.164); ``purpose`` is what they wanted it for."""

    phone: str
    purpose: str


class Codes:
    """Sends codes and judges answers. ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        settings: Settings,
        redis: Redis,
        sms: SmsProvider,
        limits: Limits,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = CodeStore(redis)
        self._sms = sms
        self._limits = limits
        self._clock = clock
        self._key = settings.secret_key.encode()
        self._shows_codes = settings.environment == "development" and sms.shows_texts

    def start(self, phone: str, address: str, purpose: str = SIGN_IN, language: str | None = None) -> Challenge:
        """Send a code to ``phone`` (E.164) for whoever asks from ``address``; the text is in ``language``.

        Raises RateLimited, Unavailable (the text was not sent), Degraded.
        """
        self._limits.check("sign_in_address", address)
        self._limits.check("sign_in_number", phone)
        challenge, code = secrets.token_urlsafe(CHALLENGE_BYTES), _new_code()
        self._store.put(challenge, phone, purpose, self._digest(challenge, code), self._now_ms(), LIFE_S * 1000)
        self._send(phone, code, language)
        return self._challenge(challenge, code, RESEND_WAITS_S[0])

    def resend(self, challenge: str, address: str, language: str | None = None) -> Challenge:
        """Send a new code for ``challenge``; the one before stops working.

        Raises RateLimited (``retry_after``: the wait still to go), StaleSignIn, Unavailable, Degraded.
        """
        phone = self._store.phone_of(challenge)
        if phone is None:
            raise StaleSignIn
        self._limits.check("sign_in_address", address)
        self._limits.check("sign_in_number", phone)
        code = _new_code()
        waits = tuple(wait * 1000 for wait in RESEND_WAITS_S)
        done = self._store.resend(challenge, self._digest(challenge, code), self._now_ms(), LIFE_S * 1000, waits)
        if done is None:
            raise StaleSignIn
        if isinstance(done, TooSoon):
            raise RateLimited("A new code can be sent in a moment.", retry_after=done.rest_ms / 1000)
        self._send(done.phone, code, language)
        return self._challenge(challenge, code, done.wait_ms / 1000)

    def redeem(self, challenge: str, code: str, address: str) -> Proof:
        """What the right ``code`` proves; it works once. Raises CodeRefused, RateLimited, Degraded."""
        self._limits.check("sign_in_guess", address)
        digest = self._digest(challenge, code)
        redeemed = self._store.redeem(challenge, digest, self._now_ms(), GUESSES_PER_CODE)
        if redeemed is None:
            raise CodeRefused
        return Proof(redeemed.phone, redeemed.purpose)

    def phone_of(self, challenge: str) -> str | None:
        """The number that the code of ``challenge`` went to; None where it is over."""
        return self._store.phone_of(challenge)

    def _send(self, phone: str, code: str, language: str | None) -> None:
        text = say(language, "{code} is your Chatter code. It works for 10 minutes. Tell it to nobody.", code=code)
        self._sms.send(phone, text)

    def _digest(self, challenge: str, code: str) -> str:
        """A code is kept as HMAC-SHA256 under the installation's secret, together with its challenge.

        A slow hash such as argon2 would add nothing: a million codes are few for any hash, and without the secret,
        which is not in Redis, there is nothing to compare a guess with. What protects a code is that five guesses
        are counted, and that it dies after ten minutes.
        """
        return hmac.new(self._key, f"code:{challenge}:{code}".encode(), hashlib.sha256).hexdigest()

    def _challenge(self, challenge: str, code: str, resend_in: float) -> Challenge:
        return Challenge(challenge, resend_in, LIFE_S, code if self._shows_codes else None)

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)


def _new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
