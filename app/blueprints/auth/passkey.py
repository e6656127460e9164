"""Signing in with a passkey: for the script on the sign-in page, which speaks JSON."""

import secrets
from typing import Annotated, Any

from flask import jsonify, request, session
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from app.blueprints.asker import address
from app.blueprints.auth.blueprint import blueprint
from app.blueprints.guards import allow_guest
from app.blueprints.identity import landing, sign_in_browser
from app.domain.commands import explain
from app.domain.errors import PasskeyRefused
from app.services.registry import services

BROWSER = "passkey_browser"


class PasskeySignIn(BaseModel):
    """What the browser's authenticator answered, and the page of ours to go to."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    credential: dict[str, Any]
    next: Annotated[str, StringConstraints(max_length=500)] = ""


@blueprint.get("/sign-in/passkey/options")
@allow_guest
def ask_for_passkey() -> ResponseReturnValue:
    """What this browser's authenticator is to sign. No other site can read it, so nobody has to show a token."""
    browser = session.setdefault(BROWSER, secrets.token_urlsafe(16))
    return jsonify(services().passkeys.begin_signing_in(browser, address()))


@blueprint.post("/sign-in/passkey")
@allow_guest
def sign_in_with_passkey() -> ResponseReturnValue:
    """Sign in, if the answer is right; says where to go."""
    try:
        asked = PasskeySignIn.model_validate(request.get_json())
    except ValidationError as error:
        raise explain(error) from None
    browser = session.get(BROWSER)
    if not browser:
        raise PasskeyRefused
    user = services().passkeys.sign_in(browser, asked.credential, address())
    sign_in_browser(user)
    return jsonify(next=landing(user, asked.next))
