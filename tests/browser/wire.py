"""The wire between a page and its server, as somebody in the middle sees it: frames are lost, kept back, said again."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import WebSocketRoute

from tests.browser.people import Tab

SOCKET = re.compile(r"/socket\.io/")
# Engine.IO's "message", Socket.IO's event (2) or acknowledgement (3), the number of what is acknowledged, the JSON.
FRAME = re.compile(r"^4([23])(\d*)(\[.*)$", re.DOTALL)

Judge = Callable[[str, Any], bool]
"""Is this event (its name and payload) one of those?"""


def event_in(frame: str | bytes) -> tuple[str, Any]:
    """The event's name and payload; ("", None) where the frame carries none. An acknowledgement's name is "ack"."""
    found = FRAME.match(frame) if isinstance(frame, str) else None
    if found is None:
        return "", None
    content = json.loads(found[3])
    if found[1] == "3":
        return "ack", content[0] if content else None
    return content[0], content[1] if len(content) > 1 else None


def bodies_in(name: str, payload: Any) -> list[str]:
    """The texts an ``entries`` event carries."""
    return [entry["body"] for entry in payload["entries"]] if name == "entries" else []


class Wire:
    """Stands between a tab and its server from the tab's next page load on; ``flow()`` until told otherwise."""

    def __init__(self, tab: Tab) -> None:
        self._routes: list[WebSocketRoute] = []
        self._lost: Judge = _none
        self._held: Judge = _none
        self._kept: list[tuple[WebSocketRoute, str | bytes]] = []
        self.silent = False
        self.lost: list[str | bytes] = []
        tab.page.route_web_socket(SOCKET, self._connect)
        tab.reload()

    def lose(self, judge: Judge) -> None:
        """Events from the server that ``judge`` names do not arrive; they are in ``lost``."""
        self._lost = judge

    def hold(self, judge: Judge) -> None:
        """Events from the page that ``judge`` names wait for ``release()``."""
        self._held = judge

    def release(self) -> None:
        """What was held goes on its way, and nothing is held any more."""
        self._held = _none
        for route, frame in self._kept:
            route.send(frame)
        self._kept.clear()

    @property
    def holds(self) -> int:
        return len(self._kept)

    def say_again(self, frame: str | bytes) -> None:
        """The page gets a frame it got, or should have got, before."""
        self._page.send(frame)

    def _connect(self, page: WebSocketRoute) -> None:
        self._page = page
        server = page.connect_to_server()
        page.on_message(lambda frame: self._from_page(server, frame))
        server.on_message(lambda frame: self._from_server(page, frame))

    def _from_page(self, server: WebSocketRoute, frame: str | bytes) -> None:
        if self.silent:
            return
        if self._held(*event_in(frame)):
            self._kept.append((server, frame))
        else:
            server.send(frame)

    def _from_server(self, page: WebSocketRoute, frame: str | bytes) -> None:
        if self.silent:
            return
        if self._lost(*event_in(frame)):
            self.lost.append(frame)
        else:
            page.send(frame)


def _none(name: str, payload: Any) -> bool:
    return False
