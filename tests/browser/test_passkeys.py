"""Passkeys with Chromium's virtual authenticator: added, named, signed in with, by the button and in the field."""

import re
from typing import Any

import pytest
from playwright.sync_api import CDPSession, expect

from app.domain.errors import PasskeyRefused
from tests.browser.conftest import Joiner
from tests.browser.people import Person

PANEL = "[data-view=passkeys]"
NOT_IN_THE_FIELD = (
    "if (self.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false;"
)
"""The virtual authenticator answers a field that offers passkeys at once, before anybody can press the button."""


class Virtual:
    """The authenticator of a person's browser."""

    def __init__(self, person: Person) -> None:
        self._session: CDPSession = person.context.new_cdp_session(person.page)
        self._session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        answer: Any = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id = answer["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        answer: Any = self._session.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return list(answer["credentials"])


@pytest.fixture
def ann(person: Joiner) -> Person:
    return person("Ann")


@pytest.fixture
def virtual(ann: Person) -> Virtual:
    return Virtual(ann)


def add(ann: Person) -> None:
    ann.go("/settings/account")
    ann.page.get_by_role("button", name="Add a passkey").click()
    expect(ann.page.locator(PANEL).get_by_role("listitem")).to_have_count(1)


def sign_out(ann: Person) -> None:
    ann.page.goto("about:blank")
    ann.context.clear_cookies()


def test_it_is_added_named_used_and_removed(ann: Person, virtual: Virtual) -> None:
    add(ann)
    row = ann.page.locator(PANEL).get_by_role("listitem")
    expect(row).to_contain_text("not used yet")
    row.get_by_role("button", name="Rename").click()
    ann.page.locator("dialog[open]").get_by_label("Name").fill("My laptop")
    ann.page.locator("dialog[open]").get_by_role("button", name="Rename").click()
    expect(row).to_contain_text("My laptop")
    assert len(virtual.keys()) == 1

    ann.context.add_init_script(NOT_IN_THE_FIELD)
    sign_out(ann)
    ann.page.goto(f"{ann.address}/sign-in?next=/settings/account")
    ann.page.get_by_role("button", name="Sign in with a passkey").click()
    ann.page.wait_for_url(lambda url: "/sign-in" not in url)
    expect(row).to_contain_text("last used")
    assert ann.context.request.get(f"{ann.address}/api/v1/me").json()["id"] == ann.id

    row.get_by_role("button", name="Remove My laptop").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    ann.complaints.expect(re.compile("status of 400"))
    sign_out(ann)
    ann.page.goto(f"{ann.address}/sign-in")
    ann.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(ann.page.get_by_role("alert")).to_have_text(PasskeyRefused.default_message)


def test_it_is_offered_in_the_field_for_the_number(ann: Person, virtual: Virtual) -> None:
    add(ann)
    sign_out(ann)
    # The virtual authenticator chooses at once what a person would choose in the field's menu.
    ann.page.goto(f"{ann.address}/sign-in?next=/contacts")
    ann.page.wait_for_url(lambda url: "/sign-in" not in url)
    assert ann.context.request.get(f"{ann.address}/api/v1/me").json()["id"] == ann.id


def test_a_device_is_added_once(ann: Person, virtual: Virtual) -> None:
    add(ann)
    ann.page.get_by_role("button", name="Add a passkey").click()
    expect(ann.page.locator("[data-view=toasts]")).to_contain_text("has a passkey for your account already")
    expect(ann.page.locator(PANEL).get_by_role("listitem")).to_have_count(1)


def test_who_signed_in_long_ago_confirms_first(ann: Person, virtual: Virtual) -> None:
    ann.complaints.expect(re.compile("status of 403"))
    ann.go("/settings/account")
    refusal = {"code": "confirm_first", "message": "Confirm that it is you first."}
    ann.page.route("**/api/v1/passkeys/options", lambda route: route.fulfill(status=403, json=refusal))
    ann.page.get_by_role("button", name="Add a passkey").click()
    ann.page.wait_for_url("**/settings/confirm**")
    ann.page.get_by_role("button", name="Send me a code").click()
    code = ann.page.locator("[data-part=shown-code]").inner_text()
    ann.page.get_by_label("Six-digit code").fill(code)
    ann.page.wait_for_url("**/settings/account")
    ann.page.unroute("**/api/v1/passkeys/options")
    add(ann)
