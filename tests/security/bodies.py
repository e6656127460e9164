"""Small bodies that a route takes, made from its own OpenAPI description."""

import re
from typing import Any

TEXTS = ("x", "a" * 22, "00000000-0000-4000-8000-000000000001", "2026-01-01T00:00:00Z", "22:00", "a" * 90)
"""What a text may have to be: the first that fits is taken."""
BY_NAME = {"emoji": "👍"}
"""What no schema describes."""


def body_of(document: dict[str, Any], path: str, method: str) -> dict[str, Any] | None:
    """A body with what is required, and something to change; None where the route takes none."""
    operation = document["paths"][path][method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = _resolved(document, content["schema"])
    properties = schema.get("properties", {})
    names = list(schema.get("required", ()))
    if not names or method.lower() == "patch":
        names += [name for name in properties if name not in names and name != "client_id"][:1]
    return {name: BY_NAME.get(name) or _value(document, properties[name]) for name in names}


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _value(document: dict[str, Any], schema: dict[str, Any]) -> Any:
    schema = _resolved(document, schema)
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _value(document, next(choice for choice in schema["anyOf"] if choice.get("type") != "null"))
    kind = schema.get("type")
    if kind == "string":
        return next(text for text in TEXTS if _fits(text, schema))
    if kind == "array":
        return [_value(document, schema["items"])] * max(1, schema.get("minItems", 0))
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _value(document, properties[name]) for name in schema.get("required", ())}
    return {"boolean": True, "integer": max(1, schema.get("minimum", 0)), "number": 1.0}[str(kind)]


def _fits(text: str, schema: dict[str, Any]) -> bool:
    within = schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))
    return within and re.search(schema.get("pattern", ""), text) is not None
