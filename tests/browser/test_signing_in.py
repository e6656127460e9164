"""Wrong numbers, wrong codes, another code: told beside the field, and the way on stays open."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Joiner, Site
from tests.browser.people import fresh_number


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask_for_code(page: Page, address: str) -> str:
    """To the code page with a fresh number; answers the code it shows."""
    page.goto(f"{address}/sign-in")
    page.get_by_label("Phone number").fill(f"+1 {fresh_number()}")
    page.get_by_role("button", name="Send me a code").click()
    return page.locator("[data-part=shown-code]").inner_text()


def is_signed_in(page: Page, address: str) -> bool:
    return page.context.request.get(f"{address}/api/v1/me").ok


def test_a_wrong_number_is_told_beside_the_field_and_stays_to_be_corrected(context: BrowserContext, site: Site) -> None:
    page, address = context.new_page(), site.servers[0].url
    page.goto(f"{address}/sign-in")
    page.get_by_label("Country").select_option("DE")
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Send me a code").click()
    number = page.get_by_label("Phone number")
    expect(number).to_have_value("12")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_have_accessible_description(re.compile("not a phone number"))
    expect(page.get_by_label("Country")).to_have_value("DE")
    number.fill("+44 7911 123456")
    expect(page.get_by_label("Country")).to_have_value("GB")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Six-digit code")).to_be_focused()
    expect(page.get_by_text("+44 7911 123456")).to_be_visible()


def test_a_number_typed_before_the_page_is_ready_chooses_its_country(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    typed = "document.getElementById('number').value = '+44 7911 123456'"
    page.add_init_script(f"document.addEventListener('readystatechange', () => {{ {typed} }}, {{ once: true }})")
    page.goto(f"{site.servers[0].url}/sign-in")
    expect(page.get_by_label("Country")).to_have_value("GB")


def test_a_wrong_code_lets_nobody_in_and_the_right_one_does(context: BrowserContext, site: Site) -> None:
    page, address = context.new_page(), site.servers[0].url
    code = ask_for_code(page, address)
    page.get_by_label("Six-digit code").fill(wrong(code))
    expect(page.get_by_role("alert")).to_have_text("That code is not right, or it has expired.")
    expect(page.get_by_label("Six-digit code")).to_have_value("")
    assert not is_signed_in(page, address)
    # As pasted from a message.
    page.get_by_label("Six-digit code").fill(f"Your code: {code[:3]} {code[3:]}")
    page.wait_for_url("**/welcome**")
    assert is_signed_in(page, address)


def test_after_five_wrong_codes_the_right_one_is_too_late(context: BrowserContext, site: Site) -> None:
    page, address = context.new_page(), site.servers[0].url
    code = ask_for_code(page, address)
    for _ in range(5):
        with page.expect_response("**/sign-in/code"):
            page.get_by_label("Six-digit code").fill(wrong(code))
        expect(page.get_by_role("alert")).not_to_be_empty()
    code_field = page.get_by_label("Six-digit code")
    if code_field.count():
        with page.expect_response("**/sign-in/code"):
            code_field.fill(code)
    expect(page.get_by_role("alert").first).not_to_be_empty()
    assert not is_signed_in(page, address)


def test_another_code_may_be_asked_for_after_a_while_and_replaces_the_first(
    context: BrowserContext, site: Site
) -> None:
    page, address = context.new_page(), site.servers[0].url
    page.clock.install()
    first = ask_for_code(page, address)
    again = page.get_by_role("button", name="Send another code")
    expect(again).to_be_disabled()
    expect(again).to_have_text(re.compile(r"in 0:\d\d"))
    page.clock.run_for(40_000)
    expect(again).to_be_enabled()
    # The server counts for itself: a page that is quicker is told how long.
    again.click()
    expect(page.get_by_role("alert")).to_have_text("A new code can be sent in a moment.")
    page.get_by_label("Six-digit code").fill(first)
    page.wait_for_url("**/welcome**")


def test_of_several_tabs_that_were_signed_out_together_each_may_sign_in(context: BrowserContext, site: Site) -> None:
    page, address = context.new_page(), site.servers[0].url
    page.goto(f"{address}/sign-in")
    # Another tab asked at the same moment, so it was given another session, and that one stands.
    context.clear_cookies()
    context.new_page().goto(f"{address}/sign-in")
    page.get_by_label("Phone number").fill(f"+1 {fresh_number()}")
    page.get_by_role("button", name="Send me a code").dblclick()
    page.get_by_label("Six-digit code").fill(page.locator("[data-part=shown-code]").inner_text())
    page.wait_for_url("**/welcome**")


def test_a_newcomer_gets_no_empty_screen_and_a_signed_in_person_no_sign_in_page(person: Joiner) -> None:
    ann = person("Ann")
    for words in ("Find a person", "Note to self"):
        expect(ann.page.get_by_role("button", name=words).first).to_be_visible()
    expect(ann.page.get_by_label("Invite link").last).to_have_value(re.compile("/i/"))
    ann.page.goto(f"{ann.address}/sign-in")
    ann.page.wait_for_url(f"{ann.address}/")
