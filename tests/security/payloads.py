"""Payloads made from the commands' own schemas, so that a new command or field is attacked without anybody's thinking of it."""

from typing import Any

from hypothesis import strategies as st

from app.domain.commands import COMMANDS, Command

OPERATORS = ({"$ne": ""}, {"$gt": ""}, {"$regex": ".*"}, {"$where": "1"}, ["a"], [{"$ne": ""}])
NOT_THEIRS = {
    "seq": 1,
    "ordinal": 1,
    "sender": "a" * 22,
    "role": "owner",
    "kind": "text",
    "created_at": 0,
    "user": "a" * 22,
}
"""What the server alone says."""
HUGE = "x" * 20_000
DEEP: Any = 0
for _ in range(200):
    DEEP = [DEEP]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    | st.sampled_from([*OPERATORS, HUGE, DEEP, "\x00", "../../etc/passwd", "-1", "NaN"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def schema_of(command: type[Command]) -> dict[str, Any]:
    """The properties of a command, as its JSON schema describes them."""
    properties: dict[str, Any] = command.model_json_schema()["properties"]
    return properties


def fitting(field: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema of one field takes."""
    if "anyOf" in schema:
        return st.one_of(*(fitting(field, choice) for choice in schema["anyOf"]))
    if field == "emoji":
        return st.sampled_from(["👍", "🎉"])
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: not text.endswith("\n"))
    return {
        "null": st.none(),
        "boolean": st.booleans(),
        "integer": st.integers(schema.get("minimum", 0), schema.get("maximum", 2**31)),
        "string": st.text(st.sampled_from("abc def"), min_size=1, max_size=50).map(lambda text: f"x{text}"),
    }[schema["type"]]


def whole(command: type[Command]) -> st.SearchStrategy[dict[str, Any]]:
    """Payloads that have the shape the command takes."""
    return st.fixed_dictionaries({name: fitting(name, schema) for name, schema in schema_of(command).items()})


@st.composite
def damaged(draw: st.DrawFn, command: type[Command]) -> Any:
    """A payload that the command may not take: nothing like it, or one thing wrong with it."""
    how = draw(st.sampled_from(["anything", "value", "missing", "unknown", "not theirs"]))
    payload = draw(whole(command))
    field = draw(st.sampled_from(sorted(payload)))
    if how == "anything":
        return draw(anything)
    if how == "value":
        return {**payload, field: draw(anything)}
    if how == "missing":
        return {name: value for name, value in payload.items() if name != field}
    if how == "unknown":
        return {**payload, draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=30)): draw(anything)}
    return {**payload, draw(st.sampled_from(sorted(NOT_THEIRS))): 1}


def in_conversation(payload: Any, conversation: str) -> Any:
    """The same payload about ``conversation``, where it is about one at all."""
    if isinstance(payload, dict) and isinstance(payload.get("conversation"), str):
        return {**payload, "conversation": conversation}
    return payload


__all__ = ["COMMANDS", "NOT_THEIRS", "OPERATORS", "anything", "damaged", "in_conversation", "schema_of", "whole"]
