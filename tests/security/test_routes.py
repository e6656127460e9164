"""Every route of the whole application, taken from its own table: headers, forged requests, limits, paths."""

import logging
import re
from collections.abc import Iterator
from urllib.parse import quote

import click
import pytest
import structlog
from flask import Flask

from app import create_app
from app.blueprints.security import NOT_LIMITED, UNSAFE_METHODS
from app.models import User
from app.services.limits import BUCKETS, SHARED_BUCKETS, Bucket
from tests.blueprints.site import Browser, Site, build_site, settings_for

ADA = "07400 123456"
PRODUCTION = {
    "CHATTER_ENV": "production",
    "SMS_PROVIDER": "console",
    "PUBLIC_URL": "https://chat.example.org",
    "SECRET_KEY": "q8Zt3vLw0Xy7Rk2Nf5Hc9Bs4Gm6Jd1Pa",
    "JWT_SECRET_KEY": "Xk2Nf5Hc9q8Zt3vLw0y7RBs4Gm6Jd1Pa",
}
WITHOUT_A_LIMIT = {
    "static": "files, which a proxy or the kernel's cache hands out; limiting them would cost more than they do",
    "service_worker": "one file, asked for by browsers by themselves",
    "health.alive": "asks no store, and a platform that gets no answer ends the process",
    "health.ready": "asked by platforms every few seconds; a refusal would take the server out of the balance",
}
LOW_BUCKET = Bucket(3, 0.001)
POLICY_WITHOUT = ("unsafe-inline", "unsafe-eval", "http:", "*")


@pytest.fixture
def whole(stores: tuple[str, str]) -> Iterator[Flask]:
    """The application as a web process has it, over https, without its sockets and committers."""
    logs, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with click.Context(click.Command("nothing")):
        yield create_app(settings_for(*stores, **PRODUCTION))
    # It sets up the logs of a process, and this one goes on with other tests.
    structlog.configure(**logs)
    root.handlers[:] = handlers
    root.setLevel(level)


def paths(app: Flask, value: str = "a" * 22) -> Iterator[tuple[str, str, str]]:
    """Endpoint, method and a path of every route."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<path:[^>]+>", "nothing.js", re.sub(r"<int:\w+>", "1", rule.rule))
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            yield rule.endpoint, method, re.sub(r"<[^>]+>", value, path)


def test_the_list_of_what_has_no_limit_is_whole() -> None:
    assert WITHOUT_A_LIMIT.keys() == NOT_LIMITED


def test_every_answer_of_every_route_carries_the_headers(whole: Flask) -> None:
    asked = 0
    nonces = set()
    for _, method, path in paths(whole):
        answer = whole.test_client().open(path, method=method, base_url="https://chat.example.org")
        headers, where = answer.headers, f"{method} {path}"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert not [word for word in POLICY_WITHOUT if word in policy.split() or f"'{word}'" in policy], where
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["Referrer-Policy"] == "same-origin", where
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert "max-age=31536000" in headers["Strict-Transport-Security"], where
        assert "Access-Control-Allow-Origin" not in headers, where
        for cookie in headers.getlist("Set-Cookie"):
            assert cookie.startswith("__Host-"), where
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), where
        if nonce := re.search(r"'nonce-([^']{20,})'", policy):
            assert nonce[1] not in nonces, "a nonce is for one answer"
            nonces.add(nonce[1])
        asked += 1
    assert asked > 100
    assert len(nonces) > 100


def test_no_page_has_a_script_or_handler_that_its_policy_would_not_run(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    User.objects.update(set__role="admin")
    site.forget_devices()
    pages = 0
    for _, method, path in paths(site.app):
        if method != "GET" or path.startswith("/sign-in/google"):
            continue
        answer = visitor.get(path)
        if not answer.content_type.startswith("text/html"):
            continue
        nonce = re.search(r"nonce-([^']+)'", answer.headers["Content-Security-Policy"])
        for tag in re.findall(r"<script\b[^>]*>", answer.text):
            if " src=" not in tag and "application/json" not in tag:
                assert nonce and f'nonce="{nonce[1]}"' in tag, f"{path}: {tag}"
        assert not re.search(r"<[^>]+\son[a-z]+=", answer.text), f"{path} has an inline handler"
        assert 'href="javascript:' not in answer.text, path
        pages += 1
    assert pages > 20


def test_no_route_changes_anything_for_another_sites_page(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    User.objects.update(set__role="admin")
    site.forget_devices()
    headers = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}
    asked = 0
    for _, method, path in paths(site.app, visitor.me()["id"]):
        if method in UNSAFE_METHODS:
            for body in ({"data": {"name": "Mallory"}}, {"json": {}}, {"data": {"csrf_token": "guessed"}}):
                answer = visitor.client.open(path, method=method, headers=headers, **body)
                assert answer.status_code == 403, f"{method} {path}: {answer.status}"
                asked += 1
    assert asked > 200
    assert visitor.me()["name"] == "Ada Lovelace", "signed in still, and named as before"


def test_every_route_is_slowed_but_those_of_the_list(
    stores: tuple[str, str], whole: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BUCKETS, "http", LOW_BUCKET)
    limited = set()
    asked = 0
    for endpoint, method, path in paths(whole):
        address = {"REMOTE_ADDR": f"203.0.{asked // 250}.{asked % 250}"}
        client = whole.test_client()
        statuses = [client.open(path, method=method, environ_base=address).status_code for _ in range(5)]
        assert (statuses[-2:] == [429, 429]) is (endpoint not in WITHOUT_A_LIMIT), f"{method} {path}: {statuses}"
        limited.add(endpoint)
        asked += 1
    assert limited == {rule.endpoint for rule in whole.url_map.iter_rules()}
    assert asked > 100


def test_every_event_has_a_limit() -> None:
    from app.realtime.handlers import EVENTS

    for event in EVENTS:
        bucket = BUCKETS[SHARED_BUCKETS.get(event, event)]
        assert bucket.burst <= 300 and bucket.per_second <= 50, event


@pytest.mark.parametrize(
    "wanted",
    [
        "../config.py",
        "..%2fconfig.py",
        "%2e%2e/config.py",
        "....//config.py",
        "/etc/passwd",
        "..\\config.py",
        "x\x00.js",
    ],
)
def test_no_path_leads_out_of_the_folder_of_files(site: Site, visitor: Browser, wanted: str) -> None:
    visitor.sign_in(ADA)
    User.objects.update(set__role="admin")
    site.forget_devices()
    for folder in ("/static/", "/static/js/", "/photos/", "/admin/static/", "/"):
        for path in (folder + wanted, folder + quote(wanted, safe="")):
            answer = visitor.get(path)
            assert answer.status_code in (301, 302, 308, 400, 404), f"{path}: {answer.status}"
            assert "Settings" not in answer.text and "root:" not in answer.text


def test_the_site_of_the_other_tests_has_the_routes_of_the_whole(stores: tuple[str, str], whole: Flask) -> None:
    """What is shown of every route there holds for the application."""
    own = {rule.endpoint for rule in build_site(settings_for(*stores)).app.url_map.iter_rules()}
    assert {rule.endpoint for rule in whole.url_map.iter_rules()} - own == {"health.alive", "health.ready"}
