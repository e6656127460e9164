"""What is said to everybody, as bars over the page."""

import pytest
from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.talk import asked
from tests.views.test_accessibility import problems

SAY = """said => chat.tellAll(...said.map((one, n) => (
  { id: `a${n}`, level: "info", text: `announcement ${n}`, begins_at: 0, ends_at: 9e15, ...one })))"""
ALL = [{}, {"level": "important", "text": "<b>Away</b> tonight.\nFrom 22:00 on."}, {"level": "urgent"}]


def test_bars_say_how_important_they_are_and_are_closed_one_by_one(open_page: Opener) -> None:
    page = open_page()
    page.evaluate(SAY, ALL)
    bars = page.get_by_role("region", name="Notices").get_by_role("listitem")
    expect(bars).to_have_text(
        [
            "announcement 0Close this notice",
            "Important: <b>Away</b> tonight.\nFrom 22:00 on.Close this notice",
            "Urgent: announcement 2Close this notice",
        ]
    )
    bars.nth(1).get_by_role("button", name="Close this notice").click()
    expect(bars).to_have_count(2)
    assert asked(page, "closeAnnouncement") == [["a1"]]
    page.evaluate("() => { chat.refusal = { code: 'offline', message: 'The server cannot be reached.' } }")
    bars.first.get_by_role("button", name="Close this notice").click()
    expect(page.get_by_text("The server cannot be reached.")).to_be_visible()
    expect(bars).to_have_count(2)
    page.evaluate(SAY, [])
    expect(bars).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("width", "path"), [(320, "/"), (390, "/"), (1280, "/t/settings/profile.html")])
def test_nothing_serious_and_the_page_keeps_its_room(open_page: Opener, theme: str, width: int, path: str) -> None:
    page = open_page(path, width=width, height=700, theme=theme, bypass_csp=True, reduced_motion="reduce")
    long = [{"text": "all of it " * 50, "level": "urgent"}] * 5
    page.evaluate(SAY, [*ALL, *({**one, "id": f"l{n}"} for n, one in enumerate(long))])
    assert problems(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert page.evaluate("() => document.documentElement.scrollHeight") <= 700
    rail = page.get_by_role("navigation", name="Sections").bounding_box()
    assert rail is not None and rail["y"] + rail["height"] <= 700
    main = page.locator(".shell").bounding_box()
    assert main is not None and main["height"] >= 0.55 * 700
