"""Where one writes."""

from playwright.sync_api import Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, below, long_chat, settled
from tests.views.talk_pages import direct_chat

PRESS_WHILE_COMPOSING = """init => document.querySelector(".composer-input")
  .dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...init }))"""


def _opened(open_page: Opener) -> Page:
    page = open_page()
    long_chat(page, 30)
    return page


def test_enter_sends_and_what_is_typed_right_after_stays(open_page: Opener) -> None:
    page = _opened(open_page)
    page.keyboard.type("first")
    page.keyboard.press("Enter")
    page.keyboard.type("second")
    assert [args[1] for args in asked(page, "post")] == ["first"]
    expect(page.locator(".composer-input")).to_have_value("second")
    expect(page.locator(".composer-input")).to_be_focused()


def test_shift_enter_breaks_the_line(open_page: Opener) -> None:
    page = _opened(open_page)
    page.keyboard.type("one")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("two")
    expect(page.locator(".composer-input")).to_have_value("one\ntwo")
    assert asked(page, "post") == []


def test_enter_belongs_to_the_input_method_while_it_composes(open_page: Opener) -> None:
    page = _opened(open_page)
    page.keyboard.type("か")
    page.evaluate(PRESS_WHILE_COMPOSING, {"isComposing": True})
    page.evaluate(PRESS_WHILE_COMPOSING, {"keyCode": 229})
    assert asked(page, "post") == []
    page.keyboard.press("Enter")
    assert len(asked(page, "post")) == 1


def test_nothing_but_white_space_is_not_sent(open_page: Opener) -> None:
    page = _opened(open_page)
    page.keyboard.type("   ")
    page.keyboard.press("Enter")
    page.locator(".send").click()
    assert asked(page, "post") == []


def test_it_grows_to_eight_lines_and_the_thread_stays_at_its_end(open_page: Opener) -> None:
    page = _opened(open_page)
    field = page.locator(".composer-input")
    heights = []
    for _ in range(12):
        page.keyboard.type("x")
        page.keyboard.press("Shift+Enter")
        heights.append(field.evaluate("e => e.clientHeight"))
    line = heights[1] - heights[0]
    assert heights == sorted(heights)
    assert heights[-1] == heights[-2], "it stops growing"
    padding = field.evaluate("e => parseFloat(getComputedStyle(e).paddingTop) * 2")
    assert abs((heights[-1] - padding) / line - 8) < 0.5
    expect(field).to_be_focused()
    assert below(page) < 1


def test_a_draft_waits_where_it_was_written(open_page: Opener) -> None:
    page = _opened(open_page)
    page.keyboard.type("for later")
    page.locator(".chat-link", has_text="Amara Okafor").click()
    expect(page.locator(".composer-input")).to_have_value("")
    row = page.locator(".chat-row", has_text="Priya Shah")
    expect(row.locator(".chat-preview")).to_have_text("Draft: for later")
    row.locator(".chat-link").click()
    expect(page.locator(".composer-input")).to_have_value("for later")


def test_with_enter_set_to_break_lines_only_ctrl_enter_sends(open_page: Opener) -> None:
    page = open_page("/t/settings/appearance.html")
    page.locator("label", has_text="New line").click()
    page.goto(page.url.split("/t/")[0] + "/")
    long_chat(page, 5)
    page.keyboard.type("a")
    page.keyboard.press("Enter")
    assert asked(page, "post") == []
    page.keyboard.press("Control+Enter")
    assert len(asked(page, "post")) == 1


ELSEWHERE = """([id, typed]) => {
  const field = document.querySelector(".composer-input");
  chat.setDraft(id, "from the desk");
  if (typed === null) return;
  field.value = typed;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}"""


def test_what_another_device_wrote_comes_into_the_field_and_is_not_written_over(open_page: Opener) -> None:
    page, conversation = direct_chat(open_page)
    field = page.locator(".composer-input")
    field.focus()
    page.evaluate(ELSEWHERE, [conversation, None])
    expect(field).to_have_value("from the desk")
    page.keyboard.type("!")
    expect(field).to_have_value("from the desk!")
    field.fill("")
    # It came in the moment before the key.
    page.evaluate(ELSEWHERE, [conversation, "mine"])
    expect(field).to_have_value("from the desk\n\nmine")
    page.keyboard.type("!")
    expect(field).to_have_value("from the desk\n\nmine!")
    assert page.evaluate("id => chat.draft(id)", conversation) == "from the desk\n\nmine!"


def test_what_is_written_into_the_field_by_no_key_stays_there(open_page: Opener) -> None:
    page, conversation = direct_chat(open_page)
    field = page.locator(".composer-input")
    field.evaluate("field => { field.value = 'by an extension'; }")
    page.evaluate("id => chat.changed(id)", conversation)
    settled(page)
    expect(field).to_have_value("by an extension")
