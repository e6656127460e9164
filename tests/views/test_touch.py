"""Messages chosen with a finger: real touches, as the browser itself makes gestures and clicks of them."""

from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked
from tests.views.test_message_actions import message, talk

PRESS_MS = 750


class Finger:
    def __init__(self, page: Page) -> None:
        self._page = page
        self._session: CDPSession = page.context.new_cdp_session(page)

    def down(self, target: Locator) -> None:
        box = target.bounding_box()
        assert box is not None
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self._session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})

    def up(self) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def tap(self, target: Locator) -> None:
        self.down(target)
        self.up()

    def press(self, target: Locator) -> None:
        self.down(target)
        self._page.wait_for_timeout(PRESS_MS)
        self.up()


def phone(open_page: Opener) -> Page:
    return open_page(width=390, height=800, has_touch=True, is_mobile=True)


def bubble(page: Page, seq: int) -> Locator:
    return message(page, seq).locator(".bubble")


def selected(page: Page) -> list[str | None]:
    return [one.get_attribute("data-seq") for one in page.locator(".message[data-selected]").all()]


def test_a_long_press_begins_a_selection_and_taps_go_on_with_it(open_page: Opener) -> None:
    page = phone(open_page)
    conversation = talk(page)
    finger = Finger(page)
    finger.press(bubble(page, 1))
    menu = page.get_by_role("menu", name="Message")
    expect(menu).to_be_visible()
    finger.tap(menu.get_by_role("menuitem", name="Select"))
    bar = page.get_by_role("toolbar", name="Selected messages")
    expect(bar).to_contain_text("1 selected")
    assert selected(page) == ["1"]
    for seq, chosen in ((3, ["1", "3"]), (2, ["1", "2", "3"]), (1, ["2", "3"])):
        finger.tap(bubble(page, seq))
        expect(bar).to_contain_text(f"{len(chosen)} selected")
        assert selected(page) == chosen
    # The box beside a message does the same.
    finger.tap(message(page, 1).get_by_role("checkbox"))
    expect(bar).to_contain_text("3 selected")
    # While one chooses, a long press opens nothing.
    finger.press(bubble(page, 2))
    expect(menu).to_have_count(0)
    finger.tap(bar.get_by_role("button", name="Delete"))
    finger.tap(page.get_by_role("menuitem", name="Delete for me"))
    finger.tap(page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True))
    expect(bar).to_be_hidden()
    (hidden,) = asked(page, "hide")
    assert hidden[0] == conversation and set(hidden[1:]) <= {1, 2, 3} and len(hidden) >= 3


def test_a_selection_is_left_by_its_button_and_taps_mean_again_what_they_did(open_page: Opener) -> None:
    page = phone(open_page)
    talk(page)
    finger = Finger(page)
    finger.press(bubble(page, 2))
    finger.tap(page.get_by_role("menuitem", name="Select"))
    bar = page.get_by_role("toolbar", name="Selected messages")
    finger.tap(bar.get_by_role("button", name="Cancel"))
    expect(bar).to_be_hidden()
    finger.tap(bubble(page, 1))
    assert selected(page) == []
    finger.press(bubble(page, 1))
    expect(page.get_by_role("menu", name="Message")).to_be_visible()


def test_a_finger_that_scrolls_opens_nothing(open_page: Opener) -> None:
    page = phone(open_page)
    talk(page)
    finger = Finger(page)
    finger.down(bubble(page, 1))
    box = bubble(page, 1).bounding_box()
    assert box is not None
    for step in range(1, 5):
        point = {"x": box["x"] + 20, "y": box["y"] + 10 + 20 * step}
        finger._session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    page.wait_for_timeout(PRESS_MS)
    finger.up()
    expect(page.get_by_role("menu")).to_have_count(0)
