"""What holds for every request: guards, CSRF, headers, cookies, sizes, floods, stores that are away."""

import io
import pickle
import re
import subprocess

import pytest
from flask import Flask, request
from PIL import Image

from app.blueprints.guards import allow_guest, guards
from app.models import Device, User
from app.services.limits import BUCKETS, Bucket
from app.services.registry import services
from tests.blueprints.site import Browser, Site, build_site, settings_for

ADA, BOB = "07400 123456", "07400 654321"
SECRETS = {
    "SECRET_KEY": "q8Zt3vLw0Xy7Rk2Nf5Hc9Bs4Gm6Jd1Pa",
    "JWT_SECRET_KEY": "Xk2Nf5Hc9q8Zt3vLw0y7RBs4Gm6Jd1Pa",
}
GUESTS_MAY = {
    "static",
    "service_worker",
    "api.openapi",
    "api.ask_for_code",
    "api.ask_for_another_code",
    "api.sign_in_with_code",
    "api.csrf",
    "auth.sign_in",
    "auth.send_code",
    "auth.code",
    "auth.check_code",
    "auth.resend",
    "auth.ask_for_passkey",
    "auth.sign_in_with_passkey",
    "auth.google",
    "auth.google_callback",
    "auth.sign_out",
    "chat.offline",
    "contacts.invite",
    "groups.invitation",
    "languages.choose",
    "groups.photo",
}


def test_exactly_these_endpoints_are_open_to_guests(site: Site) -> None:
    assert {endpoint for endpoint, guard in guards(site.app).items() if guard == "guest"} == GUESTS_MAY


def test_a_guest_gets_nothing_from_any_other_endpoint(site: Site) -> None:
    asked = 0
    for rule in site.app.url_map.iter_rules():
        if rule.endpoint in GUESTS_MAY:
            continue
        path = re.sub(r"<[^>]+>", "a" * 22, re.sub(r"<int:\w+>", "1", rule.rule))
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            # No cookie at all: nothing could be misused, so it is the guard and not the CSRF check that answers.
            answer = site.app.test_client().open(path, method=method, headers={"Accept": "application/json"})
            expected = {401} if path.startswith("/api/") or method == "GET" else {401, 403}
            assert answer.status_code in expected, f"{method} {path}: {answer.status}"
            asked += 1
    assert asked > 20


def test_a_guest_is_sent_to_sign_in_from_pages_and_told_so_by_the_api(visitor: Browser) -> None:
    assert visitor.get("/c/" + "a" * 22).location == "/sign-in?next=/c/" + "a" * 22
    answer = visitor.fetch("GET", "/api/v1/me")
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sign-out"),
        ("POST", "/settings/profile"),
        ("POST", "/settings/devices/sign-out-others"),
        ("POST", "/settings/account/phone/unlink"),
        ("PATCH", "/api/v1/me"),
        ("DELETE", "/api/v1/me/photo"),
        ("POST", "/api/v1/devices/sign-out-others"),
        ("POST", "/api/v1/session/token"),
        ("DELETE", "/api/v1/session"),
    ],
)
def test_another_sites_request_with_our_cookie_is_refused(visitor: Browser, method: str, path: str) -> None:
    visitor.sign_in(ADA)
    headers = {"Origin": "https://evil.example", "Referer": "https://evil.example/"}
    for body in (
        {"data": {"name": "Mallory"}},
        {"json": {"name": "Mallory"}},
        {"data": {"csrf_token": "guessed"}},
    ):
        assert visitor.client.open(path, method=method, headers=headers, **body).status_code == 403
    assert visitor.me()["name"] == "Ada Lovelace"


def test_a_csrf_token_of_another_session_is_refused(site: Site) -> None:
    ada, bob = site.browser().sign_in(ADA), site.browser().sign_in(BOB)
    token = bob.client.get("/api/v1/session/csrf").get_json()["csrf_token"]
    answer = ada.client.patch("/api/v1/me", json={"name": "Mallory"}, headers={"X-CSRFToken": token})
    assert answer.status_code == 403


