"""Read means seen: not in a hidden tab, and not where the message is off the screen."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner, Site
from tests.browser.people import Person
from tests.browser.test_scrolling import SCROLL_UP, two_with_history

# Playwright keeps every page shown and focused; this is what a browser says of a tab behind another.
SHOW = """(state) => {
  Object.defineProperty(document, "visibilityState", { configurable: true, get: () => state });
  Object.defineProperty(document, "hidden", { configurable: true, get: () => state === "hidden" });
  document.hasFocus = () => state === "visible";
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def _hide(person: Person) -> None:
    person.page.evaluate(SHOW, "hidden")


def _show(person: Person) -> None:
    person.page.evaluate(SHOW, "visible")


def _nobody_says_read(ann: Person, text: str) -> None:
    """It stays delivered, although much later news has gone the same way."""
    ann.wait_for_tick(text, "delivered")
    ann.say("said after it")
    ann.wait_for_tick("said after it", "delivered")
    expect(ann.message(text)).to_have_attribute("data-tick", "delivered")


def test_a_hidden_tab_reads_nothing_until_it_is_shown(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("first")
    ben.open_chat(conversation)
    ann.wait_for_tick("first", "read")
    _hide(ben)
    ann.say("while hidden")
    ben.wait_for_messages(["first", "while hidden"])
    _nobody_says_read(ann, "while hidden")
    assert ben.page.title().startswith("(2)")
    _show(ben)
    ann.wait_for_tick("while hidden", "read")
    ann.wait_for_tick("said after it", "read")
    expect(ben.page).not_to_have_title("(2) Chatter")


def test_a_message_below_the_screen_is_not_read_until_it_is_scrolled_to(site: Site, person: Joiner) -> None:
    ann, ben = two_with_history(site, person, 60)
    # So near that the message is in the document, just below the frame.
    ben.page.evaluate(SCROLL_UP, 300)
    ann.say("down there")
    expect(ben.message("down there")).to_be_attached()
    expect(ben.message("down there")).not_to_be_in_viewport()
    expect(ben.page.locator("[data-part=tail]")).to_have_text("1 new")
    _nobody_says_read(ann, "down there")
    expect(ben.page.locator("[data-part=tail]")).to_have_text("2 new")
    ben.page.locator(".thread-scroll").hover()
    ben.page.mouse.wheel(0, 5_000)
    ann.wait_for_tick("down there", "read")
    ann.wait_for_tick("said after it", "read")


def test_another_chat_that_is_open_reads_nothing_here(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben")
    conversation = ann.open_chat_with(ben)
    ben.open_note_to_self()
    ann.say("over here")
    expect(ben.row(conversation).locator("[data-part=unread]")).to_have_text("1")
    _nobody_says_read(ann, "over here")
    ben.open_chat(conversation)
    ann.wait_for_tick("said after it", "read")
    expect(ben.row(conversation).locator("[data-part=unread]")).to_be_hidden()
