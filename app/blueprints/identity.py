"""Who is asking: flask-login over our devices, and the guard in front of every view."""

import time
from contextlib import suppress
from typing import cast
from urllib.parse import quote

from flask import Flask, Request, Response, current_app, g, redirect, request, session
from flask.typing import ResponseReturnValue
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user, login_user

from app.blueprints.asker import address, device_name, local_path, wants_json
from app.blueprints.guards import guard_of
from app.blueprints.sessions import Sessions, speaks_by_token
from app.domain.errors import NotFound, NotSignedIn
from app.models import Device, User
from app.services.devices import Identity
from app.services.registry import services

RENEW_EVERY_S = 24 * 3_600


class Principal(UserMixin):  # type: ignore[misc]
    """flask-login's ``current_user``: an identity, not a document; nothing is read from MongoDB for it."""

    def __init__(self, identity: Identity) -> None:
        self.id = identity.user
        self.device = identity.device
        self.role = identity.role
        self.onboarded = identity.onboarded
        self.language = identity.language


def init_app(app: Flask) -> None:
    """Load the asker of each request, and refuse guests wherever a view does not invite them."""
    login = LoginManager(app)
    # Sessions are bound to a device that can be signed out; an address or a browser's version may well change.
    login.session_protection = None
    login.user_loader(_from_session)
    login.request_loader(_from_token)
    app.before_request(_guard)
    app.context_processor(_page_context)


def sign_in_browser(user: User) -> Device:
    """Sign ``user`` in on the asking browser as a new device: a new session id, nothing kept of the old session."""
    leave_device()
    session.clear()
    _sessions().regenerate(session)
    device = services().devices.sign_in(user.id, "browser", device_name(), address())
    login_user(
        Principal(Identity(user.id, device.id, "browser", user.role, user.onboarded_at is not None, user.locale))
    )
    session["device"] = device.id
    _renew(device.id)
    return device


def landing(user: User, wanted: str | None) -> str:
    """Where somebody who signs in goes: the page they wanted, or first the one that says that they will be deleted."""
    path = local_path(wanted) or "/"
    return f"/settings/account/deletion?next={quote(path)}" if user.deletion_at else path


def sign_out_browser() -> None:
    """Sign the asking device out and forget its session."""
    leave_device()
    session.clear()
    _sessions().regenerate(session)


def leave_device() -> None:
    """Sign out the device of the present request, if somebody is signed in on one."""
    if current_user.is_authenticated:
        # Gone already is as good: another device may sign this one out at the same moment.
        with suppress(NotFound):
            services().devices.sign_out(current_user.id, current_user.device)


def ask_nobody() -> None:
    """From here on the request is a guest's: the page that says that a store is away must not ask it who is asking."""
    g._login_user = AnonymousUserMixin()  # where flask-login keeps what its loaders found


def current_user_id() -> str:
    """The id of whoever asks. Raises NotSignedIn."""
    return _principal().id


def current_device_id() -> str:
    """The id of the device that asks. Raises NotSignedIn."""
    return _principal().device


def current_account() -> User:
    """The account of whoever asks, read once a request. Raises NotSignedIn."""
    if "account" not in g:
        g.account = services().accounts.get(current_user_id())
    return cast(User, g.account)


def _principal() -> Principal:
    if not current_user.is_authenticated:
        raise NotSignedIn
    return cast(Principal, current_user)


def _from_session(user_id: str) -> Principal | None:
    try:
        identity = services().devices.check(user_id, str(session.get("device", "")))
    except NotSignedIn:
        session.clear()
        return None
    services().devices.touch(identity.device)
    if time.time() - session.get("renewed_at", 0) > RENEW_EVERY_S:
        _renew(identity.device)
    return Principal(identity)


def _from_token(asked: Request) -> Principal | None:
    if not speaks_by_token(asked):
        return None
    try:
        identity = services().tokens.verify(asked.headers["Authorization"].removeprefix("Bearer ").strip())
    except NotSignedIn:
        return None
    services().devices.touch(identity.device)
    return Principal(identity)


def _guard() -> ResponseReturnValue | None:
    """Signed in, unless the view says otherwise. An address that is nothing is a 404 for everybody."""
    if request.endpoint is None:
        return None
    guard = guard_of(current_app, request.endpoint)
    if guard == "guest":
        return None
    if not current_user.is_authenticated:
        return _send_to_sign_in()
    if guard == "signed_in" and not current_user.onboarded and _is_page():
        return redirect(_with_next("/welcome"))
    return None


def _send_to_sign_in() -> Response:
    if not _is_page():
        raise NotSignedIn
    return cast(Response, redirect(_with_next("/sign-in")))


def _is_page() -> bool:
    """Is a person turning to a page, whom one can send to another one?"""
    if speaks_by_token(request) or wants_json():
        return False
    return request.method == "GET" and not request.path.startswith("/photos/")


def _with_next(path: str) -> str:
    wanted = local_path(request.full_path.rstrip("?"))
    return f"{path}?next={quote(wanted)}" if wanted and wanted != "/" else path


def _page_context() -> dict[str, object]:
    return {"signed_in": bool(current_user.is_authenticated)}


def _renew(device: str) -> None:
    """Begin the session's life anew, and remember which session the device uses."""
    session["renewed_at"] = int(time.time())
    life = int(current_app.permanent_session_lifetime.total_seconds())
    services().devices.bind_session(device, session.sid, life)  # type: ignore[attr-defined]


def _sessions() -> Sessions:
    return cast(Sessions, current_app.session_interface)
