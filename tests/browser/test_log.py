"""The page of the log in a browser: a dead letter is stored after all, a log is verified, and axe finds nothing serious."""

import uuid

import pytest
from playwright.sync_api import expect

from app.domain.commands import entry_hash
from app.domain.entries import Proposal
from app.models.connection import connect
from app.sequencing.dead_letters import put_aside
from tests.browser.conftest import Joiner, Site
from tests.browser.test_accessibility import NO_POLICY, problems
from tests.browser.test_admin import AT_ONCE_MS, promote


@pytest.mark.timeout(240)
def test_a_dead_letter_is_stored_after_all_and_its_log_is_whole(site: Site, person: Joiner) -> None:
    ann, ben = person("Ann Operator", **NO_POLICY), person("Ben Writer", server=1)
    promote(site, ann)
    chat = ben.open_note_to_self()
    ben.say("first")
    ben.wait_for_tick("first", "sent")
    connect(site.installation.environment["MONGODB_URI"])
    for body in ("stored after all", "never stored"):
        put_aside(Proposal(chat, ben.id, str(uuid.uuid4()), "text", body, entry_hash("text", body)), "by a bug")

    page = ann.page
    page.goto(f"{ann.address}/admin/")
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Log", exact=True).click()
    expect(page.get_by_role("region", name="Shards").get_by_text("nobody")).to_have_count(0)
    letters = page.get_by_role("listitem").filter(has_text="by a bug").filter(has_text="Ben Writer")
    expect(letters).to_have_count(2)
    expect(page.get_by_text("stored after all")).to_have_count(0)
    found = problems(page)
    letters.last.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("status").filter(has_text="It is stored after all")).to_be_visible(timeout=AT_ONCE_MS)
    ben.wait_for_messages(["first", "stored after all"])
    letters.get_by_role("button", name="Discard").click()
    expect(letters).to_have_count(0)

    page.get_by_label("Conversation (id)").fill(chat)
    page.get_by_role("button", name="Verify it").click()
    expect(page.get_by_text("entries 1 to 2 without a gap")).to_be_visible()
    found += problems(page)
    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Audit log").click()
    items = page.get_by_role("listitem")
    for words in ("Tried a dead letter again", "Discarded a dead letter", "Verified a log"):
        expect(items.filter(has_text=words).first).to_be_visible()
    assert found == []
