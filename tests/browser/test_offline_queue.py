"""What one writes without a network is kept through a reload and sent once, in order."""

import pytest
from playwright.sync_api import WebSocket, expect

from tests.browser.conftest import Joiner

pytestmark = pytest.mark.service_worker

FIVE = ["one", "two", "three", "four", "five"]
TRIES_UNTIL_PATIENT = 4


def test_five_written_offline_survive_a_reload_and_arrive_once_in_order(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("before")
    ben.open_chat(conversation)
    ben.wait_for_messages(["before"])
    ann.wait_for_tick("before", "read")
    ann.wait_for_offline_shell()

    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=30_000)
    for text in FIVE:
        ann.say(text)
    ann.wait_for_messages(["before", *FIVE])
    ann.reload()
    ann.wait_for_messages(["before", *FIVE])
    ann.wait_for_standing("offline")
    for text in FIVE:
        ann.wait_for_tick(text, "sending")
    assert ben.messages() == ["before"]

    ann.go_online()
    ben.wait_for_messages(["before", *FIVE], within_ms=30_000)
    ann.wait_for_messages(["before", *FIVE])
    ann.wait_for_tick("five", "read")
    ben.reload()
    ben.wait_for_messages(["before", *FIVE])


def test_the_state_line_counts_what_waits_and_the_network_is_used_as_soon_as_it_is_back(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben")
    ann.open_chat_with(ben)
    tries: list[WebSocket] = []
    ann.page.on("websocket", lambda socket: tries.append(socket))
    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=30_000)
    ann.say("one")
    ann.say("two")
    expect(ann.standing).to_contain_text("2 messages waiting to be sent")
    # By now the next try would be four seconds away or more.
    ann.wait_until(lambda: len(tries) >= TRIES_UNTIL_PATIENT, within_ms=40_000)
    ann.go_online()
    ann.wait_for_standing("up_to_date", within_ms=3_500)
    ann.wait_for_tick("two", "delivered")
