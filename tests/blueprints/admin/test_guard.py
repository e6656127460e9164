"""Who gets in: administrators who showed lately that it is them. Everybody else is answered as if nothing were there."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.admin.guard import FRESH_S
from app.models import AuditEvent, Device, User
from app.models.accounts import now
from tests.blueprints.site import Browser, Site, build_site, csrf_token_on, settings_for

NOBODY = "a" * 22
METHODS = ("GET", "POST", "PUT", "DELETE")


def routes(app: Flask, subject: str = NOBODY) -> Iterator[tuple[str, str]]:
    """Method and path of every route of the dashboard."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/admin"):
            path = re.sub(r"<[^>]+>", subject, re.sub(r"<int:\w+>", "1", rule.rule))
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield method, path


def changes(app: Flask, subject: str = NOBODY) -> list[str]:
    return [path for method, path in routes(app, subject) if method == "POST"]


def become_stale(site: Site) -> None:
    """As if the dashboard had stood open for too long."""
    past = now() - timedelta(seconds=FRESH_S + 1)
    Device.objects.update(set__created_at=past)
    site.forget_devices()


def test_a_member_is_answered_as_if_nothing_were_there(site: Site, member: Browser) -> None:
    token = csrf_token_on(member.get("/settings/account"))
    nothing = member.get("/admin-no-such-page")
    asked = 0
    for _, path in routes(site.app, member.me()["id"]):
        for method in METHODS:
            answer = member.client.open(path, method=method, headers={**member.headers, "X-CSRFToken": token})
            assert (answer.status_code, answer.text) == (404, nothing.text), f"{method} {path}"
            asked += 1
    assert asked > 40
    for path in ("/admin", "/admin/", "/admin/people", "/admin/static/vendor/jquery.min.js", "/admin/nothing"):
        assert member.get(path).status_code == 404
    assert AuditEvent.objects.count() == 0


def test_a_guest_is_led_to_the_sign_in_and_changes_nothing(site: Site, visitor: Browser) -> None:
    for method, path in routes(site.app):
        answer = visitor.client.open(path, method=method, headers=visitor.headers)
        assert answer.status_code == (302 if method == "GET" else 403), f"{method} {path}"
        assert method != "GET" or answer.location.startswith("/sign-in?next=/admin")
    assert AuditEvent.objects.count() == 0


def test_a_token_opens_nothing_not_even_an_administrators(site: Site, admin: Browser) -> None:
    token = admin.fetch("POST", "/api/v1/session/token").get_json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert site.app.test_client().get("/api/v1/me", headers=headers).get_json()["role"] == "admin"
    for method, path in routes(site.app, admin.me()["id"]):
        assert site.app.test_client().open(path, method=method, headers=headers).status_code == 404, f"{method} {path}"
    assert AuditEvent.objects.count() == 0


def test_a_member_who_has_said_no_name_yet_is_told_nothing_either(site: Site) -> None:
    fresh = site.browser().sign_in("07400 999888", name="")
    assert fresh.get("/admin/people/").location.startswith("/welcome")
    token = csrf_token_on(fresh.get("/welcome"))
    for path in changes(site.app):
        assert fresh.client.post(path, data={"csrf_token": token}, headers=fresh.headers).status_code == 404


def test_every_page_opens_for_an_administrator(site: Site, admin: Browser, member: Browser) -> None:
    opened, them = 0, member.me()["id"]
    for method, path in routes(site.app, them):
        if method == "GET" and not any(
            f"{part}/{them}" in path for part in ("conversations", "reports", "announcements")
        ):
            answer = admin.get(path, follow_redirects=True)
            assert answer.status_code == 200, f"{path}: {answer.text[:300]}"
            assert "bootstrap" not in answer.text.lower()
            assert "jquery" not in answer.text.lower()
            assert "unsafe" not in answer.headers["Content-Security-Policy"]
            opened += 1
    assert opened >= 3


def test_after_half_an_hour_they_show_again_that_it_is_them(site: Site, admin: Browser) -> None:
    me = admin.me()["id"]
    token = csrf_token_on(admin.get(f"/admin/people/{me}"))
    become_stale(site)
    assert admin.get("/admin/people/?q=x").location == "/settings/confirm?next=/admin/people/%3Fq%3Dx"
    for path in changes(site.app, me):
        answer = admin.client.post(path, data={"csrf_token": token}, headers=admin.headers)
        assert answer.status_code == 303, path
        assert answer.location.startswith("/settings/confirm?next=/admin"), path
    assert AuditEvent.objects.count() == 0
    assert admin.fetch("GET", "/admin/people/").get_json()["code"] == "confirm_first"

    page = admin.get("/admin/people/").location
    assert admin.submit(page, "/settings/confirm/phone").status_code == 303
    code = admin.code("/settings/confirm/code")
    assert admin.submit("/settings/confirm/code", "/settings/confirm/code", code=code).location == "/admin/people/"
    assert admin.get("/admin/people/").status_code == 200


def test_a_role_that_was_taken_away_counts_at_once(admin: Browser) -> None:
    assert admin.get("/admin/people/").status_code == 200
    User.objects(id=admin.me()["id"]).update_one(set__role="member")
    assert admin.get("/admin/people/").status_code == 404


def test_every_change_needs_the_pages_token(site: Site, admin: Browser, member: Browser) -> None:
    them = member.me()["id"]
    for path in changes(site.app, them):
        assert admin.client.post(path, data={}, headers=admin.headers).status_code == 403, path
        forged = {**admin.headers, "Origin": "https://evil.example", "Referer": "https://evil.example/"}
        assert admin.client.post(path, data={"csrf_token": "guessed"}, headers=forged).status_code == 403, path
    assert AuditEvent.objects.count() == 0
    assert User.objects.get(id=them).disabled_at is None


def test_every_change_is_marked_as_one_that_the_audit_log_hears_of(site: Site) -> None:
    marked = [
        (rule.rule, getattr(site.app.view_functions[rule.endpoint], "chatter_audited", None))
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/admin") and (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    ]
    assert len(marked) >= 10
    assert [rule for rule, action in marked if not action] == []


def test_a_change_that_is_not_marked_is_not_carried_out(stores: tuple[str, str]) -> None:
    carried_out: list[float] = []

    def forgotten() -> str:
        carried_out.append(time.monotonic())
        return "done"

    site = build_site(
        settings_for(*stores), lambda app: app.add_url_rule("/admin/forgotten", view_func=forgotten, methods=["POST"])
    )
    admin = site.browser().sign_in("07400 123456")
    User.objects(id=admin.me()["id"]).update_one(set__role="admin")
    token = csrf_token_on(admin.get("/settings/account"))
    answer = admin.client.post("/admin/forgotten", data={"csrf_token": token}, headers=admin.headers)
    assert answer.status_code == 500
    assert carried_out == []


@pytest.mark.parametrize("query", ["?after=x", "?after=1-%00", "?state=odd", "?q=" + "x" * 200])
def test_nonsense_in_a_query_is_refused_in_words(admin: Browser, query: str) -> None:
    assert admin.get(f"/admin/people/{query}").status_code in (200, 422)
    assert admin.get("/admin/audit/?since=yesterday").status_code == 422
    assert admin.get("/admin/audit/?after=12-nonsense").status_code == 422
