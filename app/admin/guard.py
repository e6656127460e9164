"""Who may turn to the dashboard: administrators who showed lately that it is them, in a browser. Nobody else learns of it."""

from urllib.parse import quote

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.blueprints.asker import local_path, wants_json
from app.blueprints.confirmation import is_fresh
from app.blueprints.identity import current_account
from app.blueprints.sessions import speaks_by_token
from app.domain.errors import ConfirmFirst, NotFound

PREFIX = "/admin"
FRESH_S = 1_800
"""So long after the last sign-in or confirmation the dashboard stays open."""
CONFIRM = "/settings/confirm"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_app(app: Flask) -> None:
    """Stand before every path below ``PREFIX``, whether there is something or not: a 405 or a redirect would tell."""
    app.before_request(_admins_only)


def is_audited(endpoint: str | None) -> bool:
    """Is what the endpoint changes written to the audit log (``changes.py``)?"""
    return hasattr(current_app.view_functions.get(endpoint or ""), "chatter_audited")


def _admins_only() -> ResponseReturnValue | None:
    if request.path != PREFIX and not request.path.startswith(f"{PREFIX}/"):
        return None
    # The account is read anew: a role that was taken away counts at once, on every server.
    if not current_user.is_authenticated or speaks_by_token(request) or current_account().role != "admin":
        raise NotFound
    if not is_fresh(FRESH_S):
        return _confirm_first()
    if request.method not in SAFE_METHODS and request.endpoint is not None and not is_audited(request.endpoint):
        raise RuntimeError(f"{request.endpoint} would change something that the audit log does not hear of")
    return None


def _confirm_first() -> ResponseReturnValue:
    """Lead to the page that asks for a code; from a form, back to the page that it stands on."""
    if wants_json():
        raise ConfirmFirst
    safe = request.method in SAFE_METHODS
    subject = "/".join(request.path.split("/")[:4])
    wanted = request.full_path.rstrip("?") if safe else subject
    return redirect(f"{CONFIRM}?next={quote(local_path(wanted) or PREFIX)}", 302 if safe else 303)
