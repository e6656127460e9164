"""Messages that are selected: forwarded once, online and offline; saved on all one's devices; deleted for oneself."""

import time

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Joiner
from tests.browser.long_log import MINUTE_MS, write_log
from tests.browser.people import Person, Tab
from tests.browser.test_revisions import choose, talking

MANY = 900
FAR = 20
SAVE = """async ([id, seq]) => {
  const token = (await (await fetch("/api/v1/session/csrf")).json()).csrf_token;
  const body = JSON.stringify({ entries: [seq], active: true });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  return (await fetch(`/api/v1/conversations/${id}/saved`, { method: "POST", headers, body })).status;
}"""


def bar(tab: Tab) -> Locator:
    return tab.page.get_by_role("toolbar", name="Selected messages")


def select(tab: Tab, first: str, *others: str) -> None:
    choose(tab, first, "Select")
    for text in others:
        tab.message(text).locator(".bubble").click()
    expect(bar(tab)).to_contain_text(f"{1 + len(others)} selected")


def press(tab: Tab, name: str) -> None:
    bar(tab).get_by_role("button", name=name, exact=True).click()


def forward_to(tab: Tab, name: str) -> None:
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name=name).check()
    dialog.get_by_role("button", name="Send", exact=True).click()
    expect(bar(tab)).to_be_hidden()


def offline(somebody: Person) -> None:
    somebody.wait_for_offline_shell()
    somebody.go_offline()
    somebody.wait_for_standing("offline", within_ms=30_000)


@pytest.mark.service_worker
def test_what_is_forwarded_offline_arrives_once_in_order_and_names_nobody(person: Joiner) -> None:
    ann, ben = talking(person, "one", "two")
    cy = person("Cy")
    conversation = ben.open_chat_with(cy)
    ben.say("hello")
    cy.open_chat(conversation)
    cy.wait_for_messages(["hello"])
    ben.open_chat(ann.conversation)
    ben.wait_for_messages(["one", "two"])
    offline(ben)
    select(ben, "two", "one")
    press(ben, "Forward")
    forward_to(ben, "Cy")
    ben.reload()
    ben.go_online()
    cy.wait_for_messages(["hello", "one", "two"], within_ms=30_000)
    for _ in range(2):
        expect(cy.message("two").locator(".forwarded")).to_have_text("Forwarded")
        expect(cy.message("hello").locator(".forwarded")).to_have_count(0)
        expect(cy.page.locator(".thread-rows")).not_to_contain_text("Ann")
        cy.reload()
        cy.wait_for_messages(["hello", "one", "two"])


def test_what_is_saved_stands_on_its_page_on_every_device_and_leads_back(person: Joiner) -> None:
    ann, ben = talking(person, "where we meet", "and when")
    other = ben.second_tab()
    select(ben, "where we meet", "and when")
    press(ben, "Save")
    expect(other.message("and when").get_by_role("img", name="Saved")).to_be_visible()
    other.page.get_by_role("link", name="Saved").click()
    rows = other.page.get_by_role("list", name="Saved messages").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("and when")
    expect(rows.first).to_contain_text("Ann")
    choose(ben, "and when", "Unsave")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link", name="Go to it").click()
    other.wait_for_messages(["where we meet", "and when"])
    expect(ann.page.get_by_role("img", name="Saved")).to_have_count(0)


def test_what_is_saved_leads_to_what_is_far_outside_the_window(person: Joiner, mongodb_uri: str) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    write_log(mongodb_uri, conversation, [ann.id, ben.id], MANY, int(time.time() * 1000), MINUTE_MS)
    ann.reload()
    expect(ann.message(f"message {MANY}")).to_be_visible()
    assert ann.page.evaluate(SAVE, [conversation, FAR]) == 200
    ann.page.get_by_role("link", name="Saved").click()
    ann.page.get_by_role("link", name="Go to it").click()
    expect(ann.message(f"message {FAR}")).to_be_in_viewport()
    assert ann.page.url.endswith(f"/c/{conversation}")


@pytest.mark.service_worker
def test_what_is_deleted_for_oneself_and_saved_offline_follows_when_the_network_is_back(person: Joiner) -> None:
    ann, ben = talking(person, "one", "two", "three")
    phone = ben.second_tab()
    offline(ben)
    choose(ben, "three", "Save")
    expect(ben.message("three").get_by_role("img", name="Saved")).to_be_visible()
    choose(ben, "one", "Delete for me")
    ben.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    for tab in (ben, phone):
        tab.wait_for_messages(["two", "three"])
    ben.reload()
    ben.wait_for_messages(["two", "three"])
    expect(ben.message("three").get_by_role("img", name="Saved")).to_be_visible()
    ben.go_online()
    ben.wait_for_standing("up_to_date", within_ms=30_000)
    view = f"{ben.address}/api/v1/conversations/{ben.conversation}"
    stored = lambda: ben.context.request.get(view).json()["me"]  # noqa: E731
    ben.wait_until(lambda: (stored()["hidden"], stored()["saved"]) == ([1], [3]))
    ben.page.get_by_role("link", name="Saved").click()
    expect(ben.page.get_by_text("three")).to_be_visible()
    ann.wait_for_messages(["one", "two", "three"])


def test_several_are_deleted_for_oneself_alone_in_every_tab(person: Joiner) -> None:
    ann, ben = talking(person, "one", "two", "three")
    other = ben.second_tab()
    select(ben, "one", "three")
    press(ben, "Delete")
    ben.page.get_by_role("menuitem", name="Delete for me").click()
    ben.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    for tab in (ben, other):
        tab.wait_for_messages(["two"])
    ben.reload()
    ben.wait_for_messages(["two"])
    ann.wait_for_messages(["one", "two", "three"])
