"""Two servers, a browser on each; one server is killed while both write."""

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pymongo import MongoClient

from tests.browser.balancer import Balancer
from tests.browser.chromium import NETWORK_IS_AWAY
from tests.browser.conftest import Joiner
from tests.browser.people import Person
from tests.installation import Installation

EACH = 18
PAUSE_MS = 150
RECOVERS_WITHIN_MS = 60_000
# Both pages write by themselves, through their composers, so that neither waits for the other or for this test.
WRITE = """({ name, count, pause }) => {
  const input = document.querySelector(".composer-input");
  let number = 0;
  const timer = setInterval(() => {
    number += 1;
    input.value = `${name} ${number}`;
    input.form.requestSubmit();
    if (number === count) clearInterval(timer);
  }, pause);
}"""


@pytest.fixture
def balancers() -> Iterator[tuple[Balancer, Balancer]]:
    with Balancer() as first, Balancer() as second:
        yield first, second


def _write(person: Person) -> list[str]:
    person.page.evaluate(WRITE, {"name": person.name, "count": EACH, "pause": PAUSE_MS})
    return [f"{person.name} {number}" for number in range(1, EACH + 1)]


def _stored(installation: Installation, conversation: str) -> list[tuple[int, str]]:
    with MongoClient[dict[str, str]](installation.environment["MONGODB_URI"]) as client:
        found = client.get_default_database()["messages"].find({"c": conversation}).sort("_id", 1)
        return [(int(document["_id"].rpartition(":")[2]), document["b"]) for document in found]


@pytest.mark.parametrize("last_moments", ["its answers are lost", "it takes nothing more"])
def test_messages_go_both_ways_between_two_servers_and_outlive_the_death_of_one(
    own_installation: Installation, person_at: Joiner, balancers: tuple[Balancer, Balancer], last_moments: str
) -> None:
    """It dies with a message of Ann's that is stored and not acknowledged, or with one that it never looked at."""
    near, far = balancers
    own_installation.worker()
    origins = f"{near.url},{far.url}"
    first = own_installation.web(ALLOWED_ORIGINS=origins)
    second = own_installation.web(ALLOWED_ORIGINS=origins)
    near.forward_to(first.port, second.port)
    far.forward_to(second.port)

    ann, ben = person_at("Ann", near.url), person_at("Ben", far.url)
    conversation = ann.open_chat_with(ben)
    ann.say("is this on?")
    ben.open_chat(conversation)
    ben.wait_for_messages(["is this on?"])
    ben.say("yes, over here")
    ann.wait_for_messages(["is this on?", "yes, over here"])
    assert set(near.used) == {first.port}
    assert set(far.used) == {second.port}

    ann.complaints.expect(NETWORK_IS_AWAY)
    from_ann, from_ben = _write(ann), _write(ben)
    expect(ben.message(from_ann[4])).to_be_attached()
    unanswered = ann.page.locator("[data-tick=sending] .bubble-text")
    if last_moments == "its answers are lost":
        near.mute()
        # So many behind it that no answer to the first can still be on its way.
        expect(unanswered.nth(4)).to_be_attached()
        expect(ben.message(unanswered.first.inner_text())).to_be_attached()
    else:
        first.signal(signal.SIGSTOP)
        expect(unanswered.nth(1)).to_be_attached()
    first.kill()
    # Ann goes on writing while her server is dead.
    expect(ann.message(from_ann[-1])).to_be_attached()

    expect(ben.bubbles).to_have_count(2 + 2 * EACH, timeout=RECOVERS_WITHIN_MS)
    expect(ann.bubbles).to_have_count(2 + 2 * EACH, timeout=RECOVERS_WITHIN_MS)
    ann.wait_for_tick(from_ann[-1], "read", within_ms=RECOVERS_WITHIN_MS)
    ann.wait_for_standing("up_to_date", within_ms=RECOVERS_WITHIN_MS)
    ben.wait_for_standing("up_to_date")
    assert near.used[-1] == second.port, "she came back somewhere else"

    seen = ben.messages()
    assert ann.messages() == seen
    assert seen[:2] == ["is this on?", "yes, over here"]
    assert [text for text in seen if text.startswith("Ann")] == from_ann
    assert [text for text in seen if text.startswith("Ben")] == from_ben
    assert _stored(own_installation, conversation) == list(enumerate(seen, start=1))

    ann.say("still here")
    ben.wait_for_messages([*seen, "still here"])
    ben.say("so am I")
    for somebody in (ann, ben):
        somebody.wait_for_messages([*seen, "still here", "so am I"])
        somebody.reload()
        somebody.scroll_to_the_beginning()
        somebody.wait_for_messages([*seen, "still here", "so am I"])
