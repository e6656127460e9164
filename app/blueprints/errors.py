"""Refusals and bugs as answers: JSON for programs, a page for people."""

import math
from typing import Any

import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException

from app.blueprints.asker import wants_json
from app.blueprints.identity import ask_nobody
from app.domain.errors import ChatError, Degraded
from app.stores import cause_of

log = structlog.get_logger(__name__)

# What a page says above the message; the message itself is the refusal's.
TITLES = {
    400: lazy_gettext("That did not work"),
    401: lazy_gettext("Sign in first"),
    403: lazy_gettext("Not allowed"),
    404: lazy_gettext("Nothing here"),
    405: lazy_gettext("Not like that"),
    409: lazy_gettext("That is taken"),
    410: lazy_gettext("Gone"),
    413: lazy_gettext("Too large"),
    415: lazy_gettext("Not that kind"),
    422: lazy_gettext("That is not valid"),
    429: lazy_gettext("Too much at once"),
    500: lazy_gettext("Something broke"),
    503: lazy_gettext("Not available right now"),
}
CODES = {
    400: "invalid",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "unavailable",
}
MESSAGES = {
    400: "The request could not be understood.",
    403: "You may not do that.",
    404: "There is nothing here, or it is not for you.",
    405: "This address does not take that method.",
    413: "That is too large.",
    415: "Send the body as application/json.",
    429: "Too much at once. Wait a moment.",
}
INTERNAL = "Something went wrong on our side. It has been noted."
FORGED = "This page is too old, or the request did not come from it. Reload and try again."


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(ChatError, _refused)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(RedisError, _store_away)
    app.register_error_handler(PyMongoError, _store_away)
    app.register_error_handler(Exception, _bug)
    # What fails after the view (saving the session) comes here too, and is logged here: a store that is away is no bug.
    app.log_exception = lambda exc_info: None  # type: ignore[method-assign]


def answer(error: ChatError) -> Response:
    """A refusal as an answer in the form the asker understands."""
    return _answer(error.status, error.to_wire(), error.retry_after)


def _refused(error: ChatError) -> Response:
    return answer(error)


def _forged(error: CSRFError) -> Response:
    log.info("request_forged", reason=error.description, path=request.path)
    return _answer(403, {"code": "forbidden", "message": FORGED})


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        # Redirects that Werkzeug raises, such as the one to a path's canonical form.
        return make_response(error)
    if status >= 500 and status != 503:
        return _broken(getattr(error, "original_exception", None) or error)
    message = MESSAGES.get(status, error.name)
    response = _answer(status, {"code": CODES.get(status, "refused"), "message": message})
    for name, value in error.get_headers(request.environ):
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _store_away(error: Exception) -> Response:
    """A store that does not answer is no bug; nothing is allowed on a guess."""
    ask_nobody()
    log.warning("request_degraded", **cause_of(error), path=request.path)
    return answer(Degraded("Chatter cannot reach its stores at the moment. Try again soon.", retry_after=5))


def _bug(error: Exception) -> Response:
    return _broken(error)


def _broken(error: BaseException) -> Response:
    if isinstance(error, (RedisError, PyMongoError)):
        return _store_away(error)
    log.error("request_failed", path=request.path, method=request.method, endpoint=request.endpoint, exc_info=error)
    return _answer(500, {"code": "internal", "message": INTERNAL})


def _answer(status: int, wire: dict[str, Any], retry_after: float | None = None) -> Response:
    if wants_json():
        response = make_response(jsonify(wire), status)
    else:
        response = make_response(_page(status, wire), status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(math.ceil(retry_after))
    return response


def _page(status: int, wire: dict[str, Any]) -> str:
    title = TITLES.get(status, TITLES[400])
    try:
        return render_template(
            "errors/error.html",
            status=status,
            code=wire["code"],
            title=title,
            message=wire["message"],
            retry_after=wire.get("retry_after"),
        )
    except (TemplateError, RedisError, PyMongoError):
        # The page itself needs what is broken: say it without.
        log.exception("error_page_failed")
        return f"<!doctype html><title>{title}</title><h1>{title}</h1>"
