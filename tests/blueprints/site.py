"""A web application on real stores, as `create_app` puts it together but without sockets and committers."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from werkzeug.test import TestResponse

from app import admin, assets, blueprints
from app.blueprints import errors, identity, languages, security
from app.models import Device
from app.sequencing.heads import Heads
from app.sequencing.sequencer import Sequencer
from app.services.assembly import build
from app.services.registry import install, services
from config import Settings

ROOT = Path(__file__).parents[2]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def settings_for(redis_url: str, mongodb_uri: str, **environment: str) -> Settings:
    return Settings.from_env(
        {
            "CHATTER_ENV": "development",
            "SECRET_KEY": "the secret of one test",
            "JWT_SECRET_KEY": "the other secret of one test",
            "MONGODB_URI": mongodb_uri,
            "REDIS_URL": redis_url,
            "DEFAULT_COUNTRY": "GB",
            **environment,
        }
    )


class SilentPublisher:
    """Remembers which devices were told that they are signed out; nothing else is of interest here."""

    def __init__(self) -> None:
        self.signed_out: list[str] = []

    def to_users(self, *_: Any, **__: Any) -> None: ...

    def to_conversation(self, *_: Any, **__: Any) -> None: ...

    def to_everybody(self, *_: Any, **__: Any) -> None: ...

    def privacy_changed(self, user: str) -> None: ...

    def access_changed(self, conversation: str) -> None: ...

    def sign_out_devices(self, devices: Any, reason: str) -> None:
        self.signed_out += list(devices)


@dataclass
class Site:
    """The application and what a test needs to look behind it."""

    app: Flask
    redis: Redis
    settings: Settings
    publisher: SilentPublisher = field(default_factory=SilentPublisher)

    def forget_devices(self) -> None:
        """As if the few seconds for which a process remembers a device had passed."""
        services().devices.forget([device.id for device in Device.objects])

    def browser(self) -> "Browser":
        return Browser(self.app.test_client())


class Browser:
    """A person's browser: keeps cookies, and sends the CSRF token of the page it is on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers = {"User-Agent": FIREFOX, "Accept": "text/html"}

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, headers={**self.headers, **options.pop("headers", {})}, **options)

    def submit(self, page: str, action: str, /, **fields: Any) -> TestResponse:
        """Fill in the form on ``page`` that goes to ``action``."""
        token = csrf_token_on(self.get(page))
        return self.client.post(action, data={"csrf_token": token, **fields}, headers=self.headers)

    def fetch(self, method: str, path: str, **options: Any) -> TestResponse:
        """What a script on our page would do: JSON, with the token in a header."""
        headers = {"Accept": "application/json", **options.pop("headers", {})}
        if method != "GET":
            token = self.client.get("/api/v1/session/csrf", headers=headers).get_json()["csrf_token"]
            headers["X-CSRFToken"] = token
        return self.client.open(path, method=method, headers=headers, **options)

    def sign_in(self, number: str, name: str = "Ada Lovelace") -> "Browser":
        """All the way in: number, code, name."""
        self.ask_for_code(number)
        answer = self.submit("/sign-in/code", "/sign-in/code", code=self.code())
        assert answer.status_code == 303, answer.text
        if name:
            assert self.submit("/welcome", "/welcome", name=name).status_code == 303
        return self

    def ask_for_code(self, number: str) -> None:
        answer = self.submit("/sign-in", "/sign-in/phone", region="GB", number=number, next="")
        assert answer.status_code == 303, answer.text

    def code(self, page: str = "/sign-in/code") -> str:
        """The code, as the page shows it in development."""
        found = re.search(r'data-part="shown-code">(\d{6})<', self.get(page).text)
        assert found, "no code on the page"
        return found[1]

    def me(self) -> dict[str, Any]:
        account: dict[str, Any] = self.fetch("GET", "/api/v1/me").get_json()
        return account

    def cookie(self) -> str:
        cookie = self.client.get_cookie("chatter")
        assert cookie, "no session cookie"
        return str(cookie.value)


def csrf_token_on(answer: TestResponse) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found, f"no form on the page: {answer.status}\n{answer.text[:600]}"
    return found[1]


def build_site(settings: Settings, prepare: Callable[[Flask], None] = lambda app: None) -> Site:
    """The application; ``prepare`` may hang further routes on it before the first request."""
    app = Flask("app", static_folder=str(ROOT / "static"), template_folder=str(ROOT / "templates"))
    redis = Redis.from_url(settings.redis_url, decode_responses=True)
    site = Site(app, redis, settings)
    heads, sequencer = Heads(redis, settings.shard_count), Sequencer(redis, "test", settings.shard_count, 100)
    install(build(settings, redis, heads, sequencer, site.publisher, "test"))
    security.init_app(app, settings, redis)
    identity.init_app(app)
    languages.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    blueprints.init_app(app)
    admin.init_app(app)
    prepare(app)
    return site
