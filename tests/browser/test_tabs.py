"""Several tabs of one browser are one place: one store, one queue, one notification, one end."""

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Joiner
from tests.browser.people import Tab
from tests.browser.storage import KEEPS, databases_of, kept_by
from tests.browser.wire import Wire, event_in

COUNT_NOTIFICATIONS = """(() => {
  window.Notification = class extends EventTarget {
    static permission = "granted";
    static requestPermission = async () => "granted";
    constructor(title, options) {
      super();
      localStorage.setItem(`raised:${Math.random()}`, `${title}: ${options.body}`);
    }
    close() {}
  };
})()"""


RAISED = (
    "() => Object.entries({ ...localStorage }).filter(([key]) => key.startsWith('raised:')).map(([, text]) => text)"
)


def raised(tab: Tab) -> list[str]:
    """What any of the browser's tabs has raised."""
    return sorted(tab.page.evaluate(RAISED))


def test_sent_in_one_tab_it_shows_once_in_the_other_as_ones_own(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    other = ann.second_tab()
    ann.say("from the first")
    other.wait_for_messages(["from the first"])
    expect(other.message("from the first")).to_have_attribute("data-mine", "")
    other.say("from the second")
    ann.wait_for_messages(["from the first", "from the second"])
    expect(ann.message("from the second")).to_have_attribute("data-mine", "")
    ben.open_chat(conversation)
    ben.wait_for_messages(["from the first", "from the second"])
    for tab in (ann, other):
        tab.wait_for_tick("from the second", "read")
        tab.wait_for_messages(["from the first", "from the second"])


def test_three_tabs_raise_one_notification_and_none_for_what_is_on_the_screen(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ben.open_chat_with(ann)
    ann.context.add_init_script(COUNT_NOTIFICATIONS)
    ann.go("/contacts")
    second, third = ann.second_tab(), ann.second_tab()
    second.go("/settings/appearance")
    ben.say("knock")
    for tab in (ann, second, third):
        expect(tab.page).to_have_title(re.compile(r"^\(1\) "))
    ben.say("knock again")
    for tab in (ann, second, third):
        expect(tab.page).to_have_title(re.compile(r"^\(2\) "))
    # The second is said after the first, so once it is there the first had its chance to be said three times.
    third.page.wait_for_function(f"() => ({RAISED})().length >= 2")
    assert raised(third) == ["Ben: knock", "Ben: knock again"]

    third.go(f"/c/{conversation}")
    third.wait_for_messages(["knock", "knock again"])
    ben.say("on her screen")
    third.wait_for_messages(["knock", "knock again", "on her screen"])
    ben.wait_for_tick("on her screen", "read")
    third.say("I saw it")
    ben.wait_for_messages(["knock", "knock again", "on her screen", "I saw it"])
    assert raised(third) == ["Ben: knock", "Ben: knock again"]


def test_the_leading_tab_is_closed_in_mid_queue_and_the_other_finishes_it(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ben.go("/")
    wire = Wire(ann)
    ann.wait_for_standing("up_to_date")
    follower = ann.second_tab()
    follower.wait_for_standing("up_to_date")
    ann.say("one")
    ann.wait_for_tick("one", "delivered")
    # "two" is committed, and the tab that sent it never hears so.
    wire.lose(lambda name, _: name in ("ack", "entries"))
    texts = ["two", "three", "four", "five"]
    for text in texts:
        ann.say(text)
    follower.wait_for_messages(["one", *texts])
    expect(ben.row(conversation)).to_contain_text("two")
    assert any(event_in(frame)[0] == "ack" for frame in wire.lost)
    assert ann.message("three").get_attribute("data-tick") == "sending"
    ann.page.close()

    ben.open_chat(conversation)
    ben.wait_for_messages(["one", *texts], within_ms=30_000)
    follower.wait_for_messages(["one", *texts])
    follower.wait_for_tick("five", "read")
    follower.reload()
    follower.wait_for_messages(["one", *texts])
    assert "outbox" not in kept_by(follower.page)


@pytest.fixture
def tabs(person: Joiner) -> tuple[Tab, Tab, Tab]:
    """The account page and two chats of one person, who has written, drafted and looked at things."""
    ann, ben = person("Ann Secretperson"), person("Ben Otherperson", server=1)
    ann.open_chat_with(ben)
    ann.say("a private word")
    ann.wait_for_tick("a private word", "delivered")
    ann.composer.fill("a private draft")
    ann.wait_for_offline_shell()
    second, third = ann.second_tab(), ann.second_tab()
    third.go("/settings/account")
    # It is there now, or its absence afterwards would prove nothing.
    ann.page.wait_for_function(KEEPS, arg=["a private word", "a private draft", "Ben Otherperson", ann.id])
    return ann, second, third


@pytest.mark.service_worker
def test_signing_out_reaches_every_tab_and_leaves_nothing_in_the_browser(tabs: tuple[Tab, Tab, Tab]) -> None:
    first, _, third = tabs
    third.page.get_by_role("button", name="Sign out").click()
    third.page.locator("dialog[open]").get_by_role("button", name="Sign out").click()
    for tab in tabs:
        tab.page.wait_for_url("**/sign-in", timeout=10_000)
    for tab in tabs:
        assert "private" not in kept_by(tab.page)
    kept = kept_by(third.page)
    for personal in ("private", "Secretperson", "Otherperson", "chatter:user", "chatter:snapshot", "/api/", "/photos/"):
        assert personal not in kept, personal
    assert databases_of(third.page) == []
    # Back in the history there is nothing to see either.
    first.page.go_back()
    expect(first.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "private" not in first.page.content()
    context: BrowserContext = first.page.context
    assert context.request.get(f"{first.address}/api/v1/me").status == 401
