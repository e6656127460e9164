"""Several people in one log, and one person alone in theirs."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Joiner


def test_a_group_is_made_in_the_dialog_and_three_people_chat_in_it(person: Joiner) -> None:
    ann, ben, eve = person("Ann"), person("Ben", server=1), person("Eve")
    for other in (ben, eve):
        ann.open_chat_with(other)
        ann.say("hello")
        ann.wait_for_tick("hello", "delivered")
    ann.page.get_by_role("button", name="New chat").click()
    ann.page.get_by_role("button", name="New group").click()
    ann.page.get_by_label("Title").fill("On call")
    create = ann.page.get_by_role("button", name="Create group")
    create.click()
    expect(ann.page.get_by_role("alert").filter(has_text="Choose at least one member.")).to_be_visible()
    for other in ("Ben", "Eve"):
        ann.page.get_by_role("checkbox", name=other).check()
    create.dblclick()
    expect(ann.page.locator("dialog[open]")).to_have_count(0)
    expect(ann.page.locator(".thread-header [data-part=name]")).to_have_text("On call")
    expect(ann.page.locator(".thread-note", has_text="You created the group “On call”")).to_be_visible()
    group = ann.conversation

    for other in (ben, eve):
        expect(other.page.locator(".chat-name", has_text="On call")).to_have_count(1)
        other.open_chat(group)
        expect(other.page.locator(".thread-note", has_text="Ann created the group")).to_be_visible()
        expect(other.page.locator(".thread-header [data-part=about]")).to_have_text(re.compile("3 members"))
    for who in (ann, ben, eve):
        who.say(f"{who.name} is here")
        for everybody in (ann, ben, eve):
            expect(everybody.bubbles.last).to_have_text(f"{who.name} is here")
    for everybody in (ann, ben, eve):
        everybody.wait_for_messages(["Ann is here", "Ben is here", "Eve is here"])
    expect(ann.message("Ben is here").locator(".message-sender")).to_have_text("Ben")
    # Read by all, not by the first.
    ann.wait_for_tick("Ann is here", "read")
    # Ben and Eve met here: they may write to each other.
    ben.go("/contacts")
    expect(ben.page.locator(".person", has_text="Eve")).to_be_visible()


def test_a_note_to_self_is_ones_own(person: Joiner) -> None:
    ann = person("Ann")
    ann.page.get_by_role("button", name="Note to self").first.click()
    expect(ann.page.locator(".thread-header [data-part=name]")).to_have_text("Note to self")
    ann.say("remember the milk")
    ann.wait_for_standing("up_to_date")
    ann.wait_for_messages(["remember the milk"])
    other = ann.second_tab()
    other.wait_for_messages(["remember the milk"])
    expect(ann.page).to_have_title("Chatter")
    here = ann.conversation
    ann.go("/")
    ann.page.get_by_role("button", name="New chat").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Note to self").click()
    ann.page.wait_for_url(f"**/c/{here}")
    expect(ann.page.locator(".chat-row")).to_have_count(1)
