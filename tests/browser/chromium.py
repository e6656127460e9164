"""The system's Chromium, and what a page may not say while it is looked at."""

import os
import re
import shutil
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
NETWORK_IS_AWAY = re.compile(r"net::ERR_|WebSocket connection to .* failed|Failed to fetch")
REPORT_POLICY = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} forbids ${event.blockedURI}`))"""


EXECUTABLES = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The first is Chromium without a window's furniture, which costs a third less."""


def executable() -> str:
    """The browser; CHROMIUM names another one."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, EXECUTABLES)), None)
    return found or "/usr/bin/chromium"


def launch_options() -> dict[str, Any]:
    """How to start it."""
    return {"executable_path": executable(), "args": list(ARGUMENTS)}


class Complaints:
    """Uncaught errors, console errors and broken policies of every page of a context, but for what is expected."""

    def __init__(self, context: BrowserContext) -> None:
        self._said: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.add_init_script(REPORT_POLICY)
        context.on("weberror", self._heard_error)
        context.on("console", self._heard_console)

    def expect(self, pattern: re.Pattern[str]) -> None:
        """From the start of the test, complaints that ``pattern`` finds are part of it."""
        self._expected.append(pattern)

    def unexpected(self) -> list[str]:
        return [text for text in self._said if not any(pattern.search(text) for pattern in self._expected)]

    def _heard_error(self, error: WebError) -> None:
        self._said.append(f"uncaught: {error.error}")

    def _heard_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._said.append(f"{message.text} ({message.location.get('url', '')})")
