"""Where one is signed in, and signing out from afar."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import BUSY, Person
from tests.browser.storage import databases_of, kept_by


def test_another_device_signed_out_goes_to_the_sign_in_by_itself(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ben.open_chat_with(ann)
    ben.say("a private word")
    phone = another_device(person, ann)
    phone.go(f"/c/{conversation}")
    phone.wait_for_messages(["a private word"])

    ann.go("/settings/devices")
    rows = ann.page.locator("[data-view=devices] li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("this device")
    expect(rows.first.get_by_role("button", name="Sign out")).to_be_hidden()
    rows.last.get_by_role("button", name="Sign out").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Sign out").click()

    phone.page.wait_for_url("**/sign-in**", timeout=5_000 * BUSY)
    expect(phone.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert phone.context.request.get(f"{phone.address}/api/v1/me").status == 401
    assert "a private word" not in kept_by(phone.page)
    assert databases_of(phone.page) == []
    expect(rows).to_have_count(1)
    ann.go(f"/c/{conversation}")
    ann.wait_for_messages(["a private word"])


def test_all_others_are_signed_out_at_once_and_this_one_stays(person: Joiner) -> None:
    ann = person("Ann")
    others = [another_device(person, ann) for _ in range(2)]
    ann.go("/settings/devices")
    ann.page.get_by_role("button", name="Sign out all others").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Sign out the others").click()
    for other in others:
        other.page.wait_for_url("**/sign-in**", timeout=5_000 * BUSY)
    expect(ann.page.locator("[data-view=devices] li")).to_have_count(1)
    ann.go("/")
    assert ann.context.request.get(f"{ann.address}/api/v1/me").ok


def another_device(person: Joiner, owner: Person) -> Person:
    """A second browser in which ``owner`` is signed in, at the other server."""
    device = person("A device", server=1)
    device.page.goto("about:blank")
    device.context.clear_cookies()
    device.page.goto(f"{device.address}/sign-in")
    device.phone = owner.phone
    device.sign_in_here()
    device.wait_until_alive()
    return device
