"""Replies, edits, deletions and reactions: in one's own browser, in the other's, and after a reload."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, StorageState, expect

from tests.browser.conftest import Joiner
from tests.browser.long_log import MINUTE_MS, write_log
from tests.browser.people import Person, Tab

Pair = tuple[Person, Person]
MANY = 900
FAR = 20
REPLY = """async ([id, target]) => {
  const token = (await (await fetch("/api/v1/session/csrf")).json()).csrf_token;
  const body = JSON.stringify({ client_id: crypto.randomUUID(), body: "back to it", reply_to: target });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return (await fetch(`/api/v1/conversations/${id}/entries`, { method: "POST", headers, body })).status;
}"""


def talking(person: Joiner, *texts: str) -> Pair:
    """Ann and Ben have the same chat open, on two servers, and Ann said these."""
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    for text in texts:
        ann.say(text)
    ben.open_chat(conversation)
    ben.wait_for_messages(list(texts))
    ann.wait_for_tick(texts[-1], "read")
    return ann, ben


def tool(tab: Tab, text: str, name: str) -> None:
    """Press a button of the toolbar beside a message."""
    message = tab.message(text)
    message.hover()
    message.get_by_role("button", name=name, exact=True).click()


def choose(tab: Tab, text: str, name: str) -> None:
    """Choose from a message's menu."""
    tool(tab, text, "More")
    tab.page.get_by_role("menuitem", name=name).click()


def everywhere_and_after_a_reload(people: Pair, holds: Callable[[Tab], None]) -> None:
    for somebody in people:
        holds(somebody)
    for somebody in people:
        somebody.reload()
        holds(somebody)


def pill(tab: Tab, text: str, emoji: str) -> Locator:
    return tab.message(text).locator(f'.reaction[data-emoji="{emoji}"]')


def test_a_reply_shows_what_it_answers_and_leads_back_there(person: Joiner) -> None:
    ann, ben = talking(person, "shall we go by train?")
    tool(ben, "shall we go by train?", "Reply")
    bar = ben.page.locator("[data-part=compose-bar]")
    expect(bar).to_contain_text("Reply to Ann")
    expect(ben.composer).to_be_focused()
    ben.page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    tool(ben, "shall we go by train?", "Reply")
    ben.say("yes")
    expect(bar).to_be_hidden()

    def quotes(tab: Tab) -> None:
        expect(tab.message("yes").locator(".quote")).to_contain_text("shall we go by train?")

    everywhere_and_after_a_reload((ann, ben), quotes)
    ann.message("yes").locator(".quote").click()
    expect(ann.message("shall we go by train?")).to_have_attribute("data-found", "")
    choose(ann, "shall we go by train?", "Delete for everyone")
    ann.page.get_by_role("button", name="Delete", exact=True).click()
    expect(ben.message("yes").locator(".quote")).to_contain_text("This message was deleted")


def test_a_quote_leads_to_what_is_far_outside_the_window(person: Joiner, mongodb_uri: str) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    write_log(mongodb_uri, conversation, [ann.id, ben.id], MANY, int(time.time() * 1000), MINUTE_MS)
    ann.reload()
    expect(ann.message(f"message {MANY}")).to_be_visible()
    ann.page.evaluate(REPLY, [conversation, FAR])
    quote = ann.message("back to it").locator(".quote")
    expect(quote).to_contain_text(f"message {FAR}")
    expect(ann.message(f"message {FAR}")).to_have_count(0)
    quote.click()
    expect(ann.message(f"message {FAR}")).to_have_attribute("data-found", "")
    expect(ann.message(f"message {FAR}")).to_be_in_viewport()


def test_up_edits_the_last_message_and_the_other_reads_what_it_said_before(person: Joiner) -> None:
    ann, ben = talking(person, "first", "seccond")
    ann.composer.press("ArrowUp")
    expect(ann.page.locator("[data-part=compose-bar]")).to_contain_text("Edit message")
    expect(ann.composer).to_have_value("seccond")
    ann.page.keyboard.press("Escape")
    expect(ann.composer).to_have_value("")
    ann.composer.press("ArrowUp")
    ann.composer.fill("second")
    ann.composer.press("Enter")
    expect(ann.composer).to_be_focused()
    expect(ann.composer).to_have_value("")

    def says(tab: Tab) -> None:
        tab.wait_for_messages(["first", "second"])
        expect(tab.message("second").locator(".edited")).to_be_visible()
        expect(tab.row(ann.conversation).locator("[data-part=preview]")).to_have_text("second")

    everywhere_and_after_a_reload((ann, ben), says)
    ben.message("second").locator(".edited").click()
    versions = ben.page.locator("dialog[open] .version p")
    expect(versions).to_have_text(["second", "seccond"])


