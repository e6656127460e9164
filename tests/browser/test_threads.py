"""Threads on two servers: counted everywhere, answered in offline, read a page at a time, and the same after a reload."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Joiner
from tests.browser.people import Tab
from tests.browser.test_revisions import Pair, choose, talking, tool


def panel(tab: Tab) -> Locator:
    return tab.page.get_by_role("complementary", name="Thread")


def main(tab: Tab, text: str) -> Locator:
    """The message where it stands in the conversation."""
    return tab.page.locator("#main .message", has=tab.page.get_by_text(text, exact=True))


def said(tab: Tab) -> Locator:
    return panel(tab).locator(".message .bubble-text")


def reply(tab: Tab, text: str) -> None:
    field = panel(tab).get_by_role("textbox", name="Reply")
    field.fill(text)
    field.press("Enter")


def replies(tab: Tab, text: str, words: str) -> Locator:
    return tab.message(text).get_by_role("button", name=words, exact=True)


def asked(person: Joiner) -> Pair:
    """Ann asked something, and Ben answered in the conversation."""
    ann, ben = talking(person, "by train?", "or not at all?")
    tool(ben, "by train?", "Reply")
    ben.say("by boat")
    ann.wait_for_messages(["by train?", "or not at all?", "by boat"])
    return ann, ben


def test_a_thread_is_answered_in_on_both_sides_and_counted_everywhere(person: Joiner) -> None:
    ann, ben = asked(person)
    replies(ann, "by train?", "1 reply").click()
    reply(ann, "too slow")
    choose(ben, "too slow", "Open thread")
    expect(said(ben)).to_have_text(["by train?", "by boat", "too slow"])
    reply(ben, "by air, then")
    expect(said(ann)).to_have_text(["by train?", "by boat", "too slow", "by air, then"])
    for tab in (ann, ben):
        panel(tab).get_by_role("button", name="Close the thread").click()
        expect(replies(tab, "by train?", "3 replies")).to_be_visible()
        tab.wait_for_messages(["by train?", "or not at all?", "by boat", "too slow", "by air, then"])
    choose(ben, "by boat", "Delete for everyone")
    ben.page.get_by_role("button", name="Delete", exact=True).click()
    for tab in (ann, ben):
        expect(replies(tab, "by train?", "2 replies")).to_be_visible()
        tab.reload()
        replies(tab, "by train?", "2 replies").click()
        gone = "You deleted this message" if tab is ben else "This message was deleted"
        expect(said(tab)).to_have_text(["by train?", gone, "too slow", "by air, then"])


@pytest.mark.service_worker
def test_a_reply_written_offline_stands_in_the_thread_and_is_sent_once(person: Joiner) -> None:
    ann, ben = asked(person)
    ben.wait_for_offline_shell()
    replies(ben, "by train?", "1 reply").click()
    expect(said(ben)).to_have_text(["by train?", "by boat"])
    ben.go_offline()
    ben.wait_for_standing("offline", within_ms=30_000)
    reply(ben, "from a tunnel")
    expect(panel(ben).locator(".message").last).to_have_attribute("data-tick", "sending")
    expect(main(ben, "by train?").get_by_role("button", name="2 replies")).to_be_visible()
    ben.reload()
    replies(ben, "by train?", "2 replies").click()
    expect(said(ben)).to_have_text(["by train?", "by boat", "from a tunnel"])
    expect(panel(ben).get_by_role("status").filter(has_text="Only what this browser has seen")).to_be_visible()
    ben.go_online()
    expect(replies(ann, "by train?", "2 replies")).to_be_visible(timeout=30_000)
    expect(panel(ben).locator(".message").last).to_have_attribute("data-tick", "read")
    expect(said(ben)).to_have_text(["by train?", "by boat", "from a tunnel"])
    ann.wait_for_messages(["by train?", "or not at all?", "by boat", "from a tunnel"])
