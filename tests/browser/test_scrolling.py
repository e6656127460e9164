"""At the bottom the thread follows; elsewhere nothing moves, whatever arrives above or below."""

import time
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Joiner, Site
from tests.browser.long_log import MINUTE_MS, read_to_the_end, write_log
from tests.browser.people import Person

MOVED_AT_MOST_PX = 2
MOST_MESSAGES_IN_THE_PAGE = 160
MOST_ELEMENTS_IN_THE_PAGE = 5_000
LONG_LOG = 10_000

BELOW = (
    "() => { const s = document.querySelector('.thread-scroll'); return s.scrollHeight - s.scrollTop - s.clientHeight }"
)
# The message at the top of the frame, and how far it moves while `what` happens.
TOP_MESSAGE = """() => {
  const frame = document.querySelector(".thread-scroll").getBoundingClientRect();
  const top = [...document.querySelectorAll(".thread-rows .message")]
    .find((element) => element.getBoundingClientRect().bottom > frame.top);
  window.anchor = top;
  return { text: top.querySelector(".bubble-text").textContent, y: top.getBoundingClientRect().top - frame.top };
}"""
ANCHOR_NOW = """() => {
  const frame = document.querySelector(".thread-scroll").getBoundingClientRect();
  return window.anchor.isConnected ? window.anchor.getBoundingClientRect().top - frame.top : null;
}"""
SCROLL_UP = """(px) => new Promise((done) => {
  document.querySelector(".thread-scroll").scrollTop -= px;
  requestAnimationFrame(() => requestAnimationFrame(done));
})"""
GROW_A_ROW_ABOVE = """() => {
  const rows = [...document.querySelectorAll(".thread-rows .message")];
  rows[rows.indexOf(window.anchor) - 3].style.minHeight = "300px";
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
# Goes up until the beginning shows. After each step it notes where the top visible message is, waits until older
# rows stand above it, and measures how far that moved it.
CLIMB = """async () => {
  const scroller = document.querySelector(".thread-scroll");
  const rows = document.querySelector(".thread-rows");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const seqs = () => [...rows.querySelectorAll(".message")].map((element) => Number(element.dataset.seq));
  const found = { moved: 0, messages: 0, elements: 0, gaps: 0, steps: 0, seen: new Set() };
  const look = () => {
    const present = seqs();
    present.forEach((seq, index) => { if (index > 0 && seq !== present[index - 1] + 1) found.gaps += 1; });
    present.forEach((seq) => found.seen.add(seq));
    found.messages = Math.max(found.messages, present.length);
    found.elements = Math.max(found.elements, document.querySelectorAll("*").length);
  };
  const limit = performance.now() + 90_000;
  while (!found.seen.has(1) && performance.now() < limit) {
    const first = seqs()[0];
    scroller.scrollTop = Math.min(scroller.scrollTop, 300);
    const top = scroller.getBoundingClientRect().top;
    const anchor = [...rows.querySelectorAll(".message")].find((row) => row.getBoundingClientRect().bottom > top);
    const y = anchor.getBoundingClientRect().top;
    while (seqs()[0] === first && performance.now() < limit) await frame();
    found.moved = Math.max(found.moved, Math.abs(anchor.getBoundingClientRect().top - y));
    await frame();
    found.moved = Math.max(found.moved, Math.abs(anchor.getBoundingClientRect().top - y));
    found.steps += 1;
    look();
  }
  return { ...found, seen: found.seen.size };
}"""


def _below(person: Person) -> float:
    return float(person.page.evaluate(BELOW))


def two_with_history(site: Site, person: Joiner, count: int) -> tuple[Person, Person]:
    """Two people whose chat has ``count`` messages that both have read to the end."""
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.leave()
    environment = site.installation.environment
    now_ms = int(time.time() * 1000)
    write_log(environment["MONGODB_URI"], conversation, [ann.id, ben.id], count, now_ms - MINUTE_MS, 1_000)
    read_to_the_end(environment["MONGODB_URI"], conversation, count)
    for one in (ann, ben):
        one.go(f"/c/{conversation}")
        expect(one.message(f"message {count}")).to_be_visible()
        one.wait_for_standing("up_to_date")
    return ann, ben


def test_at_the_bottom_it_follows_what_arrives(site: Site, person: Joiner) -> None:
    ann, ben = two_with_history(site, person, 60)
    for number in range(3):
        ann.say(f"fresh {number}")
        expect(ben.message(f"fresh {number}")).to_be_in_viewport()
    assert _below(ben) < 1
    assert _below(ann) < 1
    expect(ben.page.locator("[data-part=tail]")).to_be_hidden()


def test_scrolled_up_nothing_moves_and_a_pill_says_three_new(site: Site, person: Joiner) -> None:
    ann, ben = two_with_history(site, person, 60)
    ben.page.evaluate(SCROLL_UP, 900)
    top: dict[str, Any] = ben.page.evaluate(TOP_MESSAGE)
    for number in range(3):
        ann.say(f"fresh {number}")
    pill = ben.page.locator("[data-part=tail]")
    expect(pill).to_have_text("3 new")
    assert abs(ben.page.evaluate(ANCHOR_NOW) - top["y"]) <= MOVED_AT_MOST_PX
    expect(ann.message("fresh 2")).to_have_attribute("data-tick", "delivered")
    pill.click()
    expect(ben.message("fresh 2")).to_be_in_viewport()
    expect(pill).to_be_hidden()
    ann.wait_for_tick("fresh 2", "read")
    assert _below(ben) < 1


def test_a_row_above_that_grows_does_not_move_what_is_read(site: Site, person: Joiner) -> None:
    """As an image or a preview does that arrives late."""
    _, ben = two_with_history(site, person, 60)
    ben.page.evaluate(SCROLL_UP, 600)
    top = ben.page.evaluate(TOP_MESSAGE)
    ben.page.evaluate(GROW_A_ROW_ABOVE)
    assert abs(ben.page.evaluate(ANCHOR_NOW) - top["y"]) <= MOVED_AT_MOST_PX


def test_ten_thousand_messages_scroll_by_without_a_jump_in_a_small_page(site: Site, person: Joiner) -> None:
    ann, _ = two_with_history(site, person, LONG_LOG)
    climb = ann.page.evaluate(CLIMB)
    assert climb["seen"] == LONG_LOG, climb
    assert climb["gaps"] == 0, climb
    assert climb["moved"] <= MOVED_AT_MOST_PX, climb
    assert climb["messages"] <= MOST_MESSAGES_IN_THE_PAGE, climb
    assert climb["elements"] <= MOST_ELEMENTS_IN_THE_PAGE, climb
    expect(ann.message("message 1")).to_have_count(1)
    ann.say("back at the end")
    expect(ann.message("back at the end")).to_be_in_viewport()
    assert ann.messages()[-2:] == [f"message {LONG_LOG}", "back at the end"]
