"""Every socket event, attacked with what its schema does not take and by who may not: a typed answer, nothing stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.errors import ChatError
from app.domain.ids import new_id
from app.models.messages import messages
from app.realtime.handlers import EVENTS
from tests.installation import Web
from tests.security.conftest import ATTACKER
from tests.security.payloads import (
    COMMANDS,
    NOT_THEIRS,
    OPERATORS,
    anything,
    damaged,
    in_conversation,
    schema_of,
    whole,
)
from tests.system.conftest import Client, Person

Make = Callable[[str], Person]
Stored = Callable[[], dict[str, str]]
CODES = {refusal.code for refusal in ChatError.__subclasses__()} | {"slow_mode", "confirm_first"}
EXAMPLES = 40
HARMLESS = "heads"
"""The one event that takes part in no conversation, and may be asked by everybody."""

fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


class Attacker:
    """Somebody with a socket of their own. When they have said too much, somebody else goes on in their place."""

    def __init__(self, web: Web, make: Callable[[], Person]) -> None:
        self._url, self._make = web.url, make
        self._client = self._come()

    def ask(self, event: str, payload: Any) -> dict[str, Any]:
        """The answer, which is never that this was too much: that would hide what is looked for."""
        answer: dict[str, Any] = self._client.io.call(event, payload, timeout=15)
        if answer.get("code") == "rate_limited":
            self._client.close()
            self._client = self._come()
            answer = self._client.io.call(event, payload, timeout=15)
        assert answer.get("code") != "rate_limited"
        return answer

    def close(self) -> None:
        self._client.close()

    def _come(self) -> Client:
        return self._make().client(self._url)


@pytest.fixture
def stranger(web: Web, person: Make) -> Any:
    """Somebody who is a member of nothing."""
    stranger = Attacker(web, lambda: person(ATTACKER))
    yield stranger
    stranger.close()


@pytest.fixture
def chat(web: Web, person: Make, group: Callable[..., str]) -> str:
    """A conversation of others in which something was said."""
    ada = person("Ada")
    chat = group(ada, person("Ben"))
    client = ada.client(web.url)
    assert client.post(chat, "not for Eve")["ok"]
    client.close()
    return chat


def expect_refusal(answer: dict[str, Any], *codes: str) -> None:
    assert answer["ok"] is False, answer
    assert answer["code"] in (codes or CODES), answer
    assert answer["message"]
    assert "Traceback" not in json.dumps(answer)


def test_the_schemas_are_those_of_the_events() -> None:
    assert COMMANDS.keys() == EVENTS.keys()


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_what_no_schema_takes_is_refused_by_type(stranger: Attacker, chat: str, stored: Stored, event: str) -> None:
    @fuzz
    @given(damaged(COMMANDS[event]), st.booleans())
    def attack(payload: Any, theirs: bool) -> None:
        answer = stranger.ask(event, in_conversation(payload, chat) if theirs else payload)
        if event != HARMLESS or not answer["ok"]:
            expect_refusal(answer, "invalid", "not_found")

    stranger.ask(HARMLESS, {})
    before = stored()
    attack()
    assert changed(before, stored()) == []


@pytest.mark.parametrize("event", sorted(EVENTS.keys() - {HARMLESS}))
def test_a_stranger_is_told_the_same_as_of_nothing(stranger: Attacker, chat: str, stored: Stored, event: str) -> None:
    @fuzz
    @given(whole(COMMANDS[event]))
    def attack(payload: dict[str, Any]) -> None:
        theirs = stranger.ask(event, in_conversation(payload, chat))
        nothing = stranger.ask(event, in_conversation(payload, new_id()))
        assert theirs == nothing
        expect_refusal(theirs, "invalid", "not_found")

    before = stored()
    attack()
    refusal = stranger.ask(event, taken(event, chat))
    expect_refusal(refusal, "not_found")
    assert changed(before, stored()) == []


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_an_operator_is_a_value_of_no_field(web: Web, person: Make, group: Any, event: str) -> None:
    chats: list[str] = []

    def member() -> Person:
        one = person("Ada")
        chats.append(group(one))
        return one

    attacker = Attacker(web, member)
    for field in schema_of(COMMANDS[event]):
        for operator in OPERATORS:
            expect_refusal(attacker.ask(event, {**taken(event, chats[-1]), field: operator}), "invalid")
    for field in NOT_THEIRS.keys() - schema_of(COMMANDS[event]).keys():
        expect_refusal(attacker.ask(event, {**taken(event, chats[-1]), field: NOT_THEIRS[field]}), "invalid")
    assert said_in(chats) == 0
    attacker.close()


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_what_a_member_says_is_taken_or_refused_by_type(web: Web, person: Make, group: Any, event: str) -> None:
    """Past the schema, too: whatever fits it meets the log, its targets and the permissions, and no bug."""
    chats: list[str] = []

    def member() -> Person:
        one = person("Ada")
        chats.append(group(one))
        return one

    attacker = Attacker(web, member)
    taken_from_them = []

    @fuzz
    @given(whole(COMMANDS[event]) | damaged(COMMANDS[event]), st.sampled_from([None, 1, 2]))
    def attack(payload: Any, target: int | None) -> None:
        payload = in_conversation(payload, chats[-1])
        if target is not None and isinstance(payload, dict) and "target" in payload:
            payload = {**payload, "target": target}
        answer = attacker.ask(event, payload)
        if answer["ok"]:
            COMMANDS[event].parse(payload)
            taken_from_them.append(payload)
        else:
            expect_refusal(answer, "invalid", "not_found", "forbidden", "conflict", "client_id_reused")

    for number in (1, 2):
        assert attacker.ask("post", taken("post", chats[-1], number))["ok"]
    taken_from_them.append(taken(event, chats[-1], 3))
    assert attacker.ask(event, taken_from_them[0])["ok"], "otherwise the refusals below would prove little"
    attack()
    attacker.close()
    entries = messages().count_documents({"conversation": {"$in": chats}})
    assert entries <= 2 + len(taken_from_them)


def test_an_event_that_nobody_knows_is_refused_by_type(stranger: Attacker, stored: Stored) -> None:
    names = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60).filter(
        lambda name: name not in EVENTS and name not in ("connect", "disconnect", "connect_error", "*")
    )

    @fuzz
    @given(names, anything)
    def attack(name: str, payload: Any) -> None:
        expect_refusal(stranger.ask(name, payload), "invalid")

    before = stored()
    attack()
    assert changed(before, stored()) == []


def test_bytes_in_the_place_of_text_are_refused_by_type(stranger: Attacker, chat: str, stored: Stored) -> None:
    before = stored()
    for event in EVENTS:
        for field in schema_of(COMMANDS[event]):
            expect_refusal(stranger.ask(event, {**taken(event, chat), field: b"\x00\xff"}), "invalid")
        expect_refusal(stranger.ask(event, b"\x00\xff"), "invalid")
    assert changed(before, stored()) == []


def taken(event: str, chat: str, number: int = 1) -> dict[str, Any]:
    """A payload that is taken from a member; ``number`` tells one from the next."""
    values = {
        "conversation": chat, "client_id": f"00000000-0000-4000-8000-{number:012}", "body": f"hello {number}", "target": 1,
        "emoji": "👍", "active": True, "after": 0, "visible": True, "read": 0, "delivered": 0,
    }  # fmt: skip
    return {name: values[name] for name in schema_of(COMMANDS[event]) if name in values}


def said_in(chats: list[str]) -> int:
    return int(messages().count_documents({"conversation": {"$in": chats}}))


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
