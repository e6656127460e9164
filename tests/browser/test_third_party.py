"""A program that knows nothing but the documented wire chats with a person at a browser."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from tests.browser.conftest import Joiner, Site
from tests.browser.people import fresh_number
from tests.system.conftest import Client

WITHIN_S = 15


class Program:
    """Signs in over REST, then speaks by python-socketio's own client with the token it got."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self.phone = f"+1 {fresh_number()}"
        asked = self._ask("post", "/session/phone", phone=self.phone)
        verified = {"challenge": asked["challenge"], "code": asked["development_code"]}
        answer = self._ask("post", "/session/phone/verify", **verified)
        self.token, self.id, self.name = answer["access_token"], answer["user"]["id"], name
        self._ask("patch", "/me", name=name)
        self.socket = Client(url, self.token)

    def chat_with(self, user: str) -> str:
        """*The* conversation with a person, which is caught up with and followed from now on; answers its id."""
        conversation = str(self._ask("post", "/conversations", user=user)["id"])
        assert self.socket.call("sync", conversation=conversation, after=0)["ok"]
        return conversation

    def texts(self, conversation: str) -> list[str]:
        return [entry["body"] for entry in self.socket.entries(conversation)]

    def _ask(self, method: str, path: str, **body: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}"} if hasattr(self, "token") else {}
        answer = requests.request(method, f"{self._url}/api/v1{path}", json=body, headers=headers, timeout=WITHIN_S)
        assert answer.ok, answer.text
        content: dict[str, Any] = answer.json()
        return content


@pytest.fixture
def program(site: Site) -> Iterator[Callable[[str], Program]]:
    programs: list[Program] = []

    def start(name: str) -> Program:
        programs.append(Program(site.servers[1].url, name))
        return programs[-1]

    yield start
    for one in programs:
        one.socket.close()


def test_a_stock_client_with_a_token_chats_with_the_browser_both_ways(
    person: Joiner, program: Callable[[str], Program]
) -> None:
    ann, robot = person("Ann"), program("Robot")
    conversation = robot.chat_with(ann.id)
    first = robot.socket.post(conversation, "hello, person")
    assert (first["ok"], first["seq"]) == (True, 1)
    ann.open_chat(conversation)
    ann.wait_for_messages(["hello, person"])
    ann.say("hello, robot")
    robot.socket.wait_for(lambda _: "hello, robot" in robot.texts(conversation), WITHIN_S)
    heard = robot.socket.entries(conversation)[-1]
    assert (heard["seq"], heard["sender"], heard["body"]) == (2, ann.id, "hello, robot")
    ann.wait_for_tick("hello, robot", "sent")

    # It says how far it came, and the browser shows it.
    assert robot.socket.call("read", conversation=conversation, delivered=2)["ok"]
    ann.wait_for_tick("hello, robot", "delivered")
    assert robot.socket.call("read", conversation=conversation, read=2)["ok"]
    ann.wait_for_tick("hello, robot", "read")

    for number in range(3, 6):
        assert robot.socket.post(conversation, f"number {number}")["seq"] == number
    ann.wait_for_messages(["hello, person", "hello, robot", "number 3", "number 4", "number 5"])


def test_the_program_that_asks_again_under_the_same_name_is_shown_once(
    person: Joiner, program: Callable[[str], Program]
) -> None:
    ann, robot = person("Ann"), program("Robot")
    conversation = robot.chat_with(ann.id)
    name = "0b0e3f0e-3c64-4f0c-9d3a-7c1f0a8f5b11"
    answers = [robot.socket.post(conversation, "once", client_id=name) for _ in range(3)]
    assert [answer["seq"] for answer in answers] == [1, 1, 1]
    assert robot.socket.post(conversation, "after")["seq"] == 2
    ann.open_chat(conversation)
    ann.wait_for_messages(["once", "after"])
