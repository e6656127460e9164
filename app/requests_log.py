"""A request's id in every log line it causes, and one line when it is answered."""

import time
import uuid

import structlog
from flask import Flask, Response, g, request

from app import tracing
from app.counts import REQUEST_SECONDS, REQUESTS

log = structlog.get_logger(__name__)

QUIET = ("/health", "/static/")
NO_ROUTE = "none"
"""All paths that there are not: they are whatever somebody sent."""


def init_app(app: Flask) -> None:
    """Bind ``request`` to the log's context; answer it in ``X-Request-Id``."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if given.isalnum() and len(given) <= 64 else uuid.uuid4().hex[:16]
        g.began = time.perf_counter()
        structlog.contextvars.bind_contextvars(request=g.request_id)
        if not request.path.startswith(QUIET):
            g.trace = tracing.begin(f"{request.method} {_route()}")
            g.trace.__enter__()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        route = _route()
        REQUESTS[route, str(response.status_code)] += 1
        REQUEST_SECONDS[route,] += seconds
        if not request.path.startswith(QUIET):
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=round(seconds * 1000, 1),
            )
        return response

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        if "trace" in g:
            g.pop("trace").__exit__(None, None, None)
        structlog.contextvars.unbind_contextvars("request")


def _route() -> str:
    return request.url_rule.rule if request.url_rule else NO_ROUTE
