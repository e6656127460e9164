"""A number that is missing is marked, fetched and put where it belongs; one that comes twice changes nothing."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.wire import Wire, bodies_in


def test_ten_and_twelve_arrive_and_eleven_is_fetched_into_its_place(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    texts = [f"message {n}" for n in range(1, 10)]
    for text in texts:
        ann.say(text)
    ben.open_chat(conversation)
    wire = Wire(ben)
    ben.wait_for_messages(texts)
    ben.wait_for_standing("up_to_date")

    wire.hold(lambda name, _: name == "sync")
    wire.lose(lambda name, payload: "message 11" in bodies_in(name, payload))
    for number in (10, 11, 12):
        ann.say(f"message {number}")
        expect(ann.message(f"message {number}")).to_have_attribute("data-tick", re.compile("sent|delivered|read"))
    ben.wait_for_messages([*texts, "message 10", "message 12"])
    gap = ben.page.locator(".thread-rows .gap")
    expect(gap).to_have_text("1 message is being fetched…")
    assert gap.evaluate("(row) => row.previousElementSibling.querySelector('.bubble-text').textContent") == "message 10"
    expect(ben.standing).not_to_have_attribute("data-kind", "up_to_date")
    assert len(wire.lost) == 1
    # Beyond the hole it is on the screen, but the hole was not read, so neither is what follows.
    ann.wait_for_tick("message 10", "read")
    ann.wait_for_tick("message 11", "sent")
    ann.wait_for_tick("message 12", "sent")

    wire.release()
    whole = [*texts, "message 10", "message 11", "message 12"]
    ben.wait_for_messages(whole)
    expect(gap).to_have_count(0)
    ann.wait_for_tick("message 12", "read")
    ben.wait_for_standing("up_to_date")

    wire.lose(lambda *_: False)
    for _ in range(3):
        wire.say_again(wire.lost[0])
    ann.say("message 13")
    ben.wait_for_messages([*whole, "message 13"])
    ben.reload()
    ben.wait_for_messages([*whole, "message 13"])
