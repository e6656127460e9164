"""What holds for every request: sessions, CSRF, sizes, a flood limit, headers."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from flask_wtf import CSRFProtect
from redis import Redis
from werkzeug.middleware.proxy_fix import ProxyFix

from app.blueprints.asker import address
from app.blueprints.sessions import Sessions, speaks_by_token
from app.blueprints.strict_json import StrictJson
from app.services.registry import services
from config import Settings

P = ParamSpec("P")
R = TypeVar("R")

FORM_FIELDS_BYTES = 64 * 1024
"""Room for the other fields of a form with an upload."""
NONCE_BYTES = 16
HSTS = "max-age=31536000; includeSubDomains"
UNSAFE_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
NOT_LIMITED = frozenset({"static", "service_worker", "health.alive", "health.ready"})

# Form targets stay ours: signing in with Google is a link, so no form ever leaves.
POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

csrf = CSRFProtect()


def init_app(app: Flask, settings: Settings, redis: Redis) -> None:
    """Set up what stands before every view. Needs the services at request time, and no store before that."""
    app.extensions["settings"] = settings
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    _configure(app, settings)
    app.json = StrictJson(app)
    app.session_interface = Sessions(app, settings.redis_url)
    csrf.init_app(app)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.before_request(_need_sessions)
    app.before_request(_allow_size)
    app.before_request(_slow_floods)
    app.before_request(_refuse_forged)
    app.after_request(_headers)


def accepts_photo(view: Callable[P, R]) -> Callable[P, R]:
    """Let a view take a body as large as a photo may be (MAX_PHOTO_BYTES); all others take MAX_BODY_BYTES."""
    view.chatter_accepts_photo = True  # type: ignore[attr-defined]
    return view


def csp_nonce() -> str:
    """The present answer's nonce for inline scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(NONCE_BYTES)
    return str(g.csp_nonce)


def _configure(app: Flask, settings: Settings) -> None:
    https = settings.secure_cookies
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-chatter" if https else "chatter",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=settings.session_days),
        PREFERRED_URL_SCHEME="https" if https else "http",
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        WTF_CSRF_CHECK_DEFAULT=False,
        # A token lives as long as its session: a page left open overnight must still be able to send.
        WTF_CSRF_TIME_LIMIT=None,
    )


def _need_sessions() -> None:
    """A session that could not be read is nobody's: deny, and say why."""
    if "sessions_away" in g:
        raise g.sessions_away


def _allow_size() -> None:
    """Before anything reads the body: the CSRF check looks into forms."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "chatter_accepts_photo", False):
        request.max_content_length = _settings().max_photo_bytes + FORM_FIELDS_BYTES


def _slow_floods() -> None:
    if request.endpoint not in NOT_LIMITED:
        services().limits.allow_local("http", address())


def _refuse_forged() -> None:
    """CSRF: whoever speaks through a cookie must show that the page that sends is ours.

    A token in ``Authorization`` cannot be sent by another site. The API without any cookie has no session to misuse.
    """
    if request.method not in UNSAFE_METHODS or speaks_by_token(request):
        return
    cookie = current_app.config["SESSION_COOKIE_NAME"]
    if request.path.startswith("/api/") and cookie not in request.cookies:
        return
    csrf.protect()


def _headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
    if _settings().secure_cookies:
        headers.setdefault("Strict-Transport-Security", HSTS)
    if request.endpoint not in NOT_LIMITED and "Cache-Control" not in headers:
        headers["Cache-Control"] = "no-store"
    return response


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])
