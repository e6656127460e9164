"""The real pages, styles and views in a real browser, over a chat in memory (tests/js/fixtures/fake_chat.js)."""

import json
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.cookies import SimpleCookie
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Browser, Page, ViewportSize

from app.languages import grouped, refusal_text, texts
from dev.messages import found
from tests.browser.chromium import executable

ROOT = Path(__file__).parents[2]
PSEUDO = "en-XA"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'"
)
ME = {"id": "u" * 21 + "4", "name": "Dana Lopez", "handle": "dana", "avatar": None, "about": "Release manager"}
AMARA = {"id": "u" * 21 + "C", "name": "Amara Okafor", "handle": "amara", "avatar": None, "about": ""}
TOO_LONG = {"code": "invalid", "message": "No.", "details": {"fields": {"number": "This is not a number."}}}
# What a route hands to its template, for the templates that need it.
CONTEXTS: dict[str, dict[str, Any]] = {
    "auth/sign_in.html": {
        "countries": [{"region": "DE", "code": 49, "name": "Germany", "flag": "🇩🇪"}],
        "region": "DE",
        "number": "12",
        "google": True,
        "phone_sign_in": True,
        "error": TOO_LONG,
    },
    "auth/code.html": {"phone": "+49 170 1234567", "resend_in": 28, "development_code": "123456"},
    "auth/welcome.html": {"name": ""},
    "errors/error.html": {"status": 404, "code": "not_found", "title": "Nothing here", "message": "There is nothing."},
    "contacts/invite.html": {"inviter": AMARA, "code": "x"},
    "groups/invite.html": {
        "group": {"id": "g" * 22, "name": "Trains and " + "planes" * 12, "avatar": None},
        "description": "What runs when.\n" + "long" * 40,
        "members": 1_204,
        "token": "t" * 22,
    },
    "groups/no_way_in.html": {"title": "This link has expired", "message": "Ask for a new one."},
    "settings/confirm.html": {"phone": "+49 170 1234567", "google": True, "back": "/settings/account"},
    "settings/deletion.html": {"deletion_at": "Friday 4 December 2026", "next": "/"},
    "settings/privacy.html": {
        "privacy": {
            "last_seen": "contacts",
            "receipts": True,
            "typing": False,
            "groups": "everyone",
            "first_messages": "contacts",
        },
    },
    "settings/account.html": {"phone": "+49 170 1234567", "google": True},
}
PATHS = {"/": "chat/chat.html", "/contacts": "contacts/contacts.html"}


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "templates"), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    if language == PSEUDO:
        environment.install_gettext_callables(bracketed, lambda one, many, count: bracketed(one), newstyle=True)  # type: ignore[attr-defined]
    else:
        environment.install_gettext_translations(texts(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters["refusal_text"] = str if language == PSEUDO else lambda text: refusal_text(language, text)
    environment.filters["grouped"] = lambda number: grouped("en", number)
    environment.globals.update(
        static_url=lambda name: f"/static/{name}",
        csrf_token=lambda: "token",
        current_user={"is_authenticated": True},
        language=language,
        direction="rtl" if language == PSEUDO else "ltr",
        languages={"en": "English", "de": "Deutsch"},
    )
    return environment


def bracketed(text: str) -> str:
    """What a text is in the pseudo language: every one that was not put through gettext stands out."""
    return f"⟦{text}⟧"


@cache
def pseudo_catalogue() -> str:
    """The scripts' texts in the pseudo language."""
    _, scripts = found()
    texts = {
        text if isinstance(text, str) else text[0]: bracketed(text)
        if isinstance(text, str)
        else {"one": bracketed(text[0]), "other": bracketed(text[1])}
        for text in scripts
    }
    return f"globalThis.chatterCatalogue = {json.dumps(texts)};"


class _Handler(SimpleHTTPRequestHandler):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, directory=str(ROOT), **kwargs)

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/api/v1/session/csrf":
            self._send('{"csrf_token": "token"}', "application/json")
        elif path == "/sign-in/passkey/options":
            self._send("{}", "application/json")
        elif path == "/static/js/main.js":
            self._send('import "/tests/js/fixtures/fake_page.js";', "text/javascript")
        elif path == f"/static/js/catalogues/{PSEUDO}.js":
            self._send(pseudo_catalogue(), "text/javascript")
        elif path == "/contacts/invite.svg" or path.endswith("/link.svg") or path.startswith("/photos/"):
            self._send('<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml")
        elif path.startswith(("/static/", "/tests/js/")):
            super().do_GET()
        else:
            name = "chat/chat.html" if path.startswith("/c/") else PATHS.get(path, path.removeprefix("/t/"))
            page = _templates(self._language()).get_template(name).render(me=ME, **CONTEXTS.get(name, {}))
            self._send(page, "text/html; charset=utf-8")

    def _language(self) -> str:
        asked = SimpleCookie(self.headers.get("Cookie", "")).get("language")
        return asked.value if asked else "en"

    def do_POST(self) -> None:
        """The sign-in page asks what a passkey is to sign; nobody has one here."""
        self._send('{"challenge": "AAAA"}', "application/json")

    def _send(self, body: str, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body.encode())


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the pages are served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, quiet."""
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": executable(), "args": flags}


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Opener]:
    """Opens a path of the site; fails the test if the page reports an error or a broken policy."""
    complaints: list[str] = []
    contexts = []

    def opened(
        path: str = "/",
        width: int = 1024,
        height: int = 768,
        theme: Any = "light",
        language: str = "en",
        **more: Any,
    ) -> Page:
        viewport: ViewportSize = {"width": width, "height": height}
        context = browser.new_context(
            viewport=viewport, color_scheme=theme, locale="en-GB", service_workers="block", **more
        )
        contexts.append(context)
        if language != "en":
            context.add_cookies([{"name": "language", "value": language, "url": address}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(address + path)
        if not path.startswith("/t/") or path.startswith("/t/settings/"):
            page.locator("html[data-ready]").wait_for(state="attached")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if "favicon" not in text and "webmanifest" not in text] == []
