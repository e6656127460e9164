"""Saving messages: from the menu, from a selection, and the page that lists them."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, open_chat, settled
from tests.views.test_accessibility import problems
from tests.views.test_message_actions import message, talk
from tests.views.test_selection import bar, choose, select

SAVE = "async ([group, direct]) => { await chat.save(group, [2, 3, 4], true); await chat.save(direct, [1], true); }"

FOUND = """document.addEventListener("readystatechange", () => {
  const look = (changes) => {
    for (const { target } of changes) if ("found" in target.dataset) window.found = target.dataset.seq;
  };
  const wanted = { subtree: true, attributes: true, attributeFilter: ["data-found"] };
  if (document.readyState === "interactive") new MutationObserver(look).observe(document.body, wanted);
})"""


def rows(page: Page) -> Locator:
    return page.get_by_role("list", name="Saved messages").get_by_role("listitem")


def saved_page(open_page: Opener, **more: object) -> Page:
    """The page with four messages saved in two chats, the first three of them shown."""
    page = open_page("/t/chat/saved.html", **more)
    page.locator("html[data-ready]").wait_for(state="attached")
    page.evaluate(SAVE, page.evaluate("() => [group, amara]"))
    expect(rows(page)).to_have_count(3)
    return page


def test_a_message_is_saved_and_let_go_of_by_its_menu(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    choose(page, 1, "Save")
    expect(message(page, 1).get_by_role("img", name="Saved")).to_be_visible()
    choose(page, 1, "Unsave")
    expect(message(page, 1).get_by_role("img", name="Saved")).to_have_count(0)
    assert asked(page, "save") == [[conversation, [1], True], [conversation, [1], False]]


def test_a_selection_is_saved_together_and_what_is_refused_is_said(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    select(page, 3, 1)
    page.evaluate("() => { chat.refusal = { code: 'forbidden', message: 'You can save 1,000 messages.' }; }")
    bar(page).get_by_role("button", name="Save").click()
    expect(page.get_by_text("Not saved. You can save 1,000 messages.")).to_be_visible()
    expect(bar(page)).to_be_hidden()
    expect(page.locator(".saved-mark")).to_have_count(0)
    page.evaluate("() => { chat.refusal = null; }")
    select(page, 3, 1)
    bar(page).get_by_role("button", name="Save").click()
    expect(bar(page)).to_be_hidden()
    assert asked(page, "save")[-1] == [conversation, [1, 3], True]
    select(page, 1, 3)
    expect(bar(page).get_by_role("button", name="Unsave")).to_be_visible()
    message(page, 2).locator(".bubble").click()
    expect(bar(page).get_by_role("button", name="Save")).to_be_visible()


def test_the_page_lists_them_with_chat_writer_and_text_and_leads_there(open_page: Opener) -> None:
    page = saved_page(open_page)
    first = rows(page).filter(has_text="Staging")
    expect(first).to_contain_text("Release train")
    expect(first).to_contain_text("Priya Shah")
    expect(first).to_contain_text("Staging is green since this morning.")
    group = page.evaluate("() => group")
    expect(first.get_by_role("link", name="Go to it")).to_have_attribute("href", f"/c/{group}#m2")
    page.get_by_role("button", name="Show more").click()
    expect(rows(page)).to_have_count(4)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()


def test_letting_go_of_one_moves_the_focus_on(open_page: Opener) -> None:
    page = saved_page(open_page)
    rows(page).nth(1).get_by_role("button", name="Unsave").press("Enter")
    expect(rows(page).nth(1)).to_contain_text("I'll write the notes tonight.")
    expect(rows(page).nth(1).get_by_role("button", name="Unsave")).to_be_focused()
    expect(rows(page)).to_have_count(3)


def test_what_another_device_saves_or_lets_go_of_shows(open_page: Opener) -> None:
    page = saved_page(open_page)
    page.evaluate("() => chat.save(group, [2, 3], false)")
    expect(rows(page)).to_have_count(2)
    page.evaluate("() => chat.save(group, [4], false)")
    page.evaluate("() => chat.save(amara, [1], false)")
    expect(page.get_by_role("status").filter(has_text="Nothing yet.")).to_be_visible()


def test_where_it_cannot_be_fetched_it_says_so_and_tries_again(open_page: Opener) -> None:
    page = saved_page(open_page)
    page.evaluate("() => { chat.refusal = { code: 'offline', message: '' }; }")
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_text("What you saved could not be fetched.")).to_be_visible()
    page.evaluate("() => { chat.refusal = null; }")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("What you saved could not be fetched.")).to_have_count(0)


def test_an_address_that_names_a_message_leads_to_it_once(open_page: Opener) -> None:
    page = open_page()
    group = page.evaluate("() => group")
    page.add_init_script(FOUND)
    page.goto(page.url.rstrip("/") + f"/c/{group}#m4")
    page.wait_for_function("() => window.found === '4'")
    assert page.url.endswith(f"/c/{group}")
    open_chat(page, page.evaluate("() => amara"))
    settled(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_page_and_it_fits_a_narrow_screen(open_page: Opener, theme: str) -> None:
    page = saved_page(open_page, width=320, height=700, theme=theme, bypass_csp=True)
    assert problems(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
