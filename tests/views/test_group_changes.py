"""A group is changed: people are added, it is renamed, handed over and left."""

import re

from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.groups import (
    WIDE,
    group,
    person,
    tell,
)
from tests.views.talk import asked, open_chat, settled


def test_contacts_who_are_not_in_it_are_added(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Add people").click()
    dialog = page.get_by_role("dialog", name="Add people")
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    expect(dialog.get_by_role("checkbox").first).to_be_focused()
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose at least one person.")
    dialog.get_by_role("checkbox", name="Ben Carter").check()
    expect(dialog.locator("[data-part=error]")).to_be_empty()
    dialog.get_by_role("checkbox", name="Yuki (Osaka)").check()
    page.evaluate("() => { chat.refusal = { code: 'pending', message: 'Ask again with the same client id.' } }")
    dialog.get_by_role("button", name="Add 2 people").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Try again in a moment")
    page.evaluate("() => { chat.refusal = null }")
    dialog.get_by_role("button", name="Add 2 people").click()
    expect(dialog).to_be_hidden()
    both = [person(page, "ben"), person(page, "yuki")]
    assert asked(page, "addMembers") == [[conversation, both], [conversation, both]]
    expect(page.locator(".thread-note").last).to_have_text("You added Ben Carter and Yuki (Osaka)")
    expect(page.get_by_role("button", name="Add people")).to_be_focused()
    page.get_by_role("button", name="Add people").click()
    expect(dialog).to_contain_text("All your contacts are in the group already.")


def test_among_many_contacts_one_searches_and_what_was_chosen_stays_chosen(open_page: Opener) -> None:
    page = open_page(**WIDE)
    page.evaluate(
        """() => chat.know([...chat.known, ...Array.from({ length: 300 }, (_, n) => ({
          ...chat.known[0], user: { ...PEOPLE.ben, id: `k${n}`.padStart(22, "k"), name: `Known ${n}`, handle: `k_${n}` },
        }))])"""
    )
    conversation = group(page, "owner")
    page.get_by_role("button", name="Add people").click()
    dialog = page.get_by_role("dialog", name="Add people")
    search = dialog.get_by_role("searchbox")
    expect(search).to_be_focused()
    expect(dialog.get_by_role("checkbox")).to_have_count(100)
    expect(dialog).to_contain_text("There are more. Search to find them.")
    page.keyboard.type("known 299")
    page.keyboard.press("Enter")
    page.keyboard.type("@k_150")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("nobody at all")
    expect(dialog).to_contain_text("Nobody matches.")
    dialog.get_by_role("button", name="Add 2 people").click()
    assert asked(page, "addMembers") == [[conversation, ["k299".rjust(22, "k"), "k150".rjust(22, "k")]]]


def test_the_title_is_changed_and_a_refusal_is_told(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Change the title").click()
    page.get_by_role("textbox", name="Title").fill("Ships")
    page.keyboard.press("Enter")
    expect(page.locator(".thread-header h2")).to_have_text("Ships")
    expect(page.locator(".composer-input")).to_have_attribute("placeholder", "Message Ships")
    page.get_by_role("button", name="Change the title").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    assert asked(page, "renameGroup") == [[conversation, "Ships"]], "the same title is no change"
    page.evaluate("() => { chat.refusal = { code: 'forbidden', message: 'Only admins change its title.' } }")
    page.get_by_role("button", name="Change the title").click()
    page.get_by_role("textbox", name="Title").fill("Boats")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_have_text("Only admins change its title.")


def test_a_long_title_makes_the_composer_no_higher(open_page: Opener) -> None:
    page = open_page(width=390, height=844)
    conversation = group(page, "member")
    field = page.locator(".composer-input")
    before = field.evaluate("e => e.offsetHeight")
    tell(page, conversation, "amara", "titled", "all of it " * 12)
    page.get_by_role("button", name="Back to the chats").click()
    open_chat(page, conversation)
    expect(field).to_have_attribute("placeholder", re.compile("all of it all of it"))
    assert field.evaluate("e => e.offsetHeight") == before


def test_an_owner_is_led_to_hand_over_before_leaving(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner")
    page.get_by_role("button", name="Leave the group").click()
    expect(page.get_by_role("dialog")).to_contain_text("Choose who owns it from now on")
    page.get_by_role("button", name="Choose an owner").click()
    chooser = page.get_by_role("dialog", name="Hand the group over")
    expect(chooser.get_by_role("radio")).to_have_count(3)
    chooser.get_by_role("radio", name="Jonas Meyer").check()
    chooser.get_by_role("radio", name="Priya Shah").check()
    chooser.get_by_role("button", name="Hand over").click()
    assert asked(page, "appoint") == [[conversation, person(page, "priya"), "owner"]]
    assert asked(page, "leaveGroup") == []
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.locator(".thread-pane [data-part=out]")).to_be_visible()
    assert asked(page, "leaveGroup") == [[conversation]]


def test_the_last_one_leaves_without_an_heir(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner", others=1)
    tell(page, conversation, "amara", "left")
    page.get_by_role("button", name="Leave the group").click()
    expect(page.get_by_role("dialog")).to_contain_text("You are the last one in it.")
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.locator(".thread-pane [data-part=out]")).to_be_visible()
    assert asked(page, "leaveGroup") == [[conversation]]
