"""Whoever is mentioned hears of it, also where they were not there."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person

GROUP = """async (user) => {
  const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  const body = JSON.stringify({ title: "Trains", users: [user] });
  return (await (await fetch("/api/v1/groups", { method: "POST", headers, body })).json()).id;
}"""


def _mark(person: Person, conversation: str) -> Locator:
    return person.row(conversation).get_by_label("You are mentioned")


def test_a_mention_is_marked_live_and_after_a_reload_until_it_is_read(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    ann.open_chat_with(ben)
    ann.say("hello")
    ann.wait_for_tick("hello", "sent")
    group = ann.page.evaluate(GROUP, ben.id)
    ann.open_chat(group)
    ben.go("/")
    ann.say("nobody in particular")
    expect(ben.row(group).locator(".badge")).to_have_text("1", timeout=15_000)
    expect(_mark(ben, group)).to_be_hidden()

    ann.composer.press_sequentially("look @be")
    expect(ann.page.get_by_role("option", name="Ben")).to_be_visible()
    ann.composer.press("Enter")
    ann.composer.press("Enter")
    expect(ann.page.locator(".message .mention")).to_have_text("@Ben")
    expect(_mark(ben, group)).to_be_visible(timeout=15_000)
    expect(ben.row(group).locator("[data-part=preview]")).to_contain_text("look @Ben")
    # From the server this time: nothing of it is kept here.
    ben.page.evaluate(
        "async () => { for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name); }"
    )
    ben.reload()
    expect(_mark(ben, group)).to_be_visible(timeout=15_000)

    ben.open_chat(group)
    expect(ben.page.locator(".message[data-mentioned] .mention[data-me]")).to_have_text("@Ben")
    expect(_mark(ben, group)).to_be_hidden(timeout=15_000)
    ben.reload()
    expect(_mark(ben, group)).to_be_hidden(timeout=15_000)
