"""Access tokens (JWT) for programs: a signed note that says which device is asking."""

import secrets
import time
from collections.abc import Callable

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.domain.errors import NotSignedIn
from app.services.devices import Devices, Identity
from config import Settings

ALGORITHM = "HS256"
ISSUER = AUDIENCE = "chatter"
USE = "access"
LEEWAY_S = 30


class Tokens:
    """Issues and verifies access tokens. ``clock`` gives seconds since 1970.

    A token lives for ACCESS_TOKEN_MINUTES and says nothing that is not looked up again, so signing the device out ends
    it at once.
    """

    def __init__(self, settings: Settings, devices: Devices, clock: Callable[[], float] = time.time) -> None:
        self._key = OctKey.import_key(settings.jwt_secret_key)
        self._life_s = settings.access_token_minutes * 60
        self._devices = devices
        self._clock = clock

    def issue(self, user: str, device: str) -> tuple[str, int]:
        """A token for the user's device, and when it expires (seconds since 1970)."""
        issued_at = int(self._clock())
        expires_at = issued_at + self._life_s
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user,
            "device": device,
            "token_use": USE,
            "iat": issued_at,
            "exp": expires_at,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode({"alg": ALGORITHM, "typ": "at+jwt"}, claims, self._key, algorithms=[ALGORITHM]), expires_at

    def verify(self, token: str) -> Identity:
        """Who the token speaks for. Raises NotSignedIn for anything but a whole, live token of a live device."""
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": AUDIENCE},
            token_use={"essential": True, "value": USE},
            sub={"essential": True},
            device={"essential": True},
            jti={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
        )
        try:
            decoded = jwt.decode(token, self._key, algorithms=[ALGORITHM])
            registry.validate(decoded.claims)
        except (JoseError, ValueError):
            raise NotSignedIn("The access token is not valid, or it has expired.") from None
        user, device = decoded.claims["sub"], decoded.claims["device"]
        if not isinstance(user, str) or not isinstance(device, str):
            raise NotSignedIn
        return self._devices.check(user, device)
