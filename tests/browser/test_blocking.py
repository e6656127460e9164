"""Blocked: their messages do not arrive, and they cannot tell."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person


def block(person: Person, name: str) -> None:
    person.go("/contacts")
    person.page.locator(".person", has_text=name).get_by_role("button", name="More").click()
    person.page.get_by_role("menuitem", name="Block").click()
    person.page.locator("dialog[open]").get_by_role("button", name="Block").click()
    expect(person.page.locator(".person", has_text=name)).to_contain_text("blocked")


def test_what_the_blocked_one_says_does_not_arrive_and_their_page_shows_no_difference(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ben.open_chat_with(ann)
    ben.say("hello")
    ann.open_chat(conversation)
    ann.wait_for_messages(["hello"])
    ben.wait_for_tick("hello", "read")
    block(ann, "Ben")

    ben.say("do you hear me")
    ben.wait_for_tick("do you hear me", "sent")
    expect(ben.page.locator("[data-part=composer]")).to_be_visible()
    ben.wait_for_standing("up_to_date")
    assert "blocked" not in ben.page.locator("body").inner_text()

    ann.go("/")
    expect(ann.row(conversation)).to_be_visible()
    expect(ann.page).to_have_title("Chatter")
    expect(ann.row(conversation).locator(".badge")).to_be_hidden()
    ann.go(f"/c/{conversation}")
    ann.wait_for_messages(["hello"])
    expect(ann.page.get_by_text("You blocked this person.")).to_be_visible()
    expect(ann.composer).to_be_hidden()
    assert "do you hear me" not in ann.page.content()
    ben.reload()
    ben.wait_for_messages(["hello", "do you hear me"])
    expect(ben.message("do you hear me")).to_have_attribute("data-tick", "sent")

    ann.page.get_by_role("button", name="Unblock").first.click()
    expect(ann.composer).to_be_visible()
    ben.say("and now")
    # What was said while they were blocked stays unsaid.
    ann.wait_for_messages(["hello", "and now"])
    ann.say("now I do")
    ben.wait_for_messages(["hello", "do you hear me", "and now", "now I do"])
