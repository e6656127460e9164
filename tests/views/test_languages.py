"""No page says anything that did not go through gettext, and none breaks where lines begin at the right."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.views.conftest import PSEUDO, Opener
from tests.views.groups import group, tell
from tests.views.talk import settled
from tests.views.test_accessibility import PAGES

# What is on a page and in no catalogue: names of the house, of languages and of things, and what people wrote.
OWN_TEXT = (
    "[data-part=name], [data-part=preview], [data-part=text], [data-part=pin-text], [data-part=chat], [dir=auto], .avatar, "
    ".bubble-text, .message-sender, time, kbd, [lang], code, [data-part=zone], option, #code-error, [data-part=handle], "
    "[data-part=letter], [data-part=detail], .brand, .font-mono, [data-part=head], [data-part=code-names]"
)
WORDS = """(own) => {
  const bare = [];
  const walk = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (node.matches(own) || node.matches("script, style, template")) return;
      for (const name of ["title", "aria-label", "placeholder", "alt"]) {
        const said = node.getAttribute(name);
        if (said) bare.push(said);
      }
      for (const child of node.childNodes) walk(child);
    } else if (node.nodeType === Node.TEXT_NODE) bare.push(node.textContent);
  };
  walk(document.body);
  for (const template of document.querySelectorAll("template")) for (const child of template.content.childNodes) walk(child);
  return [document.title, ...bare];
}"""
# Brackets may stand in brackets: what a text was given may be one itself.
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
NAMES = re.compile(
    r"Chatter|Google|Deutsch|English|Dana Lopez|Amara Okafor|Jonas Meyer|Priya Shah|Ben Carter|Yuki \(Osaka\)|Trains[^⟦]*"
    r"|Release train|Family|On-call|Firefox on Linux|Safari on iPhone|Chrome on Linux|This is not a number\.|No\."
    r"|Friday 4 December 2026|There is nothing\.|Nothing here|This link has expired|Ask for a new one\.|Development: your code is"
)


def bare(page: Page) -> set[str]:
    """What the page says that is in no catalogue."""
    said: list[str] = page.evaluate(WORDS, OWN_TEXT)
    left = set()
    for text in said:
        rest = text
        while BRACKETED.search(rest):
            rest = BRACKETED.sub("", rest)
        rest = re.sub(r"^[^⟦]*⟧|⟦[^⟧]*$", "", rest)  # a text with an element in it
        rest = NAMES.sub("", rest)
        if re.search(r"[A-Za-z]{2,}", rest):
            left.add(text.strip())
    return left


@pytest.mark.parametrize("path", PAGES)
def test_every_word_of_a_page_goes_through_gettext(open_page: Opener, path: str) -> None:
    assert bare(open_page(path, language=PSEUDO)) == set()


def test_every_word_of_a_chat_and_its_menus_goes_through_gettext(open_page: Opener) -> None:
    page = open_page("/", width=1440, height=900, language=PSEUDO)
    conversation = group(page, "owner")
    for kind, body in [("left", ""), ("titled", "Trains"), ("pictured", ""), ("pinned", "")]:
        tell(page, conversation, "amara", kind, body)
    settled(page)
    assert bare(page) == set()
    page.locator("[data-part=members] [data-part=more]").locator("visible=true").first.click()
    expect(page.get_by_role("menu")).to_be_visible()
    assert bare(page) == set()
    page.keyboard.press("Escape")
    message = page.locator(".message").first
    message.click(button="right")
    expect(page.get_by_role("menu")).to_be_visible()
    assert bare(page) == set()


OVERFLOWING = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && !one.closest(".sr-only, .skip-link, svg"))
  .filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && (box.right > innerWidth + 1 || box.left < -1);
  })
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("path", [*PAGES, "/", "/c/" + "c6".rjust(22, "c")])
def test_nothing_leaves_the_page_where_lines_begin_at_the_right(open_page: Opener, path: str, width: int) -> None:
    page = open_page(path, width=width, height=900, language=PSEUDO)
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def box(page: Page, selector: str) -> dict[str, Any]:
    found: Any = page.locator(selector).first.bounding_box()
    assert found, selector
    return dict(found)


def test_a_chat_is_mirrored(open_page: Opener) -> None:
    page = open_page("/c/" + "c6".rjust(22, "c"), width=1440, height=900, language=PSEUDO)
    rail, rows, pane = box(page, ".rail"), box(page, ".list-rows"), box(page, ".thread-pane")
    assert rail["x"] > rows["x"] > pane["x"], "from the right: the rail, the list, the chat"
    mine, theirs = box(page, ".message[data-mine] .bubble"), box(page, ".message:not([data-mine]) .bubble")
    assert mine["x"] < theirs["x"], "one's own stand at the left"
    composer, send = box(page, ".composer-input"), box(page, ".send")
    assert send["x"] < composer["x"]
