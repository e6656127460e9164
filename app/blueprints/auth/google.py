"""Signing in with Google, and linking it: OpenID Connect with state, nonce and PKCE, by Authlib."""

from typing import Any

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import current_app, redirect, request, session
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import validate_csrf
from joserfc.errors import JoseError
from wtforms.validators import ValidationError

from app.blueprints.asker import address, local_path
from app.blueprints.auth.blueprint import blueprint
from app.blueprints.confirmation import note_confirmed
from app.blueprints.guards import allow_guest
from app.blueprints.identity import current_account, current_user_id, landing, sign_in_browser
from app.domain.errors import Forbidden, NotFound, StaleSignIn, Unavailable
from app.services.accounts import GoogleProfile
from app.services.registry import services

log = structlog.get_logger(__name__)

TIMEOUT_S = 10
NOT_ANSWERING = "Google does not answer at the moment. Try again soon, or sign in with your number."
DENIED = "Google was not allowed to say who you are. Start again, or sign in with your number."
ANOTHER = "That is another Google account than the one linked here."
LINKED_PAGE = "/settings/account"


@blueprint.record_once
def _set_up(state: BlueprintSetupState) -> None:
    settings = state.app.extensions["settings"]
    if not settings.google_client_id:
        return
    oauth = OAuth(state.app)
    state.app.extensions["google"] = oauth.register(
        "google",
        client_id=settings.google_client_id,
        client_secret=settings.google_client_secret,
        server_metadata_url=settings.google_discovery_url,
        client_kwargs={
            "scope": "openid email profile",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )


def is_configured() -> bool:
    """Has this installation been given a Google client?"""
    return "google" in current_app.extensions


def start_linking() -> ResponseReturnValue:
    """Send the signed-in owner to Google; the callback links what comes back to their account. Raises Forbidden."""
    _refuse_forged()
    return _go(intent="link", user=current_user_id(), next=LINKED_PAGE)


def start_confirming(next: str) -> ResponseReturnValue:
    """Send the signed-in owner to Google, to show that it is them. Raises Forbidden."""
    _refuse_forged()
    return _go(intent="confirm", user=current_user_id(), next=next)


def _refuse_forged() -> None:
    """``?token=`` is the CSRF token of the page that leads here.

    A link and not a form, because a form's target may not redirect to another site here; and with the token, because
    otherwise any site could have its own Google account linked to the reader's.
    """
    try:
        validate_csrf(request.args.get("token"))
    except ValidationError as error:
        raise Forbidden("Go to Google from the page that asks for it.") from error


@blueprint.get("/sign-in/google")
@allow_guest
def google() -> ResponseReturnValue:
    """Send the browser to Google."""
    services().limits.check("sign_in_google", address())
    return _go(intent="sign_in", user="", next=local_path(request.args.get("next")) or "/")


@blueprint.get("/sign-in/google/callback")
@allow_guest
def google_callback() -> ResponseReturnValue:
    """Google sends the browser back: sign in, or link, as this browser had asked."""
    client = _client()
    state = request.args.get("state")
    asked = client.framework.get_state_data(session, state)
    if request.args.get("error"):
        client.framework.clear_state_data(session, state)
        raise StaleSignIn(DENIED)
    if asked is None:
        raise StaleSignIn
    profile = _profile(client)
    if asked["intent"] == "link":
        if not current_user.is_authenticated or current_user.id != asked["user"]:
            raise StaleSignIn
        services().accounts.link_google(current_user.id, profile)
    elif asked["intent"] == "confirm":
        _confirm(asked["user"], profile)
    else:
        user = services().accounts.sign_in_by_google(profile)
        sign_in_browser(user)
        return redirect(landing(user, asked["next"]))
    return redirect(local_path(asked["next"]) or "/")


def _confirm(user: str, profile: GoogleProfile) -> None:
    """Whoever came back is who had asked, with the Google account that is theirs here."""
    if not current_user.is_authenticated or current_user.id != user:
        raise StaleSignIn
    if current_account().google_sub != profile.sub:
        raise Forbidden(ANOTHER)
    note_confirmed()


def _go(**asked: str) -> ResponseReturnValue:
    client = _client()
    callback = current_app.extensions["settings"].public_url.rstrip("/") + "/sign-in/google/callback"
    try:
        authorization = client.create_authorization_url(callback)
    except (requests.RequestException, AuthlibBaseError, ValueError, RuntimeError) as error:
        log.warning("google_away", cause=type(error).__name__)
        raise Unavailable(NOT_ANSWERING, retry_after=30) from None
    # What was asked for travels with the state, so that two tabs cannot mix up a sign-in and a linking.
    client.save_authorize_data(redirect_uri=callback, **asked, **authorization)
    return redirect(authorization["url"])


def _profile(client: FlaskOAuth2App) -> GoogleProfile:
    """Who Google says is there, from a verified ID token."""
    try:
        claims: dict[str, Any] = client.authorize_access_token(timeout=TIMEOUT_S).get("userinfo") or {}
    except requests.RequestException as error:
        log.warning("google_away", cause=type(error).__name__)
        raise Unavailable(NOT_ANSWERING, retry_after=30) from None
    except (AuthlibBaseError, JoseError, ValueError) as error:
        log.warning("google_refused", cause=type(error).__name__)
        raise StaleSignIn from None
    if not claims.get("sub"):
        raise StaleSignIn
    email = claims.get("email") if claims.get("email_verified") else None
    return GoogleProfile(sub=str(claims["sub"]), email=email, name=str(claims.get("name") or ""))


def _client() -> FlaskOAuth2App:
    if not is_configured():
        raise NotFound
    client: FlaskOAuth2App = current_app.extensions["google"]
    return client
