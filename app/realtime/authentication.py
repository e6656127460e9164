"""Who is behind a socket: a browser by its session cookie and origin, anything else by a JWT in the handshake."""

from dataclasses import dataclass
from typing import Any

from flask import g, request, session
from flask_login import current_user

from app.domain.errors import NotSignedIn
from app.services.registry import services


@dataclass(frozen=True, slots=True)
class Caller:
    user: str
    device: str


def authenticate(auth: Any) -> Caller:
    """The caller of the present handshake; raises ``NotSignedIn``, and RedisError where sessions cannot be read.

    ``auth`` is the handshake's payload: ``{"token": JWT}`` from programs, nothing from browsers. A cookie counts only
    with an ``Origin`` header, whose value the server has checked already: a cross-site page cannot leave it out.
    """
    token = auth.get("token") if isinstance(auth, dict) else None
    if token is not None:
        if not isinstance(token, str):
            raise NotSignedIn
        identity = services().tokens.verify(token)
        return Caller(identity.user, identity.device)
    if "sessions_away" in g:  # the session is empty because Redis is away, and not because somebody signed out
        raise g.sessions_away
    device = session.get("device")
    if not request.headers.get("Origin") or not current_user.is_authenticated or not device:
        raise NotSignedIn
    return Caller(str(current_user.id), str(device))
