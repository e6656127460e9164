"""Whatever several people do over two servers, each device that heard it bit by bit shows what a fresh load shows."""

import json
import shutil
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.installation import ROOT, Installation
from tests.system.conftest import Client, Person, wait_until

WITHIN_S = 30
REFUSALS = {"forbidden", "not_found", "conflict", "invalid", "rate_limited"}
"""Of an edit of somebody else's words, of what is deleted, and the like: what is refused leaves no trace."""

PEOPLE = 3
COMMANDS = st.tuples(
    st.integers(0, PEOPLE - 1),
    st.sampled_from(["post", "reply", "edit", "delete", "react", "unreact"]),
    st.integers(1, 5),
    st.sampled_from(["a", "b", "🎉"]),
)
BEGINNING = [(n % PEOPLE, "post", 1, "a") for n in range(4)]
"""Few texts, so that much happens to each of them."""


@dataclass
class Together:
    """Three people in one group, two on one server and one on the other."""

    chat: str
    people: list[Person]
    clients: list[Client]
    server: str


@pytest.fixture
def start(
    installation: Installation, person: Callable[[str], Person], group: Callable[..., str]
) -> Callable[[], Together]:
    installation.worker()
    here, there = (installation.web(POST_BURST="1000", POST_PER_SECOND="1000") for _ in range(2))
    people = [person(name) for name in ("Ada", "Ben", "Cleo")]

    def begin() -> Together:
        chat = group(*people)
        for one in people:
            one.close()
        clients = [one.client(url) for one, url in zip(people, (here.url, there.url, here.url), strict=True)]
        return Together(chat, people, clients, there.url)

    return begin


@pytest.mark.skipif(shutil.which("node") is None, reason="the browser's code runs under Node")
def test_who_heard_it_bit_by_bit_shows_what_a_fresh_load_shows(start: Callable[[], Together]) -> None:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(COMMANDS, min_size=10, max_size=60))
    def holds(commands: list[tuple[int, str, int, str]]) -> None:
        together = start()
        acknowledged = _carry_out(together, BEGINNING + commands)
        head = len(_pages(together)[0])
        assert head == acknowledged, "each that was acknowledged is one entry, and nothing else is"
        for client in together.clients:
            wait_until(lambda client=client: len(client.entries(together.chat)) >= head, WITHIN_S)  # type: ignore[misc]
            shown = _shown([fact["entries"] for name, fact in client.facts if name == "entries"], _pages(together))
            assert [one["seq"] for one in shown["pages"]] == list(range(1, head + 1))
            assert shown["heard"] == shown["pages"]

    holds()


def _carry_out(together: Together, commands: list[tuple[int, str, int, str]]) -> int:
    """Ask for everything without waiting for the answers in between; how many were granted."""
    answers: list[dict[str, Any]] = []
    answered = threading.Event()

    def hear(answer: dict[str, Any]) -> None:
        answers.append(answer)
        if len(answers) == len(commands):
            answered.set()

    for who, what, target, words in commands:
        name, more = _payload(what, target, words)
        payload = {"conversation": together.chat, "client_id": str(uuid.uuid4()), **more}
        together.clients[who].io.emit(name, payload, callback=hear)
        time.sleep(0.002)
    assert answered.wait(WITHIN_S), f"{len(answers)} of {len(commands)} answered"
    assert {answer.get("code") for answer in answers if not answer["ok"]} <= REFUSALS
    return len({answer["seq"] for answer in answers if answer["ok"]})


def _payload(what: str, target: int, words: str) -> tuple[str, dict[str, Any]]:
    match what:
        case "post":
            return "post", {"body": words}
        case "reply":
            return "post", {"body": words, "reply_to": target}
        case "edit":
            return "edit", {"target": target, "body": f"{words}, rather"}
        case "delete":
            return "delete", {"target": target}
    return "react", {"target": target, "emoji": "👍" if words == "a" else "🎉", "active": what == "react"}


def _pages(together: Together) -> list[list[dict[str, Any]]]:
    url = f"{together.server}/api/v1/conversations/{together.chat}/entries?after=0&until=200"
    return [together.people[0].get(url).json()["entries"]]


def _shown(heard: list[list[dict[str, Any]]], pages: list[list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What the browser's own code makes of either."""
    ran = subprocess.run(
        ["node", "tests/js/fixtures/same_state.js"],
        input=json.dumps({"heard": heard, "pages": pages}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    shown: dict[str, list[dict[str, Any]]] = json.loads(ran.stdout)
    return shown
