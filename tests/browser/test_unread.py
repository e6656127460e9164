"""How much waits, said in the list, in the rail and in the tab's title."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import BUSY, Tab

SEVEN = [f"number {n}" for n in range(1, 8)]


def expect_unread(tab: Tab, conversation: str, count: int, within_ms: int = 15_000) -> None:
    badge = tab.row(conversation).locator(".badge")
    if count == 0:
        expect(badge).to_be_hidden(timeout=within_ms)
        expect(tab.page).to_have_title("Chatter", timeout=within_ms)
        return
    expect(badge).to_have_text(str(count), timeout=within_ms)
    expect(tab.page).to_have_title(f"({count}) Chatter", timeout=within_ms)
    expect(tab.page.locator(".rail-badge")).to_have_text(str(count))


def test_away_for_seven_it_says_seven_after_reconnecting_and_after_a_reload(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    ann.wait_for_tick("hello", "read")
    ben.go("/")
    ben.row(conversation).wait_for()
    expect_unread(ben, conversation, 0)
    ben.go_offline()
    for text in SEVEN:
        ann.say(text)
    ann.wait_for_tick(SEVEN[-1], "sent")
    expect_unread(ben, conversation, 0)

    ben.go_online()
    expect_unread(ben, conversation, 7, within_ms=30_000)
    ben.reload()
    expect_unread(ben, conversation, 7)
    # What one writes oneself is read, of course.
    expect_unread(ann, conversation, 0)


def test_reading_in_one_tab_clears_the_other_within_two_seconds(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ben.go("/")
    other = ben.second_tab()
    for text in SEVEN:
        ann.say(text)
    expect_unread(ben, conversation, 7)
    expect_unread(other, conversation, 7)
    other.open_chat(conversation)
    expect(other.message(SEVEN[-1])).to_be_in_viewport()
    expect_unread(ben, conversation, 0, within_ms=2_000 * BUSY)
    expect_unread(other, conversation, 0)
    ben.reload()
    expect_unread(ben, conversation, 0)


@pytest.mark.service_worker
def test_what_is_read_offline_stays_read_over_a_reload_and_is_told_on_return(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("before the tunnel")
    expect_unread(ben, conversation, 1)
    ben.wait_for_offline_shell()
    ben.go_offline()
    ben.open_chat(conversation)
    ben.wait_for_messages(["before the tunnel"])
    expect_unread(ben, conversation, 0)
    ben.go("/")
    ben.row(conversation).wait_for()
    expect_unread(ben, conversation, 0)

    ben.go_online()
    ann.wait_for_tick("before the tunnel", "read")
    expect_unread(ben, conversation, 0)


def test_reading_on_one_device_clears_the_other(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("only this")
    ben.row(conversation).wait_for()
    state = ben.context.storage_state()
    device = ben.context.browser
    assert device is not None
    context = device.new_context(storage_state={"cookies": state["cookies"], "origins": []})
    phone = Tab(context.new_page(), ben.address)
    phone.go("/")
    expect_unread(phone, conversation, 1)
    ben.open_chat(conversation)
    expect_unread(phone, conversation, 0, within_ms=5_000 * BUSY)
    context.close()
