"""The settings' pages and the first visit."""

import io

import pytest
from PIL import Image

from app.models import User
from tests.blueprints.site import Browser, Site

ADA, BOB = "07400 123456", "07400 654321"


def png() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "PNG")
    out.seek(0)
    return out


@pytest.mark.parametrize(
    "page", ["profile", "privacy", "notifications", "devices", "appearance", "account", "account/phone"]
)
def test_every_page_opens(visitor: Browser, page: str) -> None:
    visitor.sign_in(ADA)
    assert visitor.get(f"/settings/{page}").status_code == 200


def test_settings_lead_to_the_profile(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    assert visitor.get("/settings").location == "/settings/profile"


def test_the_first_visit_takes_a_photo_too(visitor: Browser) -> None:
    visitor.sign_in(ADA, name="")
    assert visitor.submit("/welcome", "/welcome", name="Ada", photo=(png(), "me.png")).status_code == 303
    assert visitor.me()["avatar"].startswith("/photos/")


def test_a_first_visit_without_a_name_goes_on(visitor: Browser) -> None:
    visitor.sign_in(ADA, name="")
    assert visitor.submit("/welcome", "/welcome", name="  ").status_code == 422
    assert visitor.submit("/welcome", "/welcome", name="Ada", photo=(io.BytesIO(b"<svg/>"), "x.svg")).status_code == 422
    assert visitor.get("/").location == "/welcome"


def test_a_first_visit_ends_where_one_wanted_to_go(visitor: Browser) -> None:
    visitor.sign_in(ADA, name="")
    assert visitor.get("/contacts").location == "/welcome?next=/contacts"
    assert visitor.submit("/welcome?next=/contacts", "/welcome", name="Ada", next="/contacts").location == "/contacts"
    assert visitor.get("/welcome").location == "/"


def test_the_number_is_changed_with_a_code(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    visitor.submit("/settings/account/phone", "/settings/account/phone", region="GB", number=BOB)
    code = visitor.code("/settings/account/phone/code")
    visitor.submit("/settings/account/phone/code", "/settings/account/phone/code", code=code)
    assert visitor.me()["phone"] == "+447400654321"


def test_a_number_of_another_is_not_linked(site: Site) -> None:
    site.browser().sign_in(BOB)
    ada = site.browser().sign_in(ADA)
    ada.submit("/settings/account/phone", "/settings/account/phone", region="GB", number=BOB)
    code = ada.code("/settings/account/phone/code")
    refused = ada.submit("/settings/account/phone/code", "/settings/account/phone/code", code=code)
    assert refused.status_code == 409
    assert ada.me()["phone"] == "+447400123456"


def test_the_only_way_in_is_not_unlinked(visitor: Browser) -> None:
    visitor.sign_in(ADA)
    assert visitor.submit("/settings/account", "/settings/account/phone/unlink").status_code == 409
    assert User.objects.get().phone == "+447400123456"
