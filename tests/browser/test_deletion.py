"""Deleting one's account: a code, a week, and a way back where one signs in again."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person


def delete(ann: Person) -> None:
    ann.go("/settings/account")
    ann.page.get_by_role("link", name="Delete my account").click()
    ann.page.get_by_role("link", name="Continue").click()
    ann.page.get_by_role("button", name="Send me a code").click()
    code = ann.page.locator("[data-part=shown-code]").inner_text()
    ann.page.get_by_label("Six-digit code").fill(code)
    ann.page.get_by_role("button", name="Delete my account in a week").click()
    expect(ann.page.get_by_role("heading", name="Your account will be deleted on")).to_be_visible()


def test_who_comes_back_in_the_week_may_keep_the_account(person: Joiner) -> None:
    ann, other = person("Ann"), person("Ann elsewhere", server=1)
    other.page.goto("about:blank")
    other.context.clear_cookies()
    other.phone = ann.phone
    other.sign_in()
    delete(ann)
    other.page.wait_for_url("**/sign-in**", timeout=10_000)
    other.sign_in_here()
    expect(other.page.get_by_role("heading", name="Your account will be deleted on")).to_be_visible()
    other.page.get_by_role("button", name="Keep my account").click()
    other.wait_until_alive()
    ann.go("/settings/account")
    expect(ann.page.get_by_text("Your account will be deleted on")).to_have_count(0)
    assert ann.context.request.get(f"{ann.address}/api/v1/me").json()["deletion_at"] is None
