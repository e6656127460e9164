"""Reporting in the page, and what one is told: bars to close, warnings to read."""

import pytest
from playwright.sync_api import Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked
from tests.views.test_accessibility import problems
from tests.views.test_message_actions import message, talk

TELL = """notices => chat.tellMe(...notices.map((notice, n) => (
  { id: `n${n}`, kind: "report", text: "", about: "message", outcome: "acted", created_at: n, ...notice })))"""
WARNING = {"kind": "warning", "text": "Please stop.\nThis is the first time.", "about": None, "outcome": None}


def open_report(page: Page) -> str:
    conversation = talk(page)
    message(page, 1).click(button="right")
    page.get_by_role("menuitem", name="Report").click()
    expect(page.get_by_role("dialog", name="Report this message")).to_be_visible()
    return conversation


def test_a_message_is_reported_with_a_reason_and_what_else_there_is_to_say(open_page: Opener) -> None:
    page = open_page()
    conversation = open_report(page)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Show a few messages around it, too")).not_to_be_checked()
    dialog.get_by_role("button", name="Report").click()
    assert asked(page, "report") == [], "a reason is needed"
    dialog.get_by_label("Why").select_option("Fraud")
    dialog.get_by_label("What else there is to say").fill("every day")
    dialog.get_by_label("Show a few messages around it, too").check()
    dialog.get_by_role("button", name="Report").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Thank you.")).to_be_visible()
    complaint = {"reason": "fraud", "note": "every day", "around": True}
    assert asked(page, "report") == [[{"conversation": conversation, "seq": 1}, complaint]]


def test_a_refusal_is_told_in_the_dialog_which_stays_and_esc_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page()
    open_report(page)
    page.evaluate("() => { chat.refusal = { code: 'rate_limited', message: 'Too many at once.' } }")
    page.get_by_label("Why").select_option("Fraud")
    page.get_by_role("dialog").get_by_role("button", name="Report").click()
    expect(page.get_by_role("alert").filter(has_text="Too many at once.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_ones_own_message_is_not_reported(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    message(page, 3).click(button="right")
    expect(page.get_by_role("menuitem", name="Report")).to_have_count(0)


def test_a_contact_is_reported_from_their_menu(open_page: Opener) -> None:
    page = open_page("/contacts")
    page.get_by_role("button", name="More").first.click()
    page.get_by_role("menuitem", name="Report").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Show a few messages around it, too")).to_be_hidden()
    dialog.get_by_label("Why").select_option("Hate")
    dialog.get_by_role("button", name="Report").click()
    expect(dialog).to_have_count(0)
    ((what, complaint),) = asked(page, "report")
    assert "user" in what
    assert complaint == {"reason": "hate", "note": "", "around": False}


@pytest.mark.parametrize("path", ["/", "/contacts", "/t/settings/profile.html"])
def test_what_came_of_a_report_stands_over_every_page_until_it_is_closed(open_page: Opener, path: str) -> None:
    page = open_page(path)
    page.evaluate(TELL, [{"outcome": "removed"}, {"outcome": "dismissed", "about": "person"}])
    bars = page.get_by_role("region", name="Notices").get_by_role("listitem")
    expect(bars).to_have_count(2)
    expect(bars.first).to_contain_text("the message was removed")
    expect(bars.last).to_contain_text("You reported somebody.")
    bars.first.get_by_role("button", name="Close this notice").click()
    expect(bars).to_have_count(1)
    assert asked(page, "closeNotice") == [["n0"]]
    expect(page.locator("#main")).to_be_focused()


def test_a_warning_stays_until_it_was_read(open_page: Opener) -> None:
    page = open_page()
    page.evaluate(TELL, [WARNING, {**WARNING, "text": "And once more."}])
    dialog = page.get_by_role("alertdialog", name="A warning from whoever runs this Chatter")
    expect(dialog).to_contain_text("Please stop.")
    expect(dialog.get_by_role("button", name="I have read this")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Escape")
    page.mouse.click(3, 3)
    expect(dialog).to_be_visible()
    assert asked(page, "closeNotice") == []
    page.evaluate("() => { chat.refusal = { code: 'offline', message: 'The server cannot be reached.' } }")
    dialog.get_by_role("button", name="I have read this").click()
    expect(dialog.get_by_role("alert")).to_have_text("The server cannot be reached.")
    page.evaluate("() => { chat.refusal = null }")
    dialog.get_by_role("button", name="I have read this").click()
    expect(dialog).to_contain_text("And once more.")
    page.evaluate(TELL, [])
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_serious_in_what_is_reported_and_told(open_page: Opener, theme: str, width: int) -> None:
    page = open_page("/", width=width, height=844, theme=theme, bypass_csp=True, reduced_motion="reduce")
    open_report(page)
    found = problems(page)
    page.keyboard.press("Escape")
    page.evaluate(TELL, [{}, {"outcome": "dismissed"}])
    found += problems(page)
    page.evaluate(TELL, [WARNING])
    found += problems(page)
    assert found == []
