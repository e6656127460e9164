"""axe finds nothing serious on any page, in either theme, on a desktop and on a phone."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, ViewportSize

from tests.browser.conftest import Joiner, Site
from tests.browser.people import fresh_number

SERIOUS = ("serious", "critical")
SIZES: tuple[ViewportSize, ...] = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
NO_POLICY = {"bypass_csp": True, "reduced_motion": "reduce"}
"""axe is put into the page as a script, which the pages' own policy forbids; half-faded colours are nobody's."""
COLOURS_STAND = """async () => {
  // Even the shortest transition takes a frame, and what inherits a colour begins one after it. A page that is not painted has
  // no frames.
  const frame = () => new Promise((done) => (requestAnimationFrame(done), setTimeout(done, 250)));
  const until = performance.now() + 5000;
  for (let still = 0; still < 5 && performance.now() < until; still = document.getAnimations().length === 0 ? still + 1 : 0)
    await frame();
}"""
SETTINGS = (
    "profile",
    "privacy",
    "notifications",
    "devices",
    "appearance",
    "account",
    "account/phone",
    "account/deletion",
    "confirm",
)


def problems(page: Page) -> list[str]:
    """What is serious, in both themes and both sizes; and what is wider than the screen."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            page.evaluate(COLOURS_STAND)
            where = f"{page.url} {theme} {size['width']}"
            for violation in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]:
                if violation["impact"] in SERIOUS:
                    found.append(
                        f"{where}: {violation['id']}: {violation['nodes'][0]['html'][:160]} {violation['nodes'][0]['any'][0]['message'] if violation['nodes'][0]['any'] else ''}"
                    )
        if page.evaluate("() => document.documentElement.scrollWidth") > size["width"]:
            found.append(f"{where}: wider than the screen")
    return found


def test_nothing_serious_on_the_pages_before_the_chat(new_context: Callable[..., BrowserContext], site: Site) -> None:
    page, address = new_context(**NO_POLICY).new_page(), site.servers[0].url
    found = []
    for path in ("/sign-in", "/nothing-here", "/offline"):
        page.goto(address + path)
        found += problems(page)
    page.goto(f"{address}/sign-in")
    page.get_by_label("Phone number").fill("1")
    page.get_by_role("button", name="Send me a code").click()
    page.locator("#number-error:not(:empty)").wait_for()
    found += problems(page)
    page.get_by_label("Phone number").fill(f"+1 {fresh_number()}")
    page.get_by_role("button", name="Send me a code").click()
    code = page.locator("[data-part=shown-code]").inner_text()
    found += problems(page)
    page.get_by_label("Six-digit code").fill(code)
    page.get_by_label("Name").wait_for()
    found += problems(page)
    assert found == []


def test_nothing_serious_in_the_chat(person: Joiner) -> None:
    ann, ben = person("Ann", **NO_POLICY), person("Ben", server=1)
    found = problems(ann.page)
    conversation = ann.open_chat_with(ben)
    ann.say("hello https://example.org/")
    ben.open_chat(conversation)
    ben.say("hello Ann")
    ann.wait_for_messages(["hello https://example.org/", "hello Ann"])
    found += problems(ann.page)
    ann.page.keyboard.press("Control+k")
    found += problems(ann.page)
    ann.page.keyboard.press("Escape")
    ann.go("/")
    ann.page.get_by_role("button", name="New chat").click()
    found += problems(ann.page)
    ann.page.get_by_role("button", name="New group").click()
    found += problems(ann.page)
    assert found == []


@pytest.mark.parametrize("paths", [("/contacts", "/saved", "invite"), tuple(f"/settings/{tab}" for tab in SETTINGS)])
def test_nothing_serious_on_the_other_pages(person: Joiner, paths: tuple[str, ...]) -> None:
    ann, ben = person("Ann", **NO_POLICY), person("Ben")
    conversation = ben.open_chat_with(ann)
    ben.say("hello")
    ann.row(conversation).wait_for()
    found = []
    for path in paths:
        if path == "invite":
            ann.page.goto(ben.context.request.get(f"{ben.address}/api/v1/invite").json()["url"])
        else:
            ann.go(path)
        found += problems(ann.page)
    assert found == []
