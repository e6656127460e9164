"""Who may call which endpoint. Signed in is the rule; whatever is open to guests says so where it is defined."""

from collections.abc import Callable
from typing import Literal, ParamSpec, TypeVar

from flask import Flask

P = ParamSpec("P")
R = TypeVar("R")
Guard = Literal["guest", "first_visit", "signed_in"]

# Endpoints that no blueprint of ours defines with a decorator: none of them shows anything personal.
GUEST_ENDPOINTS = frozenset({"static", "service_worker", "health.alive", "health.ready", "api.openapi"})


def allow_guest(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view as open to people who are not signed in. Put it right under the route."""
    return _mark(view, "guest")


def allow_first_visit(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a page as open to signed-in people who have no name yet; all other pages send them to ``/welcome``."""
    return _mark(view, "first_visit")


def guard_of(app: Flask, endpoint: str) -> Guard:
    """The guard of one endpoint."""
    if endpoint in GUEST_ENDPOINTS:
        return "guest"
    return getattr(app.view_functions.get(endpoint), "chatter_guard", "signed_in")


def guards(app: Flask) -> dict[str, Guard]:
    """Every endpoint of the application and its guard."""
    return {endpoint: guard_of(app, endpoint) for endpoint in app.view_functions}


def _mark(view: Callable[P, R], guard: Guard) -> Callable[P, R]:
    view.chatter_guard = guard  # type: ignore[attr-defined]
    return view
