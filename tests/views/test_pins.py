"""What is pinned stands over the thread, leads to the message and on to the next, and can be taken away."""

from playwright.sync_api import Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, settled
from tests.views.test_message_actions import message, talk


def menu(page: Page, seq: int) -> None:
    """By its toolbar: a right click right after another is taken for the same long press."""
    message(page, seq).hover()
    message(page, seq).get_by_role("button", name="More").click()


def test_a_message_is_pinned_from_its_menu_and_unpinned_from_the_bar(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page, "admin")
    bar = page.get_by_role("region", name="Pinned messages")
    expect(bar).to_be_hidden()
    for seq in (1, 2):
        menu(page, seq)
        page.get_by_role("menuitem", name="Pin", exact=True).click()
        settled(page)
    expect(bar).to_contain_text("Pinned, 1 of 2")
    expect(bar).to_contain_text("no, by boat")
    bar.get_by_role("button", name="Next pinned message").click()
    expect(bar).to_contain_text("by train?")
    bar.get_by_title("Go to this message").click()
    expect(message(page, 1)).to_have_attribute("data-found", "")
    bar.get_by_role("button", name="Unpin").click()
    expect(bar).not_to_contain_text("of 2")
    expect(bar).to_contain_text("no, by boat")
    assert asked(page, "pin") == [[conversation, 1, True], [conversation, 2, True], [conversation, 1, False]]
    menu(page, 2)
    page.get_by_role("menuitem", name="Unpin").click()
    expect(bar).to_be_hidden()


def test_the_quiet_line_leads_to_what_was_pinned_and_members_only_look(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    page.evaluate("id => chat.pin(id, 1, true)", conversation)
    settled(page)
    line = page.locator(".thread-note", has_text="You pinned a message")
    line.get_by_role("button", name="Go to it").click()
    expect(message(page, 1)).to_have_attribute("data-found", "")
    expect(page.get_by_role("region", name="Pinned messages").get_by_role("button", name="Unpin")).to_be_hidden()
    message(page, 1).click(button="right")
    expect(page.get_by_role("menuitem", name="Unpin")).to_have_count(0)
