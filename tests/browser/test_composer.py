"""Where one writes: keys, input methods, height, and what is typed while a message leaves."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person

MOST_LINES = 8


def _writing(person: Joiner) -> Person:
    ann = person("Ann")
    ann.open_note_to_self()
    ann.composer.click()
    return ann


def test_enter_sends_and_shift_enter_breaks_the_line(person: Joiner) -> None:
    ann = _writing(person)
    keyboard = ann.page.keyboard
    keyboard.type("one")
    keyboard.press("Shift+Enter")
    keyboard.type("two")
    expect(ann.composer).to_have_value("one\ntwo")
    assert ann.messages() == []
    keyboard.press("Enter")
    expect(ann.bubbles).to_have_count(1)
    ann.wait_for_tick("one\ntwo", "sent")
    assert ann.messages() == ["one\ntwo"]
    expect(ann.composer).to_have_value("")


def test_white_space_alone_is_not_sent(person: Joiner) -> None:
    ann = _writing(person)
    ann.page.keyboard.type("   ")
    ann.page.keyboard.press("Enter")
    ann.page.get_by_role("button", name="Send", exact=True).click()
    ann.say("words")
    ann.wait_for_tick("words", "sent")
    assert ann.messages() == ["words"]


def test_enter_belongs_to_the_input_method_while_it_composes(person: Joiner) -> None:
    ann = _writing(person)
    devtools = ann.context.new_cdp_session(ann.page)
    devtools.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    expect(ann.composer).to_have_value("にほん")
    # The key that ends a composition: the browser is told of it, and it writes nothing by itself.
    for kind in ("rawKeyDown", "keyUp"):
        devtools.send("Input.dispatchKeyEvent", {"type": kind, "key": "Enter", "windowsVirtualKeyCode": 13})
    devtools.send("Input.insertText", {"text": "日本"})
    expect(ann.composer).to_have_value("日本")
    ann.page.keyboard.press("Enter")
    ann.wait_for_tick("日本", "sent")
    assert ann.messages() == ["日本"]


def test_it_grows_to_eight_lines_and_no_further(person: Joiner) -> None:
    ann = _writing(person)
    heights = []
    for line in range(MOST_LINES + 3):
        ann.page.keyboard.type(f"line {line}")
        heights.append(ann.composer.evaluate("element => element.clientHeight"))
        ann.page.keyboard.press("Shift+Enter")
    assert heights[:MOST_LINES] == sorted(set(heights[:MOST_LINES])), heights
    assert set(heights[MOST_LINES - 1 :]) == {heights[MOST_LINES - 1]}, heights
    ann.page.keyboard.press("Enter")
    expect(ann.bubbles).to_have_count(1)
    assert ann.composer.evaluate("element => element.clientHeight") == heights[0]


def test_what_is_typed_right_after_send_stays_and_the_focus_too(person: Joiner) -> None:
    ann = _writing(person)
    # One go without waiting for the server in between.
    ann.page.keyboard.type("first")
    ann.page.keyboard.press("Enter")
    ann.page.keyboard.type("seco")
    ann.wait_for_tick("first", "sent")
    expect(ann.composer).to_have_value("seco")
    expect(ann.composer).to_be_focused()
    ann.page.keyboard.type("nd")
    ann.page.get_by_role("button", name="Send", exact=True).click()
    expect(ann.composer).to_be_focused()
    ann.page.keyboard.type("third")
    ann.wait_for_tick("second", "sent")
    assert ann.messages() == ["first", "second"]
    expect(ann.composer).to_have_value("third")
