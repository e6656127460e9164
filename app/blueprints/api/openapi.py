"""Validation of requests and the OpenAPI 3.1 description made from the very same models."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app, request
from pydantic import BaseModel, ConfigDict, ValidationError
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import InType, SecureType, SecuritySchemeData
from spectree.plugins.flask_plugin import FlaskPlugin

from app.blueprints.api.blueprint import api
from app.domain.commands import explain
from app.domain.errors import Invalid
from app.domain.ids import ID_PATTERN

P = ParamSpec("P")
R = TypeVar("R")


class Body(BaseModel):
    """Base of every request body: strict types, nothing unknown let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Query(BaseModel):
    """Base of every query string: values arrive as text, so types are read from it; nothing unknown is let through."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """Base of every response body."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Refusal(Answer):
    """What every status from 400 up carries."""

    code: str
    message: str
    retry_after: float | None = None
    details: dict[str, Any] | None = None


class _Plugin(FlaskPlugin):
    """Checks answers in development and tests only: a failed check would show the answer's details in a 500."""

    def validate_response(
        self, resp: Any, resp_model: Response | None, skip_validation: bool, force_resp_serialize: bool
    ) -> tuple[Any, Any]:
        skip = skip_validation or not (current_app.debug or current_app.testing)
        response, error = super().validate_response(resp, resp_model, skip, force_resp_serialize)
        if error is not None:
            raise RuntimeError(f"{request.endpoint} does not answer what it documents: {error}") from error
        return response, error


def _refuse(_request: Any, _response: Any, error: Exception | None, _instance: Any, _adapter: Any) -> None:
    """spectree's hook before the view: a payload that is not valid becomes the same refusal as on the socket."""
    if isinstance(error, ValidationError):
        raise explain(error) from None


spec = SpecTree(
    backend=_Plugin,
    before=_refuse,
    validation_error_model=Refusal,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    title="Chatter",
    version="1",
    description="What is not a stream. Times are milliseconds since 1970, UTC. See docs/wire.md for the socket.",
    mode="strict",
    path="openapi",
    page_templates={},
    annotations=True,
    security_schemes=[
        SecurityScheme(name="bearer", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
        SecurityScheme(
            name="session", data=SecuritySchemeData(type=SecureType.API_KEY, name="session", field_in=InType.COOKIE)
        ),
    ],
    security=[{"bearer": []}, {"session": []}],
)


def documented(
    *,
    json: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answer: type[BaseModel] | None = None,
    status: int = 200,
    refusals: tuple[int, ...] = (401, 404, 429),
    public: bool = False,
    tag: str,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Validate a route's ``json`` and ``query`` (handed to the view under those names) and describe the route.

    ``answer`` is the model of the body sent with ``status`` (None: no body); ``refusals`` the statuses that carry a
    ``Refusal``; ``public``: asked without being signed in. Raises ``Invalid`` before the view runs.
    """
    responses: dict[str, Any] = {f"HTTP_{status}": answer}
    responses |= {f"HTTP_{code}": Refusal for code in (*refusals, *((422,) if json or query else ()))}

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def parsed(*args: P.args, **kwargs: P.kwargs) -> R:
            # A form's media type makes spectree skip the body; a view that asked for one must not run without it.
            if json is not None and kwargs.get("json") is None:
                raise Invalid("Send the body as application/json.")
            return view(*args, **kwargs)

        # spectree evaluates the annotations, and Flask's return type is not made for that.
        models = {"json": json, "query": query}
        parsed.__annotations__ = {name: model for name, model in models.items() if model is not None}
        wrapped: Callable[P, R] = spec.validate(
            json=json,
            query=query,
            resp=Response(**responses),
            tags=(tag,),
            security=[] if public else None,
            operation_id=view.__name__,
        )(parsed)
        return wrapped

    return decorate


@api.get("/openapi.json")
def openapi() -> Any:
    """This description."""
    return current_app.json.response(_described())


def _described() -> dict[str, Any]:
    """spectree's document, its path parameters told as JSON Schema tells them (``length`` is Werkzeug's word)."""
    document: dict[str, Any] = spec.spec
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for parameter in (parameter for operation in operations for parameter in operation["parameters"]):
        if parameter["schema"].pop("length", None) is not None:
            parameter["schema"]["pattern"] = ID_PATTERN
    return document


__all__ = ["Answer", "Body", "Query", "Refusal", "documented", "spec"]
