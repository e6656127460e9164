"""What one deletes for oneself, and marks as unread."""

from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.talk import asked
from tests.views.test_message_actions import message, talk


def test_a_message_is_deleted_for_oneself_after_being_asked_once(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    message(page, 1).click(button="right")
    page.get_by_role("menuitem", name="Delete for me").click()
    expect(page.get_by_role("dialog")).to_contain_text("Everybody else keeps it.")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(message(page, 1)).to_have_count(0)
    expect(message(page, 2)).to_be_visible()
    assert asked(page, "hide") == [[conversation, 1]]


def test_a_chat_is_marked_as_unread_and_as_read_again(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    row = page.locator(f'.chat-row[data-id="{conversation}"]')
    row.click(button="right")
    page.get_by_role("menuitem", name="Mark as unread").click()
    expect(row.get_by_label("Marked as unread")).to_be_visible()
    page.get_by_role("button", name="Unread").click()
    expect(row).to_be_visible()
    row.click(button="right")
    page.get_by_role("menuitem", name="Mark as read").click()
    expect(row.get_by_label("Marked as unread")).to_be_hidden()
