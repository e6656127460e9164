"""Settings, account: a copy of one's own data, whose progress outlives the page."""

import json
import re
from zipfile import ZipFile

from playwright.sync_api import expect

from tests.browser.conftest import Joiner


def test_a_copy_is_made_shown_after_a_reload_and_downloaded(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("for the copy")
    ann.wait_for_tick("for the copy", "delivered")
    ann.go("/settings/account")
    panel = ann.page.locator("[data-view=export]")
    panel.get_by_role("button", name="Make a copy of my data").click()
    ann.reload()
    expect(panel.get_by_role("status")).to_contain_text("Ready", timeout=20_000)
    with ann.page.expect_download() as download:
        panel.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("chatter-")
    with ZipFile(download.value.path()) as archive:
        entries = json.loads(archive.read(f"conversations/{conversation}.json"))
    assert [entry["body"] for entry in entries] == ["for the copy"]
    panel.get_by_role("button", name="Delete the copy").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("button", name="Make a copy of my data")).to_be_visible()
    answer = ann.context.request.get(f"{ann.address}/api/v1/me/export/file")
    assert answer.status == 404


def test_a_refusal_is_told_in_words(person: Joiner) -> None:
    ann = person("Ann")
    ann.complaints.expect(re.compile("status of 429"))
    ann.go("/settings/account")
    refusal = {"code": "rate_limited", "message": "Too much at once. Wait a moment.", "retry_after": 60}

    def refuse(route):  # type: ignore[no-untyped-def]
        if route.request.method == "POST":
            route.fulfill(status=429, json=refusal)
        else:
            route.continue_()

    ann.page.route("**/api/v1/me/export", refuse)
    ann.page.get_by_role("button", name="Make a copy of my data").click()
    expect(ann.page.locator("[data-view=toasts]")).to_contain_text("Too much at once")
    expect(ann.page.get_by_role("button", name="Make a copy of my data")).to_be_visible()
