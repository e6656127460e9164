"""What can be done with a message: by mouse, by touch, by keyboard, and for whom."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, open_chat, settled

TALK = """role => {
  const id = chat.add("group", [PEOPLE.priya, PEOPLE.jonas, PEOPLE.amara], { title: "Trains", role });
  chat.say(id, PEOPLE.priya, "by train?", { unread: false });
  chat.say(id, PEOPLE.amara, "no, by boat", { unread: false });
  chat.say(id, PEOPLE.me, "by train");
  return id;
}"""
REVISE = "([id, seq, who, kind, body]) => chat.revise(id, seq, PEOPLE[who], kind, body)"
PRESS = """(element, ms) => new Promise((done) => {
  const box = element.getBoundingClientRect();
  const at = { clientX: box.left + 20, clientY: box.top + 10, pointerType: "touch", bubbles: true };
  element.dispatchEvent(new PointerEvent("pointerdown", at));
  setTimeout(() => { element.dispatchEvent(new PointerEvent("pointerup", at)); done(); }, ms);
})"""


def talk(page: Page, role: str = "member") -> str:
    """A group in which Priya (owner), Amara (member) and I have said something, opened; its id."""
    conversation: str = page.evaluate(TALK, role)
    open_chat(page, conversation)
    settled(page)
    return conversation


def message(page: Page, seq: int) -> Locator:
    return page.locator(f'.message[data-seq="{seq}"]')


def items(page: Page) -> list[str]:
    return page.get_by_role("menuitem").all_inner_texts()


def revise(page: Page, *what: Any) -> None:
    page.evaluate(REVISE, list(what))
    settled(page)


@pytest.mark.parametrize(
    ("role", "seq", "delete"),
    [("member", 1, False), ("member", 2, False), ("admin", 1, False), ("admin", 2, True), ("owner", 1, True)],
)
def test_others_messages_are_offered_for_deletion_to_those_who_may(
    open_page: Opener, role: str, seq: int, delete: bool
) -> None:
    page = open_page()
    talk(page, role)
    message(page, seq).click(button="right")
    pin = ["Pin"] * (role != "member")
    expected = [
        "React",
        "Reply",
        "Open thread",
        "Forward",
        "Copy text",
        "Select",
        "Save",
        *pin,
        "Report",
        "Delete for me",
    ]
    assert items(page) == expected + ["Delete for everyone"] * delete


def test_ones_own_is_edited_and_deleted_after_being_asked_once(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    message(page, 3).click(button="right")
    mine = ["Edit", "Seen by", "Delete for me", "Delete for everyone"]
    assert items(page) == ["React", "Reply", "Open thread", "Forward", "Copy text", "Select", "Save", *mine]
    page.get_by_role("menuitem", name="Delete for everyone").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(message(page, 3).locator(".bubble-text")).to_have_text("You deleted this message")
    assert asked(page, "remove") == [[conversation, 3]]
    message(page, 3).hover()
    expect(message(page, 3).locator(".message-tools")).to_be_hidden()
    message(page, 3).click(button="right")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_by_keyboard_the_messages_are_walked_and_the_toolbar_is_next(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    page.locator("[data-part=scroll]").focus()
    page.keyboard.press("ArrowUp")
    expect(message(page, 3)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(message(page, 2)).to_be_focused()
    page.keyboard.press("Tab")
    expect(message(page, 2).get_by_role("button", name="React")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert asked(page, "react") == [[conversation, 2, "❤️", True]]
    expect(message(page, 2).get_by_role("button", name="React")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".composer-input")).to_be_focused()


def test_enter_on_a_message_opens_its_menu_and_esc_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    message(page, 1).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="React")).to_be_focused()
    page.keyboard.press("Escape")
    expect(message(page, 1)).to_be_focused()


def test_a_long_press_opens_the_menu_and_a_tap_does_not(open_page: Opener) -> None:
    page = open_page(width=390, height=800, has_touch=True, is_mobile=True)
    talk(page)
    bubble = message(page, 1).locator(".bubble")
    bubble.evaluate(PRESS, 150)
    page.wait_for_timeout(500)
    expect(page.get_by_role("menu")).to_have_count(0)
    bubble.evaluate(PRESS, 650)
    expect(page.get_by_role("menuitem", name="Reply")).to_be_visible()


def test_a_draft_waits_while_a_message_is_edited(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    field = page.locator(".composer-input")
    field.fill("half a thought")
    message(page, 3).click(button="right")
    page.get_by_role("menuitem", name="Edit").click()
    expect(field).to_have_value("by train")
    expect(field).to_be_focused()
    field.fill("by the night train")
    page.keyboard.press("Enter")
    assert asked(page, "edit") == [[conversation, 3, "by the night train"]]
    expect(field).to_have_value("half a thought")
    expect(field).to_be_focused()
    assert asked(page, "post") == []


def test_up_belongs_to_the_text_where_there_is_some_and_nothing_is_saved_unchanged(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    field, bar = page.locator(".composer-input"), page.locator("[data-part=compose-bar]")
    field.fill("x")
    page.keyboard.press("ArrowUp")
    expect(bar).to_be_hidden()
    field.fill("")
    page.keyboard.press("ArrowUp")
    expect(bar).to_be_visible()
    page.keyboard.press("Enter")
    expect(bar).to_be_hidden()
    assert asked(page, "edit") == asked(page, "post") == []


def test_a_reply_is_sent_with_its_number_and_another_chat_forgets_it(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    message(page, 1).hover()
    message(page, 1).get_by_role("button", name="Reply").click()
    page.keyboard.type("yes")
    page.keyboard.press("Enter")
    assert asked(page, "post") == [[conversation, "yes", 1]]
    expect(page.locator(".quote").last).to_contain_text("by train?")
    message(page, 1).hover()
    message(page, 1).get_by_role("button", name="Reply").click()
    page.locator(".chat-link", has_text="Amara Okafor").click()
    expect(page.locator("[data-part=compose-bar]")).to_be_hidden()


def test_reactions_say_who_and_are_toggled(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    for who in ("amara", "jonas"):
        revise(page, conversation, 1, who, "reacted", "👍")
    pill = message(page, 1).locator(".reaction")
    expect(pill).to_have_attribute("aria-label", "thumbs up yes good like: Amara Okafor and Jonas Meyer")
    pill.click()
    expect(pill).to_have_text("👍3")
    pill.click()
    expect(pill).to_have_text("👍2")
    assert [args[3] for args in asked(page, "react")] == [True, False]


def test_the_picker_searches_and_keeps_the_skin_tone(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    message(page, 1).hover()
    message(page, 1).get_by_role("button", name="React").click()
    page.get_by_role("button", name="All emoji").click()
    expect(page.get_by_role("searchbox", name="Search the emoji")).to_be_focused()
    page.get_by_role("button", name="Medium dark skin tone").click()
    page.get_by_role("searchbox", name="Search the emoji").fill("nosuch")
    expect(page.get_by_text("Nothing is called that here.")).to_be_visible()
    page.get_by_role("searchbox", name="Search the emoji").fill("applau")
    page.locator(".picker-grid button").click()
    expect(page.locator(".picker")).to_have_count(0)
    assert asked(page, "react") == [[conversation, 1, "👏🏾", True]]
    message(page, 2).hover()
    message(page, 2).get_by_role("button", name="React").click()
    expect(page.locator(".picker-first button").first).to_have_text("👏🏾")
    page.keyboard.press("Escape")
    expect(page.locator(".picker")).to_have_count(0)


def test_what_it_said_before_is_shown_in_a_dialog(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    revise(page, conversation, 1, "priya", "edited", "by the train?")
    message(page, 1).locator(".edited").click()
    expect(page.locator(".version p")).to_have_text(["as it is", "as it was first"])
    page.keyboard.press("Escape")
    message(page, 1).click(button="right")
    assert "Earlier versions" in items(page)


def test_in_a_group_one_is_out_of_there_is_only_reading(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    revise(page, conversation, 1, "amara", "reacted", "👍")
    page.evaluate("id => void chat.say(id, PEOPLE.priya, chat.me.id, { kind: 'removed' })", conversation)
    settled(page)
    expect(message(page, 1).locator(".reaction")).to_be_disabled()
    message(page, 1).click(button="right")
    assert items(page) == ["Forward", "Copy text", "Select", "Save", "Report", "Delete for me"]
