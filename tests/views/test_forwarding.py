"""Forwarding: from a message's menu and from a selection, to one or several chats that one may write in."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, open_chat
from tests.views.test_accessibility import problems
from tests.views.test_message_actions import message, revise, talk
from tests.views.test_selection import bar, select

AMARA, JONAS = "Amara Okafor", "Jonas Meyer"
TWELVE = """() => {
  for (let n = 0; n < 12; n++) chat.add("group", [PEOPLE.ben], { title: `Room ${n}` });
  chat.tell("conversations");
}"""


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def pick(page: Page, *names: str) -> None:
    for name in names:
        dialog(page).get_by_role("checkbox", name=name).check()


def conversation_of(page: Page, name: str) -> str:
    found: str = page.evaluate("name => chat.conversations().find(one => one.name === name).id", name)
    return found


def test_a_message_goes_to_the_chosen_chats_and_says_that_it_was_forwarded(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    message(page, 1).click(button="right")
    page.get_by_role("menuitem", name="Forward").click()
    expect(dialog(page)).to_contain_text("Forward the message")
    pick(page, AMARA, JONAS)
    dialog(page).get_by_role("button", name="Send to 2 chats").click()
    expect(page.get_by_text("Forwarded to 2 chats.")).to_be_visible()
    amara, jonas = conversation_of(page, AMARA), conversation_of(page, JONAS)
    assert asked(page, "forward") == [[[amara, jonas], ["by train?"]]]
    open_chat(page, amara)
    sent = page.locator(".message").last
    expect(sent.locator(".bubble-text")).to_have_text("by train?")
    expect(sent.locator(".forwarded")).to_have_text("Forwarded")
    seq = int(sent.get_attribute("data-seq") or 0)
    revise(page, amara, seq, "me", "deleted")
    expect(sent.locator(".forwarded")).to_have_count(0)


def test_a_selection_goes_in_order_and_without_what_was_deleted_meanwhile(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    select(page, 3, 2, 1)
    bar(page).get_by_role("button", name="Forward").click()
    expect(dialog(page)).to_contain_text("Forward 3 messages")
    pick(page, AMARA)
    revise(page, conversation, 2, "amara", "deleted")
    revise(page, conversation, 1, "priya", "edited", "by the night train?")
    dialog(page).get_by_role("button", name="Send").click()
    expect(bar(page)).to_be_hidden()
    assert [args[1] for args in asked(page, "forward")] == [["by the night train?", "by train"]]


def test_esc_sends_nothing_and_keeps_what_is_selected(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    select(page, 1, 2)
    bar(page).get_by_role("button", name="Forward").click()
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    expect(bar(page)).to_contain_text("2 selected")
    expect(bar(page).get_by_role("button", name="Forward")).to_be_focused()
    assert asked(page, "forward") == []


def test_there_are_at_most_ten_chats_and_none_that_one_may_not_write_in(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    page.evaluate(TWELVE)
    page.evaluate("id => { chat.talk(id).summary.blocked = true; }", conversation_of(page, JONAS))
    message(page, 1).click(button="right")
    page.get_by_role("menuitem", name="Forward").click()
    expect(dialog(page).get_by_role("checkbox", name="Room 0")).to_be_visible()
    expect(dialog(page).get_by_role("checkbox", name=JONAS)).to_have_count(0)
    dialog(page).get_by_role("button", name="Send").click()
    expect(dialog(page)).to_contain_text("Choose a chat.")
    pick(page, *(f"Room {n}" for n in range(2, 12)), AMARA)
    dialog(page).get_by_role("button", name="Send to 11 chats").click()
    expect(dialog(page)).to_contain_text("Choose at most 10 chats.")
    assert asked(page, "forward") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_picker_and_in_what_was_forwarded(open_page: Opener, theme: str) -> None:
    page = open_page(width=390, height=800, theme=theme, bypass_csp=True)
    conversation = talk(page)
    page.evaluate("id => void chat.say(id, chat.me, 'passed on', { forwarded: true })", conversation)
    page.evaluate(
        "id => void chat.say(id, PEOPLE.priya, 'passed on', { forwarded: true, unread: false })", conversation
    )
    expect(page.locator(".forwarded")).to_have_count(2)
    assert problems(page) == []
    message(page, 1).click(button="right")
    page.get_by_role("menuitem", name="Forward").click()
    expect(dialog(page)).to_be_visible()
    assert problems(page) == []