def test_what_was_deleted_is_gone_for_everybody(person: Joiner) -> None:
    ann, ben = talking(person, "kept", "a slip")
    choose(ann, "a slip", "Delete for everyone")
    expect(ann.page.get_by_role("heading", name="Delete this message for everyone?")).to_be_visible()
    ann.page.keyboard.press("Escape")
    expect(ben.message("a slip")).to_be_visible()
    choose(ann, "a slip", "Delete for everyone")
    ann.page.get_by_role("button", name="Delete", exact=True).click()
    words = {ann: "You deleted this message", ben: "This message was deleted"}
    for _ in range(2):
        for somebody, said in words.items():
            somebody.wait_for_messages(["kept", said])
            preview = somebody.row(ann.conversation).locator("[data-part=preview]")
            expect(preview).to_have_text("Message deleted")
            assert "a slip" not in somebody.page.content()
            somebody.reload()


def test_reactions_are_counted_and_toggled(person: Joiner) -> None:
    ann, ben = talking(person, "we are live")
    tool(ben, "we are live", "React")
    ben.page.get_by_role("dialog", name="React").locator('[data-emoji="🎉"]').click()
    expect(pill(ann, "we are live", "🎉")).to_have_text("🎉1")
    expect(pill(ann, "we are live", "🎉")).to_have_attribute("aria-pressed", "false")
    pill(ann, "we are live", "🎉").click()

    def two(tab: Tab) -> None:
        expect(pill(tab, "we are live", "🎉")).to_have_text("🎉2")
        expect(pill(tab, "we are live", "🎉")).to_have_attribute("aria-pressed", "true")

    everywhere_and_after_a_reload((ann, ben), two)
    expect(pill(ben, "we are live", "🎉")).to_have_attribute("title", "You and Ann reacted with party celebrate tada")
    pill(ben, "we are live", "🎉").click()
    expect(pill(ann, "we are live", "🎉")).to_have_text("🎉1")
    pill(ann, "we are live", "🎉").click()
    for somebody in (ann, ben):
        expect(somebody.message("we are live").locator(".reactions")).to_be_hidden()


@pytest.mark.service_worker
def test_an_edit_made_offline_is_sent_on_return(person: Joiner) -> None:
    ann, ben = talking(person, "helo")
    ann.wait_for_offline_shell()
    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=30_000)
    ann.composer.press("ArrowUp")
    ann.composer.fill("hello")
    ann.composer.press("Enter")
    ann.wait_for_messages(["hello"])
    ann.wait_for_tick("hello", "read")
    expect(ann.message("hello")).to_have_attribute("data-changing", "")
    ann.reload()
    ann.wait_for_messages(["hello"])
    expect(ann.message("hello")).to_have_attribute("data-changing", "")
    assert ben.messages() == ["helo"]
    ann.go_online()
    ben.wait_for_messages(["hello"], within_ms=30_000)
    expect(ann.message("hello")).not_to_have_attribute("data-changing", "")
    ben.reload()
    ben.wait_for_messages(["hello"])


def test_a_refused_edit_is_taken_back_and_said(person: Joiner) -> None:
    """Ann edits, offline in one tab, what she deletes in another browser meanwhile."""
    ann, ben = talking(person, "helo")
    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=30_000)
    ann.composer.press("ArrowUp")
    ann.composer.fill("hello")
    ann.composer.press("Enter")
    ann.wait_for_messages(["hello"])
    conversation = ann.conversation
    other = ben.context.browser
    assert other is not None
    state: StorageState = {"cookies": ann.context.storage_state()["cookies"], "origins": []}
    elsewhere = Tab(
        other.new_context(storage_state=state, viewport={"width": 1280, "height": 800}).new_page(), ann.address
    )
    elsewhere.go(f"/c/{conversation}")
    choose(elsewhere, "helo", "Delete for everyone")
    elsewhere.page.get_by_role("button", name="Delete", exact=True).click()
    ben.wait_for_messages(["This message was deleted"])
    ann.go_online()
    ann.wait_for_messages(["You deleted this message"], within_ms=30_000)
    refused = ann.page.locator(".message-refused")
    expect(refused).to_contain_text("Your edit was not saved. That message was deleted.")
    refused.get_by_role("button", name="Dismiss").click()
    expect(refused).to_be_hidden()
    ann.reload()
    ann.wait_for_messages(["You deleted this message"])
    expect(ann.page.locator(".message-refused")).to_be_hidden()
    elsewhere.page.context.close()
