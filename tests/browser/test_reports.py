"""The whole circle: a message is reported, looked at, its writer warned, it is removed, and whoever reported it is told."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Joiner, Site
from tests.browser.people import Person
from tests.browser.test_accessibility import NO_POLICY, problems
from tests.browser.test_admin import ALL_OPEN, AT_ONCE_MS, demote, promote

REMOVED = "An administrator deleted this message"


def report(reporter: Person, text: str, reason: str) -> None:
    reporter.message(text).click(button="right")
    reporter.page.get_by_role("menuitem", name="Report").click()
    dialog = reporter.page.get_by_role("dialog", name="Report this message")
    dialog.get_by_label("Why").select_option(reason)
    dialog.get_by_label("What else there is to say").fill("every day")
    dialog.get_by_label("Show a few messages around it, too").check()
    dialog.get_by_role("button", name="Report").click()
    expect(dialog).to_have_count(0)


def counting(page: Page, path: str) -> list[str]:
    """What the page asks for at ``path`` from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith(path) else None)
    return asked


def titled(waiting: int, title: str) -> str:
    return f"({waiting}) {title}" if waiting else title


def queue(admin: Person) -> Page:
    """The administrator turns to the reports."""
    admin.page.goto(f"{admin.address}/admin/")
    admin.page.get_by_role("navigation", name="Administration").get_by_role("link", name="Reports").click()
    return admin.page


def test_what_is_reported_is_judged_and_everybody_is_told_their_part(site: Site, person: Joiner) -> None:
    ann, ben, cleo = person("Ann Judge"), person("Ben Reporter"), person("Cleo Seller", server=1)
    promote(site, ann)
    chat = cleo.open_chat_with(ben)
    cleo.say("hello")
    cleo.say("buy my snake oil")
    ben.go(f"/c/{chat}")
    expect(ben.message("buy my snake oil")).to_be_visible(timeout=AT_ONCE_MS)
    report(ben, "buy my snake oil", "Fraud")
    cleo.leave()

    page = queue(ann)
    expect(page.get_by_text("snake oil")).to_have_count(0)
    page.get_by_role("link", name="Cleo Seller").first.click()
    expect(page.get_by_text("buy my snake oil", exact=True)).to_be_visible()
    expect(page.get_by_text("every day", exact=True)).to_be_visible()
    page.get_by_text("Messages around it").click()
    expect(page.get_by_text("hello", exact=True)).to_be_visible()
    page.get_by_role("button", name="Take it").click()
    page.get_by_text("Warn the person …").click()
    page.get_by_label("What they are told").fill("Nobody sells here.")
    page.get_by_role("button", name="Warn them").click()
    expect(page.get_by_role("status").filter(has_text="They are warned")).to_be_visible()
    expect(page.get_by_text("not read yet")).to_be_visible()
    page.get_by_role("button", name="Remove the message for everyone").click()
    expect(page.get_by_text("is deleted")).to_be_visible()
    expect(page.get_by_text("buy my snake oil", exact=True)).to_be_visible()
    expect(ben.message(REMOVED)).to_be_visible(timeout=AT_ONCE_MS)
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("status").filter(has_text="The report is closed")).to_be_visible()

    told = ben.page.get_by_role("region", name="Notices").get_by_role("listitem")
    expect(told).to_contain_text("the message was removed", timeout=AT_ONCE_MS)
    ben.reload()
    expect(told).to_have_count(1)
    told.get_by_role("button", name="Close this notice").click()
    expect(told).to_have_count(0)
    ben.reload()
    expect(ben.message(REMOVED)).to_be_visible()
    expect(told).to_have_count(0)

    cleo.come_back(f"/c/{chat}")
    warning = cleo.page.get_by_role("alertdialog")
    expect(warning).to_contain_text("Nobody sells here.", timeout=AT_ONCE_MS)
    cleo.reload()
    expect(warning).to_be_visible(timeout=AT_ONCE_MS)
    warning.get_by_role("button", name="I have read this").click()
    expect(warning).to_have_count(0)
    expect(cleo.message(REMOVED)).to_be_visible()
    ann.page.reload()
    expect(ann.page.get_by_text("not read yet")).to_have_count(0)

    ann.page.get_by_role("link", name="What administrators did with this report").click()
    items = ann.page.get_by_role("listitem")
    for words in ("Looked at a report", "Took a report", "Closed a report"):
        expect(items.filter(has_text=words).first).to_be_visible()
    ann.page.goto(f"{ann.address}/admin/audit/?subject={cleo.id}")
    for words in ("Warned somebody", "Removed a message for everyone"):
        expect(items.filter(has_text=words).first).to_be_visible()


