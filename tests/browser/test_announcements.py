"""What whoever runs this Chatter says is on every open page at once, on pages that are opened later, and closed once."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Joiner, Site
from tests.browser.people import Tab
from tests.browser.test_accessibility import NO_POLICY, problems
from tests.browser.test_admin import ALL_OPEN, AT_ONCE_MS, promote

TEXT = "We are away tonight."


def bars(tab: Tab) -> Locator:
    return tab.page.get_by_role("region", name="Notices").get_by_role("listitem").filter(has_text=TEXT)


def test_it_is_published_closed_on_all_devices_and_withdrawn(site: Site, person: Joiner) -> None:
    ann, ben, cleo = person("Ann Speaker", **NO_POLICY), person("Ben Listener"), person("Cleo Listener", server=1)
    promote(site, ann)
    other = ben.second_tab()
    page = ann.page
    page.goto(f"{ann.address}/admin/")
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Announcements").click()
    page.get_by_label("Text").fill(TEXT)
    page.get_by_label("How important it is").select_option("Important")
    page.get_by_label("Ends (UTC)").fill(f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}")
    found = problems(page)
    page.get_by_role("button", name="See how it looks").click()
    expect(page.get_by_role("heading", name="How it looks")).to_be_visible()
    page.evaluate(ALL_OPEN)
    found += problems(page)
    expect(bars(ben)).to_have_count(0)
    page.get_by_role("button", name="Publish it to everybody").click()
    expect(page.get_by_role("status").filter(has_text="It is published")).to_be_visible()
    try:
        for tab in (ben, other, cleo):
            expect(bars(tab)).to_contain_text(f"Important: {TEXT}", timeout=AT_ONCE_MS)
        found += problems(page)  # with the bar over the dashboard, too
        bars(ben).get_by_role("button", name="Close this notice").click()
        for tab in (ben, other):
            expect(bars(tab)).to_have_count(0, timeout=AT_ONCE_MS)
        expect(bars(cleo)).to_have_count(1)
        cleo.go("/contacts")
        expect(bars(cleo)).to_have_count(1)
        ben.reload()
        ben.page.wait_for_load_state("networkidle")
        expect(bars(ben)).to_have_count(0)
    finally:
        page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("status").filter(has_text="It is withdrawn")).to_be_visible()
    expect(bars(cleo)).to_have_count(0, timeout=AT_ONCE_MS)
    assert found == []
