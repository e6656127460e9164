"""Several messages are selected: by menu, mouse, touch and keyboard; copied and deleted together."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, settled
from tests.views.test_accessibility import problems
from tests.views.test_message_actions import message, revise, talk

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
MANY = """id => {
  for (let n = 0; n < 110; n++) chat.say(id, PEOPLE.priya, `more ${n}`, { unread: false, quiet: true });
  chat.changed(id);
}"""
SCROLLED_UP_TO_THE_THIRD = """() => {
  document.querySelector("[data-part=scroll]").scrollTop = 0;
  return document.querySelector('.message[data-seq="3"]');
}"""


def bar(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Selected messages")


def count(page: Page) -> Locator:
    return page.locator("[data-part=selection-count]")


def choose(page: Page, seq: int, name: str) -> None:
    """By keyboard: a right click soon after another would be taken for the same long press."""
    message(page, seq).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name=name, exact=True).click()


def select(page: Page, *seqs: int) -> None:
    """The first by its menu, the others by a click each."""
    first, *others = seqs
    choose(page, first, "Select")
    for seq in others:
        message(page, seq).locator(".bubble").click()


def chosen(page: Page) -> list[str | None]:
    checked = page.locator(".message:has(> .message-check:checked)")
    return [one.get_attribute("data-seq") for one in checked.all()]


def test_the_bar_stands_in_the_composers_place_and_esc_gives_both_back(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    page.locator(".composer-input").fill("half a thought")
    select(page, 1, 3)
    expect(bar(page)).to_be_visible()
    expect(page.locator(".composer")).to_be_hidden()
    expect(count(page)).to_have_text("2 selected")
    assert chosen(page) == ["1", "3"]
    message(page, 3).hover()
    expect(message(page, 3).locator(".message-tools")).to_be_hidden()
    message(page, 3).locator(".bubble").click()
    assert chosen(page) == ["1"]
    page.keyboard.press("Escape")
    expect(bar(page)).to_be_hidden()
    expect(page.locator(".message-check")).to_have_count(0)
    expect(message(page, 1)).to_be_focused()
    expect(page.locator(".composer-input")).to_have_value("half a thought")


def test_shift_and_a_click_begin_and_go_on_to_there(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    message(page, 1).locator(".bubble").click()
    expect(bar(page)).to_be_hidden()
    message(page, 1).locator(".bubble").click(modifiers=["Shift"])
    message(page, 3).locator(".bubble").click(modifiers=["Shift"])
    assert chosen(page) == ["1", "2", "3"]
    assert page.evaluate("() => String(getSelection())") == ""


def test_by_keyboard_space_and_enter_choose(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    message(page, 3).focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Select").press("Enter")
    expect(message(page, 3)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert chosen(page) == ["1", "2", "3"]
    page.keyboard.press("Space")
    expect(count(page)).to_have_text("2 selected")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_what_is_selected_is_copied_in_order_with_names_and_times(open_page: Opener) -> None:
    page = open_page(**CLIPBOARD)
    talk(page)
    select(page, 3, 1)
    bar(page).get_by_role("button", name="Copy").click()
    expect(bar(page)).to_be_hidden()
    lines = page.evaluate("() => navigator.clipboard.readText()").split("\n")
    assert [line.partition("] ")[2] for line in lines] == ["Priya Shah: by train?", "Dana Lopez: by train"]
    assert all(line.startswith("[") for line in lines)


@pytest.mark.parametrize(
    ("role", "seqs", "all"), [("member", (3,), True), ("member", (1, 3), False), ("admin", (2, 3), True)]
)
def test_they_are_deleted_for_everyone_where_all_of_them_may_be(
    open_page: Opener, role: str, seqs: tuple[int, ...], all: bool
) -> None:
    page = open_page()
    conversation = talk(page, role)
    select(page, *seqs)
    bar(page).get_by_role("button", name="Delete").click()
    expect(page.get_by_role("menuitem", name="Delete for everyone")).to_have_count(int(all))
    if not all:
        return
    page.get_by_role("menuitem", name="Delete for everyone").click()
    page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(bar(page)).to_be_hidden()
    assert asked(page, "remove") == [[conversation, seq] for seq in seqs]


def test_they_are_deleted_for_oneself_at_once(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    select(page, 2, 1)
    bar(page).get_by_role("button", name="Delete").click()
    page.get_by_role("menuitem", name="Delete for me").click()
    expect(page.get_by_role("dialog")).to_contain_text("Delete 2 messages for you?")
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(message(page, 3)).to_be_visible()
    expect(message(page, 1)).to_have_count(0)
    expect(bar(page)).to_be_hidden()
    expect(page.locator(".composer-input")).to_be_focused()
    assert asked(page, "hide") == [[conversation, 1, 2]]


def test_what_is_deleted_meanwhile_is_not_selected_any_more(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    select(page, 1, 2)
    revise(page, conversation, 2, "amara", "deleted")
    expect(count(page)).to_have_text("1 selected")
    revise(page, conversation, 1, "priya", "deleted")
    expect(count(page)).to_have_text("None selected")
    expect(bar(page).get_by_role("button", name="Copy")).to_be_disabled()


def test_there_are_at_most_a_hundred(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    page.evaluate(MANY, conversation)
    settled(page)
    select(page, 113)
    page.wait_for_function(SCROLLED_UP_TO_THE_THIRD)
    message(page, 3).locator(".bubble").click(modifiers=["Shift"])
    expect(count(page)).to_have_text("100 selected")
    expect(page.get_by_text("At most 100 messages can be selected.")).to_be_visible()


def test_another_chat_begins_with_none(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    select(page, 1)
    page.locator(".chat-link", has_text="Amara Okafor").click()
    expect(bar(page)).to_be_hidden()
    expect(page.locator(".composer-input")).to_be_visible()


def test_on_a_phone_a_tap_chooses_and_the_menu_stays_away(open_page: Opener) -> None:
    page = open_page(width=320, height=700, has_touch=True, is_mobile=True)
    talk(page)
    message(page, 1).evaluate("element => element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true }))")
    page.get_by_role("menuitem", name="Select").tap()
    message(page, 2).locator(".bubble").tap()
    assert chosen(page) == ["1", "2"]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_while_messages_are_selected(open_page: Opener, theme: str) -> None:
    page = open_page(theme=theme, bypass_csp=True)
    talk(page)
    select(page, 1, 3)
    assert problems(page) == []
