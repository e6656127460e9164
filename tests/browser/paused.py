"""What people do and see while sending is paused, and when it is over."""

import re

from playwright.sync_api import expect

from tests.browser.people import Person

# The heartbeat is 15 s and its answer is waited for 5 s.
A_HEARTBEAT_MS = 24_000
HEALED_MS = 60_000
SERVER_SAYS_NO = re.compile(r"status of 503")

MOVING = """() => document.querySelector("[data-view=thread]").getAnimations({ subtree: true })
  .filter((animation) => animation.effect.getTiming().iterations === Infinity)
  .map((animation) => animation.effect.target.className)"""


def meet(ann: Person, ben: Person) -> None:
    """Ann says hello and Ben reads it."""
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    ann.wait_for_tick("hello", "read")
    ann.wait_for_offline_shell()


def told_and_written_on(ann: Person, *, first_says: bool = False) -> None:
    """It is said by a heartbeat, or by the first message; then two wait, in a calm state, under what was there."""
    if first_says:
        ann.say("one")
    ann.wait_for_standing("paused", within_ms=A_HEARTBEAT_MS)
    for text in ("two",) if first_says else ("one", "two"):
        ann.say(text)
    status = ann.standing.get_by_role("status")
    expect(status).to_have_text("Sending is paused · 2 messages waiting · what is here can be read")
    ann.wait_for_messages(["hello", "one", "two"])
    for text in ("one", "two"):
        ann.wait_for_tick(text, "sending")
    assert ann.page.evaluate(MOVING) == [], "nothing turns or pulses while there is nothing to wait for"


def healed(ann: Person, ben: Person) -> None:
    """What waited has arrived, once and in order, and stands so after a reload."""
    ben.wait_for_messages(["hello", "one", "two"], within_ms=HEALED_MS)
    ann.wait_for_tick("two", "read", within_ms=HEALED_MS)
    for one in (ann, ben):
        one.wait_for_standing("up_to_date", within_ms=HEALED_MS)
        one.wait_for_messages(["hello", "one", "two"])
    ben.reload()
    ben.wait_for_messages(["hello", "one", "two"])
