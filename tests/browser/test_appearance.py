"""Light or dark as one likes it, and all of it on a phone."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Joiner

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
BACKGROUND = "() => getComputedStyle(document.body).backgroundColor"
WIDTH = "() => document.documentElement.scrollWidth"


def brightness(colour: str) -> float:
    """Of a computed colour, whatever notation the browser chose: the first number is red, or the lightness."""
    first = float(re.findall(r"[\d.]+", colour)[0])
    return first / 255 if colour.startswith("rgb") else first


def test_the_theme_one_chose_stays_on_every_page_and_through_signing_out(person: Joiner) -> None:
    ann = person("Ann", color_scheme="light")
    light = ann.page.evaluate(BACKGROUND)
    ann.go("/settings/appearance")
    ann.page.get_by_label("Dark").check(force=True)
    expect(ann.page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = ann.page.evaluate(BACKGROUND)
    assert brightness(dark) < 0.3 < brightness(light)
    for path in ("/settings/appearance", "/", "/contacts"):
        ann.go(path)
        assert ann.page.evaluate(BACKGROUND) == dark
    ann.go("/settings/account")
    ann.page.get_by_role("button", name="Sign out").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Sign out").click()
    ann.page.wait_for_url("**/sign-in")
    # How things look is the browser's, not the person's.
    assert ann.page.evaluate(BACKGROUND) == dark


def test_without_a_choice_the_system_decides(person: Joiner) -> None:
    ann = person("Ann", color_scheme="dark")
    assert brightness(ann.page.evaluate(BACKGROUND)) < 0.3
    ann.page.emulate_media(color_scheme="light")
    assert brightness(ann.page.evaluate(BACKGROUND)) > 0.7


def test_on_a_phone_one_goes_from_the_list_to_the_thread_and_back(person: Joiner) -> None:
    ann, ben = person("Ann", **PHONE), person("Ben", server=1)
    conversation = ben.open_chat_with(ann)
    ben.say("hello")
    ann.page.locator(".list-pane").wait_for()
    assert ann.page.evaluate(WIDTH) == 390
    ann.row(conversation).tap()
    ann.wait_for_messages(["hello"])
    expect(ann.page.locator(".list-pane")).to_be_hidden()
    # The on-screen keyboard would cover what one came to read.
    expect(ann.composer).not_to_be_focused()
    assert ann.page.evaluate(WIDTH) == 390
    ann.composer.tap()
    ann.say("hello from a phone")
    ben.wait_for_messages(["hello", "hello from a phone"])
    ann.page.get_by_role("button", name="Back to the chats").tap()
    expect(ann.page.locator(".list-pane")).to_be_visible()
    expect(ann.page.locator(".thread-pane")).to_be_hidden()
    ann.row(conversation).tap()
    ann.wait_for_messages(["hello", "hello from a phone"])
    ann.page.go_back()
    expect(ann.page.locator(".list-pane")).to_be_visible()
    assert ann.page.url == f"{ann.address}/"