def test_who_is_here_is_warned_at_once_and_two_devices_are_one_person(site: Site, person: Joiner) -> None:
    ann, ben, cleo = person("Ann Second"), person("Ben Second"), person("Cleo Second", server=1)
    promote(site, ann)
    cleo.open_chat_with(ben)
    cleo.say("rude words")
    other = cleo.second_tab()
    ben.go(f"/c/{cleo.conversation}")
    ben.page.get_by_role("complementary", name="Details").get_by_role("button", name="Report").click()
    dialog = ben.page.get_by_role("dialog", name="Report Cleo Second")
    dialog.get_by_label("Why").select_option("Harassment or bullying")
    dialog.get_by_role("button", name="Report").click()
    expect(dialog).to_have_count(0)

    page = queue(ann)
    page.get_by_role("link", name="Cleo Second").first.click()
    page.get_by_text("Warn the person …").click()
    page.get_by_label("What they are told").fill("Be kind.")
    page.get_by_role("button", name="Warn them").click()
    for tab in (cleo, other):
        expect(tab.page.get_by_role("alertdialog")).to_contain_text("Be kind.", timeout=AT_ONCE_MS)
    cleo.page.get_by_role("button", name="I have read this").click()
    for tab in (cleo, other):
        expect(tab.page.get_by_role("alertdialog")).to_have_count(0, timeout=AT_ONCE_MS)


def test_an_open_dashboard_hears_of_a_new_report_and_asks_no_more_once_it_is_closed_to_it(
    site: Site, person: Joiner
) -> None:
    ann, ben, cleo = person("Ann Waits"), person("Ben Waits"), person("Cleo Waits", server=1)
    promote(site, ann)
    cleo.open_chat_with(ben)
    cleo.say("rude words")
    ben.go(f"/c/{cleo.conversation}")
    page = ann.page
    page.clock.install()
    asked = counting(page, "/admin/reports/waiting")
    page.goto(f"{ann.address}/admin/people/")
    tab = page.get_by_role("navigation", name="Administration").get_by_role("link", name="Reports")
    before = int(tab.locator("[data-part=number]").text_content() or "")
    expect(page).to_have_title(titled(before, "People · Administration · Chatter"))

    report(ben, "rude words", "Harassment or bullying")
    page.clock.fast_forward("00:31")
    expect(tab).to_have_text(re.compile(rf"Reports\s+{before + 1} waiting"))
    expect(tab.locator("[data-part=waiting]")).to_be_visible()
    expect(page).to_have_title(f"({before + 1}) People · Administration · Chatter")
    expect(page.locator("[data-part=told]")).to_contain_text("waiting")
    ann.wait_until_alive()
    expect(page).to_have_title(f"({before + 1}) People · Administration · Chatter")

    demote(site, ann)
    ann.complaints.expect(re.compile("status of 404"))
    page.clock.fast_forward("00:31")
    expect(page.locator("[data-part=ended]")).to_contain_text("New reports are no longer shown here")
    expect(page).to_have_title("People · Administration · Chatter")
    expect(tab.locator("[data-part=waiting]")).to_be_hidden()
    told = len(asked)
    for _ in range(3):
        page.clock.fast_forward("02:30")
    page.evaluate("fetch('/health').then(() => null)")  # what was asked before would be seen by now
    assert (told, len(asked)) == (2, 2)


@pytest.mark.timeout(240)
def test_axe_finds_nothing_serious(site: Site, person: Joiner) -> None:
    ann, ben = person("Ann Axe", **NO_POLICY), person("Ben Axe")
    promote(site, ann)
    chat = ben.open_chat_with(ann)
    ben.say("buy this")
    ann.go(f"/c/{chat}")
    report(ann, "buy this", "Spam or advertising")
    page = queue(ann)
    found = problems(page)
    page.get_by_role("link", name="Ben Axe").first.click()
    page.wait_for_url(re.compile(r"/admin/reports/\w{22}$"))
    page.evaluate(ALL_OPEN)
    found += problems(page)
    assert found == []
