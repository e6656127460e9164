"""A stranger's chat on the page: apart in the list, and asked about where one would write."""

import pytest
from playwright.sync_api import Page, expect

from tests.views.conftest import Opener
from tests.views.test_accessibility import problems

MAKE_REQUEST = """() => {
  const summary = chat.conversations().find(({ peer }) => peer && peer.id !== chat.me.id);
  summary.request = true;
  chat.changed(summary.id);
  return summary.id;
}"""


def look(page: Page) -> str:
    id = str(page.evaluate(MAKE_REQUEST))
    page.get_by_role("button", name="Requests 1").click()
    page.locator(f'.chat-link[href="/c/{id}"]').click()
    return id


def test_the_pill_is_there_while_there_are_requests(open_page: Opener) -> None:
    page = open_page("/")
    expect(page.locator("[data-filter=requests]")).to_be_hidden()
    rows = page.locator(".chat-row")
    everything = rows.count()
    page.evaluate(MAKE_REQUEST)
    expect(rows).to_have_count(everything - 1)
    page.get_by_role("button", name="Requests 1").click()
    expect(rows).to_have_count(1)


def test_one_is_asked_where_one_would_write(open_page: Opener) -> None:
    page = open_page("/", width=1440, height=900)
    id = look(page)
    expect(page.locator("[data-part=composer]")).to_be_hidden()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("[data-part=composer]")).to_be_visible()
    expect(page.locator("[data-part=request]")).to_be_hidden()
    assert page.evaluate("(id) => chat.conversation(id).request", id) is False


def test_deleting_asks_first_and_leads_back_to_the_list(open_page: Opener) -> None:
    page = open_page("/", width=1440, height=900)
    id = look(page)
    bar = page.locator("[data-part=request]")
    bar.get_by_role("button", name="Delete").click()
    page.locator("dialog[open]").get_by_role("button", name="Cancel").click()
    assert page.evaluate("(id) => chat.conversation(id) !== null", id)
    bar.get_by_role("button", name="Delete").click()
    page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(page.locator("[data-part=welcome]")).to_be_visible()
    assert page.url.endswith("/")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark"), (320, "light")])
def test_axe_finds_nothing_serious(open_page: Opener, width: int, theme: str) -> None:
    page = open_page("/", width=width, height=800, theme=theme, bypass_csp=True)
    look(page)
    expect(page.locator("[data-part=request]")).to_be_visible()
    assert problems(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
