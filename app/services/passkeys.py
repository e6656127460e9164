"""Passkeys (WebAuthn): added by somebody signed in, and enough to sign in. py_webauthn judges what authenticators say.

Each challenge is for one thing, works once and not for long; all refusals of a sign-in sound alike.
"""

import json
import secrets
from typing import Any
from urllib.parse import urlsplit

from mongoengine import NotUniqueError
from redis import Redis
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.domain.errors import Conflict, Invalid, NotFound, PasskeyRefused
from app.domain.text import clean_line
from app.models import Passkey, User
from app.models.accounts import now
from app.sequencing import keys
from app.services.accounts import enabled
from app.services.limits import Limits
from config import Settings

CHALLENGE_LIFE_S = 300
CHALLENGE_BYTES = 32
PASSKEYS = 20
NAME_CHARACTERS = 80
MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError)
"""What py_webauthn, and reading what a browser sent, raise on what is not right."""


class Passkeys:
    def __init__(self, settings: Settings, redis: Redis, limits: Limits) -> None:
        self._origin = settings.public_url
        self._rp_id = urlsplit(settings.public_url).hostname or ""
        self._rp_name = settings.app_name
        self._redis = redis
        self._limits = limits

    def of(self, user: str) -> list[Passkey]:
        """The user's passkeys, the oldest first."""
        return list(Passkey.objects(user=user).order_by("created_at"))

    def begin_adding(self, user: User) -> dict[str, Any]:
        """What the browser is asked to make, as ``PublicKeyCredentialCreationOptionsJSON``. Raises Conflict, RateLimited."""
        self._limits.check("passkey_add", user.id)
        known = self.of(user.id)
        if len(known) >= PASSKEYS:
            raise Conflict(f"You can have up to {PASSKEYS} passkeys. Remove one first.")
        options = generate_registration_options(
            rp_id=self._rp_id,
            rp_name=self._rp_name,
            user_id=user.id.encode(),
            user_name=user.handle or user.phone or user.email or user.name or "You",
            user_display_name=user.name or "You",
            challenge=self._challenge(_adding(user.id)),
            timeout=CHALLENGE_LIFE_S * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential)) for passkey in known
            ],
        )
        return _as_json(options)

    def add(self, user: str, credential: dict[str, Any], name: str) -> Passkey:
        """Keep what the browser made. Raises PasskeyRefused, Conflict (it is kept already)."""
        try:
            verified = verify_registration_response(
                credential=credential,
                expected_challenge=self._redeem(credential, _adding(user)),
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
            )
        except MALFORMED:
            raise PasskeyRefused from None
        transports = credential.get("response", {}).get("transports")
        passkey = Passkey(
            user=user,
            credential=bytes_to_base64url(verified.credential_id),
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            transports=[str(one)[:20] for one in transports][:8] if isinstance(transports, list) else [],
            name=name[:NAME_CHARACTERS],
        )
        try:
            passkey.save(force_insert=True)
        except NotUniqueError:
            raise Conflict("That passkey is added already.") from None
        return passkey

    def begin_signing_in(self, browser: str, address: str) -> dict[str, Any]:
        """What the browser is asked to sign, as ``PublicKeyCredentialRequestOptionsJSON``; nobody is named.

        ``browser`` is a secret of the one that asks, and the answer counts from it alone. Raises RateLimited.
        """
        self._limits.check("passkey_ask", address)
        options = generate_authentication_options(
            rp_id=self._rp_id,
            challenge=self._challenge(_signing_in(browser)),
            timeout=CHALLENGE_LIFE_S * 1000,
            user_verification=UserVerificationRequirement.PREFERRED,
        )
        return _as_json(options)

    def sign_in(self, browser: str, credential: dict[str, Any], address: str) -> User:
        """Whose passkey that is. Raises PasskeyRefused, RateLimited, Forbidden where the account is disabled."""
        self._limits.check("passkey_try", address)
        try:
            challenge = self._redeem(credential, _signing_in(browser))
            passkey = Passkey.objects(credential=str(credential["id"])).first()
            if passkey is None or not _is_of(passkey, credential):
                raise PasskeyRefused
            verified = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._rp_id,
                expected_origin=self._origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
            )
        except MALFORMED:
            raise PasskeyRefused from None
        # The counter once more, in one step: of two that answer at the same moment with the same number one is a copy.
        used = Passkey.objects(id=passkey.id, sign_count=passkey.sign_count)
        if not used.update_one(set__sign_count=verified.new_sign_count, set__last_used=now()):
            raise PasskeyRefused
        user: User | None = User.objects(id=passkey.user).first()
        if user is None:
            raise PasskeyRefused
        return enabled(user)

    def rename(self, user: str, passkey: str, name: str) -> Passkey:
        """Call it something else. Raises NotFound, Invalid."""
        try:
            cleaned = clean_line(name)[:NAME_CHARACTERS]
        except ValueError as error:
            raise Invalid(f"That name {error}.") from None
        if not cleaned:
            raise Invalid("A passkey needs a name.")
        changed: Passkey | None = Passkey.objects(id=passkey, user=user).modify(new=True, set__name=cleaned)
        if changed is None:
            raise NotFound
        return changed

    def remove(self, user: str, passkey: str) -> None:
        """It signs nobody in any more. Raises NotFound."""
        if not Passkey.objects(id=passkey, user=user).delete():
            raise NotFound

    def remove_all(self, user: str) -> int:
        """None of the user's signs them in any more; how many there were."""
        return int(Passkey.objects(user=user).delete())

    def _challenge(self, purpose: str) -> bytes:
        challenge = secrets.token_bytes(CHALLENGE_BYTES)
        self._redis.set(keys.passkey_challenge(bytes_to_base64url(challenge)), purpose, ex=CHALLENGE_LIFE_S)
        return challenge

    def _redeem(self, credential: dict[str, Any], purpose: str) -> bytes:
        """The challenge that the answer is to, which is over now. Raises PasskeyRefused, or one of ``MALFORMED``."""
        client_data = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = base64url_to_bytes(client_data["challenge"])
        if len(challenge) != CHALLENGE_BYTES:
            raise PasskeyRefused
        if self._redis.getdel(keys.passkey_challenge(bytes_to_base64url(challenge))) != purpose:
            raise PasskeyRefused
        return challenge


def _is_of(passkey: Passkey, credential: dict[str, Any]) -> bool:
    """Does the answer name the passkey's owner? It must, because it was asked of nobody in particular."""
    return bool(base64url_to_bytes(credential["response"]["userHandle"]) == passkey.user.encode())


def _adding(user: str) -> str:
    return f"add:{user}"


def _signing_in(browser: str) -> str:
    return f"sign_in:{browser}"


def _as_json(options: Any) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(options_to_json(options))
    return decoded
