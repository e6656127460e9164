"""The API about oneself: signing in with a code, tokens, profile, photo, devices."""

import io
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.models import Device, User
from app.services.registry import services
from tests.blueprints.site import Browser, Site

ADA, BOB = "+447400123456", "+447400654321"
OPERATORS: list[Any] = [{"$ne": ""}, {"$gt": ""}, {"$regex": ".*"}, ["x"], {"$where": "1"}, 1, True]


class Program:
    """A client without cookies: it speaks by its token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def sign_in(self, phone: str = ADA, **options: Any) -> dict[str, Any]:
        asked = self.ask("POST", "/session/phone", json={"phone": phone}).get_json()
        body = {"challenge": asked["challenge"], "code": asked["development_code"], **options}
        answer = self.ask("POST", "/session/phone/verify", json=body)
        assert answer.status_code == 200, answer.text
        signed_in: dict[str, Any] = answer.get_json()
        self.token = signed_in["access_token"]
        return signed_in


@pytest.fixture
def program(site: Site) -> Program:
    return Program(site.app.test_client(use_cookies=False))


def test_a_program_signs_in_and_is_a_device_of_its_own(program: Program) -> None:
    signed_in = program.sign_in(device_name="A bot")
    assert signed_in["user"]["phone"] == ADA
    assert (signed_in["device"]["kind"], signed_in["device"]["name"]) == ("api", "A bot")
    assert signed_in["expires_at"] > time.time() * 1000
    assert program.ask("GET", "/me").get_json()["id"] == signed_in["user"]["id"]


def test_asking_for_a_code_says_the_same_of_known_and_unknown_numbers(program: Program) -> None:
    program.sign_in(ADA)
    program.token = ""
    answers = [program.ask("POST", "/session/phone", json={"phone": phone}) for phone in (ADA, BOB)]
    shapes = [
        (a.status_code, {k: type(v) for k, v in a.get_json().items()}, a.get_json()["resend_in"]) for a in answers
    ]
    assert shapes[0] == shapes[1]
    assert shapes[0][0] == 202
    assert User.objects.count() == 1


def test_a_wrong_code_and_a_wrong_challenge_look_the_same(program: Program) -> None:
    asked = program.ask("POST", "/session/phone", json={"phone": ADA}).get_json()
    wrong = f"{(int(asked['development_code']) + 1) % 1_000_000:06d}"
    answers = [
        program.ask("POST", "/session/phone/verify", json={"challenge": challenge, "code": code})
        for challenge, code in ((asked["challenge"], wrong), ("never heard of", asked["development_code"]))
    ]
    assert answers[0].status_code == answers[1].status_code == 400
    assert answers[0].get_json() == answers[1].get_json()


def test_a_code_for_linking_signs_nobody_in(site: Site, program: Program) -> None:
    challenge = services().codes.start(ADA, "192.0.2.1", "link:somebody")
    body = {"challenge": challenge.id, "code": challenge.shown_code}
    assert program.ask("POST", "/session/phone/verify", json=body).status_code == 400
    assert User.objects.count() == 0


def test_a_fresh_token_for_a_valid_one_and_for_a_browser(site: Site, program: Program) -> None:
    program.sign_in()
    old = program.token
    program.token = program.ask("POST", "/session/token").get_json()["access_token"]
    assert program.token != old
    assert program.ask("GET", "/me").status_code == 200

    browser = site.browser().sign_in("07400 654321")
    other = Program(site.app.test_client(use_cookies=False))
    other.token = browser.fetch("POST", "/api/v1/session/token").get_json()["access_token"]
    assert other.ask("GET", "/me").get_json()["id"] == browser.me()["id"]
    assert Device.objects.count() == 2, "a token is no new device"


def test_signing_out_ends_the_token_at_once(program: Program, site: Site) -> None:
    device = program.sign_in()["device"]["id"]
    assert program.ask("DELETE", "/session").status_code == 204
    assert program.ask("GET", "/me").status_code == 401
    assert program.ask("POST", "/session/token").status_code == 401
    assert site.publisher.signed_out == [device]


def test_a_bad_token_is_not_helped_by_a_good_cookie(site: Site) -> None:
    browser = site.browser().sign_in("07400 123456")
    answer = browser.client.get("/api/v1/me", headers={"Authorization": "Bearer forged"})
    assert answer.status_code == 401


def test_a_token_needs_no_csrf_and_a_cookie_beside_it_is_not_looked_at(site: Site, program: Program) -> None:
    program.sign_in()
    browser = site.browser().sign_in("07400 654321", name="Bob")
    headers = {"Authorization": f"Bearer {program.token}"}
    answer = browser.client.patch("/api/v1/me", json={"name": "Ada"}, headers=headers)
    assert answer.get_json()["phone"] == ADA
    assert browser.me()["name"] == "Bob"


def test_the_profile_changes_by_field(program: Program) -> None:
    program.sign_in()
    changed = program.ask("PATCH", "/me", json={"name": "Ada", "handle": "Ada_L"}).get_json()
    assert (changed["name"], changed["handle"], changed["about"]) == ("Ada", "ada_l", "")
    assert program.ask("PATCH", "/me", json={"about": "Hi"}).get_json()["handle"] == "ada_l"
    assert program.ask("PATCH", "/me", json={"handle": None}).get_json()["handle"] is None
    assert program.ask("PATCH", "/me", json={}).get_json()["about"] == "Hi"
    refused = program.ask("PATCH", "/me", json={"handle": "admin"})
    assert refused.status_code == 422
    assert "handle" in refused.get_json()["details"]["fields"]


def test_a_taken_handle_is_a_conflict(site: Site, program: Program) -> None:
    program.sign_in()
    program.ask("PATCH", "/me", json={"handle": "first"})
    other = Program(site.app.test_client(use_cookies=False))
    other.sign_in(BOB)
    refused = other.ask("PATCH", "/me", json={"handle": "FIRST"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "field", ["id", "role", "phone", "email", "google_sub", "disabled_at", "avatar", "onboarded_at"]
)
def test_nobody_sets_what_is_not_theirs_to_set(program: Program, field: str) -> None:
    program.sign_in()
    before = program.ask("GET", "/me").get_json()
    assert program.ask("PATCH", "/me", json={"name": "Ada", field: "admin"}).status_code == 422
    assert program.ask("GET", "/me").get_json() == before


@pytest.mark.parametrize("operator", OPERATORS, ids=str)
@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("POST", "/session/phone", "phone"),
        ("POST", "/session/phone/resend", "challenge"),
        ("POST", "/session/phone/verify", "challenge"),
        ("POST", "/session/phone/verify", "code"),
        ("POST", "/session/phone/verify", "device_name"),
        ("PATCH", "/me", "name"),
        ("PATCH", "/me", "handle"),
        ("PATCH", "/me", "about"),
    ],
)
def test_an_operator_is_no_text(program: Program, method: str, path: str, field: str, operator: Any) -> None:
    whole = {"/session/phone/verify": {"challenge": "x", "code": "123456", "device_name": "x"}}.get(path, {})
    if path == "/me":
        program.sign_in()
    answer = program.ask(method, path, json={**whole, field: operator})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"[" * 20_000])
def test_what_is_no_object_is_refused(program: Program, body: bytes) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        answer = program.ask("POST", "/session/phone", data=body, content_type=content_type)
        assert 400 <= answer.status_code < 500, f"{body[:10]!r} as {content_type}: {answer.status}"


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("form", [True, False])
def test_a_photo_is_shown_to_signed_in_people_only(site: Site, program: Program, form: bool) -> None:
    program.sign_in()
    options: dict[str, Any] = {"data": png(), "content_type": "image/png"}
    if form:
        options = {
            "data": {"photo": (io.BytesIO(png()), "../../me.png")},
            "content_type": "multipart/form-data",
        }
    avatar = program.ask("PUT", "/me/photo", **options).get_json()["avatar"]

    shown = program.client.get(avatar, headers={"Authorization": f"Bearer {program.token}"})
    assert (shown.status_code, shown.headers["Content-Type"]) == (200, "image/webp")
    assert "immutable" in shown.headers["Cache-Control"]
    assert "private" in shown.headers["Cache-Control"]
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert site.app.test_client().get(avatar).status_code == 401


def test_a_photo_is_replaced_and_removed(program: Program) -> None:
    program.sign_in()
    first = program.ask("PUT", "/me/photo", data=png(), content_type="image/png").get_json()["avatar"]
    second = program.ask("PUT", "/me/photo", data=png(), content_type="image/png").get_json()["avatar"]
    assert first != second
    assert program.ask("DELETE", "/me/photo").get_json()["avatar"] is None
    for avatar in (first, second):
        assert program.client.get(avatar, headers={"Authorization": f"Bearer {program.token}"}).status_code == 404


@pytest.mark.parametrize("upload", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a;"])
def test_what_is_no_picture_changes_nothing(program: Program, upload: bytes) -> None:
    program.sign_in()
    assert program.ask("PUT", "/me/photo", data=upload, content_type="image/png").status_code == 422
    assert program.ask("GET", "/me").get_json()["avatar"] is None


def test_the_devices_are_listed_and_signed_out(site: Site, program: Program) -> None:
    program.sign_in(ADA, device_name="A bot")
    browser = site.browser().sign_in("07400 123456")
    listed = program.ask("GET", "/devices").get_json()["devices"]
    assert {(d["name"], d["current"]) for d in listed} == {("A bot", True), ("Firefox on Linux", False)}

    assert program.ask("POST", "/devices/sign-out-others").get_json() == {"signed_out": 1}
    assert browser.fetch("GET", "/api/v1/me").status_code == 401
    assert program.ask("GET", "/me").status_code == 200


def test_anothers_device_is_not_there(site: Site, program: Program) -> None:
    program.sign_in()
    browser: Browser = site.browser().sign_in("07400 654321")
    theirs = browser.fetch("GET", "/api/v1/devices").get_json()["devices"][0]["id"]
    nobodys = program.ask("DELETE", "/devices/" + "a" * 22)
    refused = program.ask("DELETE", f"/devices/{theirs}")
    assert (refused.status_code, refused.get_json()) == (nobodys.status_code, nobodys.get_json())
    assert refused.status_code == 404
    assert browser.fetch("GET", "/api/v1/me").status_code == 200


def test_the_api_works_before_the_first_visit_is_over(site: Site) -> None:
    browser = site.browser().sign_in("07400 123456", name="")
    assert browser.fetch("GET", "/api/v1/me").get_json()["onboarded"] is False
    assert browser.get("/settings/profile").location == "/welcome?next=/settings/profile"
