"""Browser sessions in Redis: an id in a cookie, everything else on the server."""

from datetime import timedelta
from typing import Any

import msgspec
from flask import Flask, Request, Response, g
from flask_session.base import ServerSideSession
from flask_session.redis import RedisSessionInterface
from redis import Redis
from redis.exceptions import RedisError

from app.sequencing import keys
from app.stores import connect

GUEST_LIFE = timedelta(hours=2)
SESSION_ID_BYTES = 32
# Answered without looking at who asks, so that they work while Redis does not.
WITHOUT_SESSION = ("/static/", "/health", "/service-worker.js")
POOL_CONNECTIONS = 50
POOL_WAIT_S = 5
SILENT_AFTER_S = 3
"""A handshake has ten seconds, and its session is the first thing it asks for."""


class MessagePack:
    """The sessions' format. Flask-Session's own falls back to pickle, which would run what a forged entry says."""

    def encode(self, session: ServerSideSession) -> bytes:
        return msgspec.msgpack.encode(dict(session))

    def decode(self, stored: bytes) -> dict[str, Any]:
        try:
            decoded: dict[str, Any] = msgspec.msgpack.decode(stored, type=dict[str, Any])
        except msgspec.MsgspecError:
            return {}
        return decoded


class Sessions(RedisSessionInterface):  # type: ignore[misc]
    """Flask's sessions, opened only for requests that may speak through them."""

    def __init__(self, app: Flask, redis_url: str) -> None:
        super().__init__(
            app,
            client=_connect(redis_url),
            key_prefix=keys.session_prefix(),
            permanent=True,
            sid_length=SESSION_ID_BYTES,
        )
        self.serializer = MessagePack()

    def open_session(self, app: Flask, request: Request) -> ServerSideSession:
        """The session of the request's cookie; an empty one for requests that speak through a token, or as nobody."""
        if speaks_by_token(request) or request.path.startswith(WITHOUT_SESSION):
            return self._empty()
        try:
            return super().open_session(app, request)
        except RedisError as error:
            # Raised here it would pass by every error handler; the first hook raises it again.
            g.sessions_away = error
            return self._empty()

    def save_session(self, app: Flask, session: ServerSideSession, response: Response) -> None:
        """Keep what changed. Raises RedisError, once: the answer that says so is saved by nobody."""
        if "sessions_away" in g:
            return
        try:
            super().save_session(app, session, response)
        except RedisError as error:
            g.sessions_away = error
            raise

    def regenerate(self, session: ServerSideSession) -> None:
        """Give the session a new id, also where nothing is in it yet: an id from before a sign-in must not live on."""
        self._delete_session(self._get_store_id(session.sid))
        session.sid = self._generate_sid(self.sid_length)
        session.modified = True

    def _empty(self) -> ServerSideSession:
        return self.session_class(sid=self._generate_sid(self.sid_length), permanent=self.permanent)

    def _upsert_session(self, session_lifetime: timedelta, session: ServerSideSession, store_id: str) -> None:
        # Whoever merely looks at the sign-in page must not fill Redis for a month.
        life = session_lifetime if "_user_id" in session else GUEST_LIFE
        super()._upsert_session(life, session, store_id)


def speaks_by_token(request: Request) -> bool:
    """Does the request carry an access token? Then its cookies count for nothing."""
    return request.headers.get("Authorization", "").startswith("Bearer ")


def _connect(redis_url: str) -> Redis:
    # Sessions are bytes, hence a client of its own; blocking, because a pool that raises loses requests in a burst.
    return connect(
        redis_url,
        max_connections=POOL_CONNECTIONS,
        timeout=POOL_WAIT_S,
        socket_timeout=SILENT_AFTER_S,
        socket_connect_timeout=SILENT_AFTER_S,
    )