def test_a_signed_in_script_of_ours_may(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    assert visitor.fetch("PATCH", "/api/v1/me", json={"name": "Ada"}).get_json()["name"] == "Ada"


def test_a_signed_out_devices_cookie_is_dead_at_once(site: Site) -> None:
    here, there = site.browser().sign_in(ADA), site.browser().sign_in(ADA, name="")
    device = next(d["id"] for d in here.fetch("GET", "/api/v1/devices").get_json()["devices"] if not d["current"])
    cookie = there.cookie()

    assert here.fetch("DELETE", f"/api/v1/devices/{device}").status_code == 204

    assert there.fetch("GET", "/api/v1/me").status_code == 401
    assert not site.redis.exists(f"session:{cookie}")
    assert here.fetch("GET", "/api/v1/me").status_code == 200
    assert site.publisher.signed_out == [device]


def test_a_session_that_was_saved_again_after_signing_out_is_dead_too(site: Site) -> None:
    """A request that was under way while its device was signed out may write its session back."""
    visitor = site.browser().sign_in(ADA)
    raw = stored_session(site, visitor)
    device = Device.objects.get().id
    services().devices.sign_out(visitor_id(), device)
    restore(site, visitor, raw)
    assert visitor.fetch("GET", "/api/v1/me").status_code == 401


def test_a_session_forged_in_redis_runs_nothing(site: Site, visitor: Browser) -> None:
    """Flask-Session's own decoder would unpickle this."""
    visitor.sign_in(ADA)

    class Bomb:
        def __reduce__(self) -> object:
            return subprocess.check_call, (["false"],)

    restore(site, visitor, pickle.dumps(Bomb()))
    assert visitor.fetch("GET", "/api/v1/me").status_code == 401


def test_every_answer_carries_the_headers(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    for path in ("/", "/sign-in", "/api/v1/me", "/nothing/here", "/static/favicon.svg"):
        headers = visitor.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in headers, "over http it would lock developers out of localhost"
        assert "Access-Control-Allow-Origin" not in headers
    assert visitor.get("/api/v1/me").headers["Cache-Control"] == "no-store"
    first, second = (re.search(r"nonce-([^']+)", visitor.get("/").headers["Content-Security-Policy"]) for _ in "12")
    assert first
    assert second
    assert first[1] != second[1]


def test_the_session_cookie_is_for_us_alone(visitor: Browser) -> None:
    cookie = visitor.get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("chatter=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_over_https_the_cookie_is_host_bound_and_browsers_are_told_to_stay(stores: tuple[str, str]) -> None:
    settings = settings_for(
        *stores,
        CHATTER_ENV="production",
        SMS_PROVIDER="console",
        PUBLIC_URL="https://chat.example.org",
        **SECRETS,
    )
    answer = build_site(settings).app.test_client().get("/sign-in", base_url="https://chat.example.org")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-chatter=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "HttpOnly" in cookie
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_looking_at_the_sign_in_page_does_not_fill_redis_for_a_month(site: Site, visitor: Browser) -> None:
    visitor.get("/sign-in")
    assert 0 < int(site.redis.ttl(f"session:{visitor.cookie()}")) <= 2 * 3600
    visitor.sign_in(ADA)
    assert int(site.redis.ttl(f"session:{visitor.cookie()}")) > 29 * 86_400


def test_a_body_above_the_limit_is_refused_and_a_photo_is_not(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    large = visitor.fetch("PATCH", "/api/v1/me", data=b" " * (site.settings.max_body_bytes + 1))
    assert (large.status_code, large.get_json()["code"]) == (413, "too_large")

    noise = io.BytesIO()
    Image.effect_noise((700, 700), 90).save(noise, "PNG")
    assert len(noise.getvalue()) > site.settings.max_body_bytes * 2
    answer = visitor.fetch("PUT", "/api/v1/me/photo", data=noise.getvalue(), content_type="image/png")
    assert answer.status_code == 200


def test_a_flood_is_slowed_with_a_wait(visitor: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(BUCKETS, "http", Bucket(3, 0.01))
    answers = [visitor.get("/offline") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_without_redis_nobody_is_let_in_and_alive_still_answers(stores: tuple[str, str]) -> None:
    def add_health(app: Flask) -> None:
        app.add_url_rule("/health", "health.alive", lambda: "alive")

    site = build_site(settings_for("redis://127.0.0.1:1/0", stores[1]), add_health)
    client = site.app.test_client()
    client.set_cookie("chatter", "x" * 43)
    assert client.get("/health").text == "alive"
    for path in ("/api/v1/me", "/", "/sign-in"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 503, f"{path}: {answer.status}"
        assert answer.get_json()["code"] == "degraded"
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 503


def test_a_bug_is_answered_without_its_details(stores: tuple[str, str]) -> None:
    def add_bug(app: Flask) -> None:
        @app.get("/bug")
        @allow_guest
        def bug() -> str:
            raise RuntimeError("the password is hunter2")

    client = build_site(settings_for(*stores), add_bug).app.test_client()
    answer = client.get("/bug", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal")
    page = client.get("/bug", headers={"Accept": "text/html"})
    assert page.status_code == 500
    for text in (answer.text, page.text):
        assert "hunter2" not in text
        assert "RuntimeError" not in text


@pytest.mark.parametrize(("path", "status"), [("/nothing/here", 404), ("/sign-out", 405), ("/photos/" + "a" * 22, 404)])
def test_refusals_are_pages_for_people_and_json_for_programs(visitor: Browser, path: str, status: int) -> None:
    visitor.sign_in(ADA)
    page = visitor.get(path)
    assert page.status_code == status
    assert "<h1" in page.text
    data = visitor.get(path, headers={"Accept": "application/json"})
    assert data.status_code == status
    assert set(data.get_json()) >= {"code", "message"}


def test_a_proxy_is_believed_only_where_it_was_announced(stores: tuple[str, str]) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    for proxies, address in (("0", "127.0.0.1"), ("1", "203.0.113.9")):
        seen: list[str | None] = []
        site = build_site(settings_for(*stores, TRUSTED_PROXIES=proxies))
        site.app.before_request(lambda seen=seen: seen.append(request.remote_addr))
        site.app.test_client().get("/offline", headers=forwarded)
        assert seen == [address]


def visitor_id() -> str:
    return str(User.objects.get().id)


def stored_session(site: Site, visitor: Browser) -> bytes:
    client = site.app.session_interface.client  # type: ignore[attr-defined]
    raw: bytes = client.get(f"session:{visitor.cookie()}")
    return raw


def restore(site: Site, visitor: Browser, raw: bytes) -> None:
    site.app.session_interface.client.set(f"session:{visitor.cookie()}", raw)  # type: ignore[attr-defined]
