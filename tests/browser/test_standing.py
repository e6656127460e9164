"""The page says where it stands: a lost connection within a heartbeat, and "up to date" only when it is."""

import re

from playwright.sync_api import expect

from tests.browser.chromium import NETWORK_IS_AWAY
from tests.browser.conftest import Joiner
from tests.browser.wire import Wire

# The heartbeat is 15 s and its answer is waited for 5 s.
A_HEARTBEAT_MS = 24_000


def test_a_connection_that_went_silent_is_told_within_a_heartbeat_and_caught_up_with(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ann.wait_for_tick("hello", "delivered")
    ben.open_chat(conversation)
    wire = Wire(ann)
    ann.wait_for_standing("up_to_date")
    status = ann.standing.get_by_role("status")
    expect(status).to_contain_text("Connected")

    wire.silent = True
    ann.complaints.expect(NETWORK_IS_AWAY)
    for text in ("one", "two", "three"):
        ben.say(text)
    ben.wait_for_tick("three", "sent")
    ann.wait_for_standing("offline", within_ms=A_HEARTBEAT_MS)
    expect(status).to_contain_text("Offline since")
    assert ann.messages() == ["hello"]

    wire.hold(lambda name, _: name == "sync")
    wire.silent = False
    # Connected again, and not caught up: a request that works is no reason to say that all is well.
    expect(ann.standing).to_have_attribute("data-kind", re.compile("behind|connecting"), timeout=30_000)
    expect(status).to_have_text(re.compile("3 messages behind"), timeout=30_000)
    assert ann.page.evaluate("() => fetch('/api/v1/me').then((answer) => answer.status)") == 200
    assert ann.standing.get_attribute("data-kind") != "up_to_date"
    assert ann.messages() == ["hello"]

    wire.release()
    ann.wait_for_messages(["hello", "one", "two", "three"])
    ann.wait_for_standing("up_to_date")
    expect(status).to_contain_text("Connected")


def test_a_network_that_is_gone_is_told_and_cleared(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    ann.wait_for_tick("hello", "read")
    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=A_HEARTBEAT_MS)
    ben.say("meanwhile")
    ben.wait_for_tick("meanwhile", "sent")
    assert ann.messages() == ["hello"]
    ann.go_online()
    ann.wait_for_standing("up_to_date", within_ms=30_000)
    assert ann.messages() == ["hello", "meanwhile"], "it says up to date, so it has to be"
