"""Stands between a page and its socket: sees every frame, loses some, answers others itself."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

EVENT = re.compile(r"^42(\d*)(\[.*)$", re.DOTALL)
ACK = re.compile(r"^43(\d+)(\[.*)$", re.DOTALL)
DROP = "drop"


@dataclass
class Command:
    """What the page asks of the server: an event that wants an acknowledgement."""

    name: str
    payload: dict[str, Any]
    number: str
    """by which its acknowledgement is known on this connection"""


@dataclass
class Ack:
    """The server's answer to ``command``."""

    command: Command
    payload: dict[str, Any]


@dataclass
class Fact:
    """What the server says of its own accord."""

    name: str
    payload: dict[str, Any]


Answer = dict[str, Any]
Frame = Command | Ack | Fact
Judge = Callable[[Frame], str | Answer | None]


def let_pass(_: Frame) -> None:
    return None


class Interception:
    """Lies on ``page`` from its next load on.

    ``judge`` is shown every command, acknowledgement and fact. It answers DROP (it never arrives), a dict (for a
    command or an acknowledgement: the page gets this acknowledgement instead) or None (it passes). Another may take
    its place at any time.
    """

    def __init__(self, page: Page, judge: Judge = let_pass) -> None:
        self.judge = judge
        self.commands: list[Command] = []
        """what reached the server"""
        self.acks: list[Ack] = []
        """what the server answered, whether or not the page heard it"""
        page.route_web_socket(re.compile(r"/socket\.io/"), self._connect)

    def sent(self, name: str) -> list[Command]:
        return [command for command in self.commands if command.name == name]

    def answers(self, name: str) -> list[Answer]:
        return [ack.payload for ack in self.acks if ack.command.name == name]

    def _connect(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        waiting: dict[str, Command] = {}
        page.on_message(lambda frame: self._from_page(frame, page, server, waiting))
        server.on_message(lambda frame: self._from_server(frame, page, waiting))

    def _from_page(
        self, frame: str | bytes, page: WebSocketRoute, server: WebSocketRoute, waiting: dict[str, Command]
    ) -> None:
        found = EVENT.match(frame) if isinstance(frame, str) else None
        if not found or not found[1]:
            server.send(frame)
            return
        name, payload = json.loads(found[2])
        command = Command(name, payload, found[1])
        verdict = self.judge(command)
        if isinstance(verdict, dict):
            page.send(f"43{command.number}{json.dumps([verdict])}")
        elif verdict is None:
            waiting[command.number] = command
            self.commands.append(command)
            server.send(frame)

    def _from_server(self, frame: str | bytes, page: WebSocketRoute, waiting: dict[str, Command]) -> None:
        heard = self._heard(frame, waiting)
        verdict = self.judge(heard) if heard else None
        if isinstance(verdict, dict) and isinstance(heard, Ack):
            page.send(f"43{heard.command.number}{json.dumps([verdict])}")
        elif verdict is None:
            page.send(frame)

    def _heard(self, frame: str | bytes, waiting: dict[str, Command]) -> Ack | Fact | None:
        if not isinstance(frame, str):
            return None
        if (found := ACK.match(frame)) and found[1] in waiting:
            ack = Ack(waiting.pop(found[1]), json.loads(found[2])[0])
            self.acks.append(ack)
            return ack
        if found := EVENT.match(frame):
            name, payload = json.loads(found[2])
            return Fact(name, payload)
        return None
