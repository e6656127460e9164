"""Messages that are old enough go while people look at them, while they are away, and from what their browsers keep."""

import time
from typing import Any

from playwright.sync_api import expect
from pymongo import MongoClient

from tests.browser.conftest import Joiner
from tests.browser.long_log import MINUTE_MS, read_to_the_end, write_log
from tests.browser.people import Person, Tab
from tests.browser.storage import kept_by
from tests.browser.test_revisions import choose, tool
from tests.installation import Installation

OLD = 6
DAY_MS = 86_400_000
KEPT_WITHIN_S = 15
SWEPT_WITHIN_MS = 60_000
"""A worker looks every 20 seconds."""
GONE = [f"message {n}" for n in range(1, OLD + 1)]


def keep_for(mongodb_uri: str, days: int) -> None:
    """The policy of the installation, as if it had been set long ago."""
    with MongoClient[dict[str, Any]](mongodb_uri) as client:
        here = client.get_default_database()["installation"]
        assert here.update_one({"_id": "installation"}, {"$set": {"retention": {"days": days}}}).matched_count == 1


def nothing_is_left(tab: Tab) -> None:
    edge = tab.page.get_by_text("are no longer kept.")
    expect(edge).to_have_count(1, timeout=SWEPT_WITHIN_MS)
    expect(edge).to_contain_text("Messages older than ")
    expect(tab.bubbles.first).to_have_text("an answer")
    expect(tab.bubbles).to_have_text(["an answer", "young"])
    expect(tab.message("an answer").locator(".quote")).to_contain_text("This message is no longer kept.")
    expect(tab.page.locator("[data-part=pins]")).to_be_hidden()
    # Nor in anything that is not shown at the moment.
    assert "message 6" not in tab.page.evaluate("document.documentElement.textContent")


def nothing_is_kept(tab: Tab) -> None:
    """In localStorage, in any store of IndexedDB, in any cache; what is written there is written a moment later."""
    limit = time.monotonic() + KEPT_WITHIN_S
    while any(text in kept_by(tab.page) for text in GONE):
        assert time.monotonic() < limit, [text for text in GONE if text in kept_by(tab.page)]
        tab.page.wait_for_timeout(100)
    assert "young" in kept_by(tab.page)


def old_chat(ann: Person, ben: Person, mongodb_uri: str) -> str:
    conversation = ann.open_chat_with(ben)
    at = time.time_ns() // 1_000_000 - 40 * DAY_MS
    write_log(mongodb_uri, conversation, (ann.id, ben.id), OLD, at, MINUTE_MS)
    read_to_the_end(mongodb_uri, conversation, OLD)
    for somebody in (ann, ben):
        somebody.go(f"/c/{conversation}")
        somebody.wait_for_messages(GONE)
    tool(ann, "message 6", "Reply")
    ann.say("an answer")
    choose(ann, "message 6", "Pin")
    ann.say("young")
    for somebody in (ann, ben):
        somebody.wait_for_messages([*GONE, "an answer", "young"])
        expect(somebody.page.locator("[data-part=pins]")).to_be_visible()
        while not all(text in kept_by(somebody.page) for text in GONE):
            somebody.page.wait_for_timeout(100)
    return conversation


def test_they_go_live_and_while_away_and_from_what_is_kept(own_installation: Installation, person_at: Joiner) -> None:
    own_installation.worker()
    ann = person_at("Ann", own_installation.web().url)
    ben = person_at("Ben", own_installation.web().url)
    conversation = old_chat(ann, ben, own_installation.environment["MONGODB_URI"])
    ben.leave()
    keep_for(own_installation.environment["MONGODB_URI"], 30)
    nothing_is_left(ann)
    nothing_is_kept(ann)
    ann.reload()
    nothing_is_left(ann)
    ben.come_back(f"/c/{conversation}")
    nothing_is_left(ben)
    nothing_is_kept(ben)
    ann.say("goes on")
    ben.wait_for_messages(["an answer", "young", "goes on"])
