"""How text is written: marks, emoji, mentions."""

import re

from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.talk import asked, open_chat, say
from tests.views.talk_pages import AMARA, GROUP, ME, direct_chat, group_chat


def test_marks_by_keyboard_can_be_undone(open_page: Opener) -> None:
    page, _ = direct_chat(open_page)
    field = page.locator(".composer-input")
    for keys, mark in (("b", "**"), ("i", "*"), ("e", "`"), ("Shift+x", "~~")):
        field.fill("")
        page.keyboard.type("one two")
        page.keyboard.press("Control+Shift+ArrowLeft")
        page.keyboard.press(f"Control+{keys}")
        expect(field).to_have_value(f"one {mark}two{mark}")
        page.keyboard.press(f"Control+{keys}")
        expect(field).to_have_value("one two")
        page.keyboard.press("Control+z")
        expect(field).to_have_value(f"one {mark}two{mark}")
        page.keyboard.press("Control+z")
        expect(field).to_have_value("one two")


def test_a_shortcode_becomes_an_emoji(open_page: Opener) -> None:
    page, _ = direct_chat(open_page)
    field = page.locator(".composer-input")
    page.keyboard.type("well done :tada:")
    expect(field).to_have_value("well done 🎉")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("well done :tada:")
    field.fill("")
    page.keyboard.type("look :fir")
    expect(page.get_by_role("option", name=":fire:")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("look 🔥 ")
    assert asked(page, "post") == [], "Enter was for the list"
    field.fill("")
    page.keyboard.type("at 10:30 https://a.example")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()


def test_the_picker_writes_at_the_caret(open_page: Opener) -> None:
    page, _ = direct_chat(open_page)
    field = page.locator(".composer-input")
    page.keyboard.type("ab")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Emoji", exact=True).click()
    picker = page.get_by_role("dialog", name="Emoji")
    picker.locator("[data-emoji='🎉']").click()
    expect(field).to_have_value("a🎉b")
    expect(field).to_be_focused()
    page.get_by_role("button", name="Emoji", exact=True).click()
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(field).to_be_focused()


def test_emoji_alone_are_big(open_page: Opener) -> None:
    page, chat = direct_chat(open_page)
    for body, big in (("🎉🎉🎉", True), ("🎉🎉🎉🎉", False), ("🎉 yes", False)):
        say(page, chat, "priya", body)
        last = page.locator(".message").last
        expect(last.locator(".bubble-text")).to_have_text(body)
        assert (last.get_attribute("data-emoji") is not None) == big


def test_an_at_offers_the_members_of_agroup_chat(open_page: Opener) -> None:
    page, _ = group_chat(open_page)
    field = page.locator(".composer-input")
    listbox = page.get_by_role("listbox", name="Suggestions")
    page.keyboard.type("hi @")
    expect(listbox.get_by_role("option")).to_have_count(4)
    expect(listbox).not_to_contain_text("Dana")
    page.keyboard.type("a")
    expect(listbox.get_by_role("option")).to_have_text(["AOAmara Okafor@amara"])
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Tab")
    expect(field).to_have_value("hi @Amara Okafor ")
    expect(listbox).to_be_hidden()
    page.keyboard.type("and @ben")
    listbox.get_by_role("option").click()
    expect(field).to_be_focused()
    expect(field).to_have_value("hi @Amara Okafor and @Ben Carter ")
    page.keyboard.press("Enter")
    bodies = [args[1] for args in asked(page, "post")]
    assert bodies == [f"hi @[{AMARA}] and @[{'u' * 21}K] "]
    expect(page.locator(".message .mention")).to_have_text(["@Amara Okafor", "@Ben Carter"])


def test_escape_leaves_what_was_typed(open_page: Opener) -> None:
    page, _ = group_chat(open_page)
    page.keyboard.type("@am")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    page.keyboard.type("a")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()
    page.keyboard.press("Enter")
    assert [args[1] for args in asked(page, "post")] == ["@ama"]


def test_in_a_direct_chat_nobody_is_offered(open_page: Opener) -> None:
    page, _ = direct_chat(open_page)
    page.keyboard.type("@pri")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_hidden()


def test_a_mention_has_the_present_name_and_survives_as_a_draft_and_in_an_edit(open_page: Opener) -> None:
    page, group = group_chat(open_page)
    field = page.locator(".composer-input")
    page.keyboard.type("@amar")
    page.keyboard.press("Enter")
    page.locator(".chat-link", has_text="Jonas Meyer").click()
    row = page.locator(".chat-row", has_text=GROUP)
    expect(row.locator(".chat-preview")).to_have_text("Draft: @Amara Okafor")
    row.locator(".chat-link").click()
    expect(field).to_have_value("@Amara Okafor ")
    page.keyboard.press("Enter")
    page.evaluate("id => chat.settle(id)", group)
    page.evaluate("() => { PEOPLE.amara.name = 'Amara Adeyemi'; chat.know([]); }")
    page.evaluate("id => chat.changed(id)", group)
    expect(page.locator(".message .mention").last).to_have_text("@Amara Adeyemi")
    page.keyboard.press("ArrowUp")
    expect(field).to_have_value(re.compile("^@Amara Adeyemi"))
    page.keyboard.press("End")
    page.keyboard.type("!")
    page.keyboard.press("Enter")
    assert [args[2].replace(" ", "") for args in asked(page, "edit")] == [f"@[{AMARA}]!"]


def test_who_is_mentioned_sees_it_in_the_message_and_in_the_list(open_page: Opener) -> None:
    page = open_page()
    group = page.evaluate("() => group")
    page.locator(".chat-link", has_text="Amara Okafor").click()
    row = page.locator(".chat-row", has_text=GROUP)
    say(page, group, "priya", "not you")
    expect(row.get_by_label("You are mentioned")).to_be_hidden()
    say(page, group, "priya", f"@[{ME}] look")
    expect(row.get_by_label("You are mentioned")).to_be_visible()
    open_chat(page, group)
    last = page.locator(".message").last
    expect(last.locator(".mention[data-me]")).to_have_text("@Dana Lopez")
    expect(last).to_have_attribute("data-mentioned", "")
    expect(row.get_by_label("You are mentioned")).to_be_hidden()
