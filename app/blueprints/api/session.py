"""Signing in and out of the API, access tokens, and the CSRF token for scripts on our pages."""

from typing import Annotated, Any

from flask import current_app, request
from flask_wtf.csrf import generate_csrf
from pydantic import Field

from app.blueprints.api.account_answers import AccountView, DeviceView
from app.blueprints.api.blueprint import api
from app.blueprints.api.openapi import Answer, Body, documented
from app.blueprints.asker import address, device_name
from app.blueprints.code_step import digits
from app.blueprints.guards import allow_guest
from app.blueprints.identity import current_device_id, current_user_id, leave_device, sign_out_browser
from app.blueprints.languages import language
from app.blueprints.sessions import speaks_by_token
from app.domain.errors import CodeRefused
from app.models import Device, User
from app.services.codes import SIGN_IN, Challenge
from app.services.phone_numbers import to_e164
from app.services.registry import services
from app.services.views import account_view, device_view

PROGRAM = "A program"


class PhoneBody(Body):
    """A telephone number with ``+`` and its country code, or as dialled in the installation's own country."""

    phone: Annotated[str, Field(min_length=1, max_length=40)]


class ChallengeAnswer(Answer):
    """Keep ``challenge`` secret: the code works with it alone. ``resend_in`` and ``expires_in`` are seconds.

    ``development_code`` is the code itself, in development with the console provider only.
    """

    challenge: str
    resend_in: float
    expires_in: int
    development_code: str | None


class ChallengeBody(Body):
    challenge: Annotated[str, Field(min_length=1, max_length=100)]


class VerifyBody(ChallengeBody):
    code: Annotated[str, Field(min_length=1, max_length=20)]
    device_name: Annotated[str, Field(max_length=120)] | None = None


class TokenAnswer(Answer):
    """``expires_at`` is in ms. Send the token as ``Authorization: Bearer``, or as ``token`` in a socket's handshake."""

    access_token: str
    expires_at: int


class SignedInAnswer(TokenAnswer):
    user: AccountView
    device: DeviceView


class CsrfAnswer(Answer):
    csrf_token: str


@api.post("/session/phone")
@allow_guest
@documented(json=PhoneBody, answer=ChallengeAnswer, status=202, refusals=(429, 503), public=True, tag="session")
def ask_for_code(json: PhoneBody) -> Any:
    """Send a code by text message. The answer is the same whether or not somebody has an account with the number."""
    phone = to_e164(json.phone, current_app.extensions["settings"].default_country)
    challenge = services().codes.start(phone, address(), language=language())
    return challenge_answer(challenge), 202


@api.post("/session/phone/resend")
@allow_guest
@documented(
    json=ChallengeBody,
    answer=ChallengeAnswer,
    status=202,
    refusals=(400, 429, 503),
    public=True,
    tag="session",
)
def ask_for_another_code(json: ChallengeBody) -> Any:
    """Send a new code for a challenge; the one before stops working."""
    return challenge_answer(services().codes.resend(json.challenge, address(), language())), 202


@api.post("/session/phone/verify")
@allow_guest
@documented(json=VerifyBody, answer=SignedInAnswer, refusals=(400, 403, 429), public=True, tag="session")
def sign_in_with_code(json: VerifyBody) -> Any:
    """Sign in with the code as a new device, and get an access token. A new number gets a new account."""
    proof = services().codes.redeem(json.challenge, digits(json.code), address())
    if proof.purpose != SIGN_IN:
        raise CodeRefused
    user = services().accounts.sign_in_by_phone(proof.phone)
    device = services().devices.sign_in(user.id, "api", json.device_name or _program_name(), address())
    return {**_token(user.id, device.id), **_signed_in(user, device)}


@api.post("/session/token")
@documented(answer=TokenAnswer, refusals=(401, 429), tag="session")
def renew_token() -> Any:
    """A fresh access token, for a signed-in browser or for whoever shows one that is still valid."""
    services().limits.check("token", current_device_id())
    return _token(current_user_id(), current_device_id())


@api.get("/session/csrf")
@allow_guest
@documented(answer=CsrfAnswer, refusals=(429,), public=True, tag="session")
def csrf() -> Any:
    """The token that scripts on our pages send as ``X-CSRFToken`` with every unsafe request."""
    return {"csrf_token": generate_csrf()}


@api.delete("/session")
@documented(status=204, refusals=(401,), tag="session")
def sign_out() -> Any:
    """Sign the asking device out: its session, tokens and sockets end."""
    if speaks_by_token(request):
        leave_device()
    else:
        sign_out_browser()
    return "", 204


def challenge_answer(challenge: Challenge) -> dict[str, Any]:
    """A code on its way, as on the wire."""
    return {
        "challenge": challenge.id,
        "resend_in": challenge.resend_in,
        "expires_in": challenge.expires_in,
        "development_code": challenge.shown_code,
    }


def _token(user: str, device: str) -> dict[str, Any]:
    token, expires_at = services().tokens.issue(user, device)
    return {"access_token": token, "expires_at": expires_at * 1000}


def _signed_in(user: User, device: Device) -> dict[str, Any]:
    return {"user": account_view(user), "device": device_view(device, device.id)}


def _program_name() -> str:
    return PROGRAM if device_name().startswith("Unknown") else device_name()
