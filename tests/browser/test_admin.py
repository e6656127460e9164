"""The dashboard in a browser: somebody is disabled, a conversation is frozen, and no page has what axe objects to."""

import pytest
from playwright.sync_api import Page, expect

from app.models import User
from app.models.connection import connect
from tests.browser.conftest import Joiner, Site
from tests.browser.people import Person
from tests.browser.test_accessibility import NO_POLICY, problems

AT_ONCE_MS = 30_000
ALL_OPEN = """() => {
  // axe looks into what is open; and the colours of what is not never come to rest.
  for (const details of document.querySelectorAll("details")) details.open = true;
}"""


def promote(site: Site, person: Person) -> None:
    """Make them an administrator."""
    connect(site.installation.environment["MONGODB_URI"])
    User.objects(id=person.id).update_one(set__role="admin")


def demote(site: Site, person: Person) -> None:
    """Take the role away again."""
    connect(site.installation.environment["MONGODB_URI"])
    User.objects(id=person.id).update_one(set__role="member")


def found(page: Page, name: str) -> None:
    """Search for somebody, and go to their page."""
    page.get_by_label("Name, handle, number or id").fill(name)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=name).first.click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def test_who_is_disabled_is_out_and_a_frozen_chat_is_read_and_no_more(site: Site, person: Joiner) -> None:
    ann, ben, cleo = person("Ann Admin"), person("Ben Frozen"), person("Cleo Disabled", server=1)
    promote(site, ann)
    chat = ben.open_chat_with(cleo)
    ben.say("hello")
    cleo.go(f"/c/{chat}")
    expect(cleo.message("hello")).to_be_visible(timeout=AT_ONCE_MS)

    ann.go("/")
    ann.page.get_by_role("link", name="Administration").click()
    expect(ann.page.get_by_role("heading", name="Now")).to_be_visible()
    expect(ann.page.locator("[data-part=people]")).not_to_have_text("–", timeout=AT_ONCE_MS)
    expect(ann.page.get_by_text("does not work")).to_have_count(0)

    ann.page.get_by_role("navigation", name="Administration").get_by_role("link", name="Conversations").click()
    ann.page.get_by_label("Title or id").fill(chat)
    ann.page.get_by_role("button", name="Search").click()
    ann.page.get_by_role("link", name="Ben Frozen").first.click()
    expect(ann.page.get_by_text("hello", exact=True)).to_have_count(0)
    ann.page.get_by_role("button", name="Freeze").click()
    for reader in (ben, cleo):
        expect(reader.page.locator("[data-part=readonly]")).to_contain_text("is frozen", timeout=AT_ONCE_MS)
        expect(reader.composer).to_be_hidden()
    ann.page.get_by_role("button", name="Unfreeze").click()
    expect(ben.composer).to_be_visible(timeout=AT_ONCE_MS)
    ben.say("again")
    expect(cleo.message("again")).to_be_visible(timeout=AT_ONCE_MS)

    ann.page.get_by_role("navigation", name="Administration").get_by_role("link", name="People").click()
    found(ann.page, "Cleo Disabled")
    ann.page.get_by_role("button", name="Disable").click()
    expect(ann.page.get_by_role("status").filter(has_text="The account is disabled")).to_be_visible()
    cleo.page.wait_for_url("**/sign-in**", timeout=30_000)

    ann.page.get_by_role("navigation", name="Administration").get_by_role("link", name="Audit log").click()
    expect(ann.page.get_by_role("listitem").filter(has_text="Disabled an account").first).to_contain_text(
        "Cleo Disabled"
    )


def test_a_member_sees_no_way_there(person: Joiner) -> None:
    dan = person("Dan Member")
    dan.go("/")
    expect(dan.page.get_by_role("link", name="Settings")).to_be_visible()
    expect(dan.page.get_by_role("link", name="Administration")).to_have_count(0)
    assert dan.context.request.get(f"{dan.address}/admin/").status == 404


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", ["", "people", "conversations", "settings", "audit"])
def test_axe_finds_nothing_serious(site: Site, person: Joiner, part: str) -> None:
    ann, eve = person("Ann Axe", **NO_POLICY), person("Eve Ordinary")
    promote(site, ann)
    subject = {"people": eve.id, "conversations": ann.open_chat_with(eve)}.get(part)
    said: list[str] = []
    for path in [part] if subject is None else [f"{part}/", f"{part}/{subject}"]:
        ann.page.goto(f"{ann.address}/admin/{path}")
        if not path:
            expect(ann.page.locator("[data-part=people]")).not_to_have_text("–", timeout=AT_ONCE_MS)
        ann.page.evaluate(ALL_OPEN)
        said += problems(ann.page)
    assert said == []
