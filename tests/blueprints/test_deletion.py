"""Deleting one's account in the settings and through the API: confirmed afresh, and taken back on coming in again."""

import pytest

from app.domain.errors import Conflict
from app.models import Device, User
from app.models.accounts import now
from app.services.codes import RESEND_WAITS_S
from app.services.registry import services
from tests.blueprints.site import Browser, Site

ADA, BOB = "07400 123456", "07400 654321"
PAGE, KEEP = "/settings/account/deletion", "/settings/account/deletion/keep"


def confirm(browser: Browser) -> None:
    browser.get(f"/settings/confirm?next={PAGE}")
    assert browser.submit(f"/settings/confirm?next={PAGE}", "/settings/confirm/phone").status_code == 303
    code = browser.code("/settings/confirm/code")
    answer = browser.submit("/settings/confirm/code", "/settings/confirm/code", code=code)
    assert answer.location == PAGE, answer.text


def test_it_is_not_deleted_without_a_fresh_confirmation(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    assert "Delete my account in a week" not in visitor.get(PAGE).text
    assert visitor.submit("/settings/account", PAGE).location.startswith("/settings/confirm?next=")
    assert visitor.me()["deletion_at"] is None


def test_a_wrong_code_confirms_nothing_and_the_right_one_once(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    visitor.submit(f"/settings/confirm?next={PAGE}", "/settings/confirm/phone")
    right = visitor.code("/settings/confirm/code")
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert visitor.submit("/settings/confirm/code", "/settings/confirm/code", code=wrong).status_code == 400
    visitor.submit("/settings/account", PAGE)
    assert visitor.me()["deletion_at"] is None
    assert visitor.submit("/settings/confirm/code", "/settings/confirm/code", code=right).location == PAGE
    assert visitor.get("/settings/confirm/code").location == "/settings/confirm"


def test_a_code_to_a_number_that_is_the_account_s_no_more_confirms_nothing(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    visitor.submit(f"/settings/confirm?next={PAGE}", "/settings/confirm/phone")
    code = visitor.code("/settings/confirm/code")
    User.objects(id=visitor.me()["id"]).update_one(set__phone="+447400999999")
    visitor.submit("/settings/confirm/code", "/settings/confirm/code", code=code)
    assert "Delete my account in a week" not in visitor.get(PAGE).text


def test_it_is_deleted_in_a_week_and_the_other_devices_are_signed_out(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    other = site.browser().sign_in(ADA, name="")
    confirm(visitor)
    assert "Delete my account in a week" in visitor.get(PAGE).text
    assert visitor.submit(PAGE, PAGE).location == PAGE
    assert "Your account will be deleted on" in visitor.get(PAGE).text
    assert "Your account will be deleted on" in visitor.get("/settings/account").text
    assert visitor.me()["deletion_at"]
    site.forget_devices()
    assert other.fetch("GET", "/api/v1/me").status_code == 401
    assert Device.objects(signed_out_at=None).count() == 1


def test_who_signs_in_in_that_week_is_told_and_may_keep_it(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    confirm(visitor)
    visitor.submit(PAGE, PAGE)
    again = site.browser()
    again.ask_for_code(ADA)
    answer = again.submit("/sign-in/code", "/sign-in/code", code=again.code())
    assert answer.location == f"{PAGE}?next=/"
    page = again.get(answer.location)
    assert "Your account will be deleted on" in page.text and "Keep my account" in page.text
    assert again.submit(PAGE, KEEP, next="//elsewhere.example").location == "/"
    assert again.me()["deletion_at"] is None
    third = site.browser()
    third.ask_for_code(ADA)
    assert third.submit("/sign-in/code", "/sign-in/code", code=third.code()).location == "/"


def test_it_is_too_late_once_the_worker_has_begun(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    user = visitor.me()["id"]
    services().deletions.ask(user)
    User.objects(id=user).update_one(set__disabled_at=now())
    with pytest.raises(Conflict):
        services().deletions.keep(user)


def test_a_code_counts_for_whom_and_for_what_it_was_sent(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    asked = visitor.fetch("POST", "/api/v1/me/deletion/code")
    assert asked.status_code == 202
    challenge = asked.get_json()
    bob = site.browser().sign_in(BOB, name="Bob")
    stolen = {"challenge": challenge["challenge"], "code": challenge["development_code"]}
    assert bob.fetch("POST", "/api/v1/me/deletion", json=stolen).get_json()["code"] == "code_refused"
    assert visitor.fetch("POST", "/api/v1/me/deletion", json=stolen).status_code == 400, "it works once"
    signing_in = visitor.fetch("POST", "/api/v1/session/phone", json={"phone": "+447400123456"}).get_json()
    other = {"challenge": signing_in["challenge"], "code": signing_in["development_code"]}
    assert visitor.fetch("POST", "/api/v1/me/deletion", json=other).status_code == 400
    assert visitor.me()["deletion_at"] is bob.me()["deletion_at"] is None


def test_the_api_deletes_and_keeps(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    asked = visitor.fetch("POST", "/api/v1/me/deletion/code").get_json()
    assert asked["resend_in"] == RESEND_WAITS_S[0]
    body = {"challenge": asked["challenge"], "code": asked["development_code"]}
    done = visitor.fetch("POST", "/api/v1/me/deletion", json=body)
    assert done.status_code == 202 and done.get_json()["deletion_at"] == visitor.me()["deletion_at"]
    assert visitor.fetch("DELETE", "/api/v1/me/deletion").status_code == 204
    assert visitor.me()["deletion_at"] is None
