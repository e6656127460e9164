"""Requests: a stranger's chat stands apart, makes no noise, and tells them nothing before it is accepted."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person


@pytest.fixture
def asked(person: Joiner) -> tuple[Person, Person, str]:
    """Ann takes first messages from her contacts alone; Ben has written to her."""
    ann, ben = person("Ann"), person("Ben", server=1)
    ann.go("/settings/privacy")
    panel = ann.page.locator("[data-view=privacy]")
    panel.locator("[data-field=first_messages]").get_by_text("My contacts", exact=True).click()
    expect(panel.get_by_role("status")).to_have_text("Saved.")
    ann.go("/")
    conversation = ben.open_chat_with(ann)
    ben.say("do you know me?")
    ben.wait_for_tick("do you know me?", "sent")
    return ann, ben, conversation


def look(ann: Person) -> None:
    pill = ann.page.get_by_role("button", name="Requests 1")
    expect(pill).to_be_visible()
    pill.click()


def test_it_stands_apart_tells_nothing_and_is_accepted(asked: tuple[Person, Person, str]) -> None:
    ann, ben, conversation = asked
    look(ann)
    expect(ann.page.locator(".rail-badge")).to_be_hidden()
    ann.row(conversation).click()
    expect(ann.bubbles).to_have_text(["do you know me?"])
    expect(ann.composer).to_be_hidden()
    bar = ann.page.locator("[data-part=request]")
    expect(bar).to_contain_text("Ben wants to write to you")
    ann.page.wait_for_timeout(1_500)
    expect(ben.message("do you know me?")).to_have_attribute("data-tick", "sent")
    expect(ben.page.locator(".thread-header [data-part=about]")).not_to_have_text("online")

    bar.get_by_role("button", name="Accept").click()
    expect(ann.composer).to_be_visible()
    ben.wait_for_tick("do you know me?", "read")
    expect(ben.page.locator(".thread-header [data-part=about]")).to_have_text("online")
    ann.say("I do")
    ben.wait_for_messages(["do you know me?", "I do"])
    ann.page.get_by_role("button", name="All", exact=True).click()
    expect(ann.row(conversation)).to_be_visible()


def test_it_is_deleted_in_every_tab_and_may_come_again(asked: tuple[Person, Person, str]) -> None:
    ann, ben, conversation = asked
    other = ann.second_tab()
    look(ann)
    ann.row(conversation).click()
    ann.page.locator("[data-part=request]").get_by_role("button", name="Delete").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(ann.row(conversation)).to_have_count(0)
    expect(other.page.locator("[data-filter=requests]")).to_be_hidden()
    expect(ann.page.get_by_role("heading", name="Start a chat")).to_be_visible()
    ann.reload()
    expect(ann.page.locator("[data-filter=requests]")).to_be_hidden()
    expect(ben.message("do you know me?")).to_have_attribute("data-tick", "sent")
    ben.say("hello?")
    look(ann)
    ann.row(conversation).click()
    expect(ann.bubbles).to_have_text(["hello?"])


def test_blocking_makes_it_go_and_the_stranger_cannot_tell(asked: tuple[Person, Person, str]) -> None:
    ann, ben, conversation = asked
    look(ann)
    ann.row(conversation).click()
    ann.page.locator("[data-part=request]").get_by_role("button", name="Block").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Block").click()
    expect(ann.row(conversation)).to_have_count(0)
    ben.say("please")
    ben.wait_for_tick("please", "sent")
    ann.page.wait_for_timeout(1_000)
    expect(ann.row(conversation)).to_have_count(0)
    ann.go("/settings/privacy")
    expect(ann.page.locator("[data-view=blocked]").get_by_role("listitem")).to_contain_text("Ben")
