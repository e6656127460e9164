"""A thread of 50,000 entries opens, jumps and scrolls as one of fifty does; what it took is printed (``pytest -s``)."""

import time
from datetime import UTC, datetime
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.long_log import MINUTE_MS, read_to_the_end, write_log
from tests.browser.people import OPENS_WITHIN_MS, Person
from tests.browser.test_scrolling import MOST_ELEMENTS_IN_THE_PAGE, MOST_MESSAGES_IN_THE_PAGE

ENTRIES = 50_000
FIRST_PAINT_MS = 200
RANGE_MS = 50
BUSY = 5
"""How much longer anything may take where the machine does other things besides."""
RANGES = 15
STEPS = 25

# When the first message stood in the document, and when the last of the scripts it took had come, both since the start.
NOTE_FIRST_PAINT = """document.addEventListener("readystatechange", () => {
  if (document.readyState !== "interactive") return;
  const watch = new MutationObserver(() => {
    if (!document.querySelector(".message[data-seq]")) return;
    watch.disconnect();
    const scripts = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/static/js/"));
    window.painted = { shown: performance.now(), loaded: Math.max(...scripts.map(({ responseEnd }) => responseEnd)) };
  });
  watch.observe(document.body, { childList: true, subtree: true });
})"""
ASK_RANGES = """async ([id, last, count]) => {
  const took = [];
  for (let n = 0; n < count; n++) {
    const after = Math.floor((last * (n + 0.5)) / count);
    const began = performance.now();
    const answer = await fetch(`/api/v1/conversations/${id}/entries?after=${after}&until=${after + 200}`);
    const { entries } = await answer.json();
    took.push(performance.now() - began);
    if (entries.length !== 200 || entries[0].seq !== after + 1) throw new Error(`${entries.length} after ${after}`);
  }
  return took;
}"""
FOUND = "() => document.querySelector('.message[data-found]')?.dataset.seq"
# Scrolls by a screen at a time, waits until something stands there, and counts what the page holds meanwhile.
WANDER = """async ([steps, direction]) => {
  const scroller = document.querySelector(".thread-scroll");
  const most = { messages: 0, elements: 0 };
  for (let n = 0; n < steps; n++) {
    scroller.scrollTop += direction * scroller.clientHeight * 3;
    await new Promise((done) => setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 50));
    most.messages = Math.max(most.messages, document.querySelectorAll(".message").length);
    most.elements = Math.max(most.elements, document.querySelectorAll("*").length);
  }
  const seqs = [...document.querySelectorAll(".message")].map(({ dataset }) => Number(dataset.seq));
  return { ...most, first: seqs[0], gaps: seqs.filter((seq, index) => index && seq !== seqs[index - 1] + 1).length };
}"""


def long_thread(person: Joiner, mongodb_uri: str, last_at: int) -> Person:
    """Ann, who has such a chat with Ben open at its end and has read it all."""
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    write_log(mongodb_uri, conversation, [ann.id, ben.id], ENTRIES, last_at, MINUTE_MS)
    read_to_the_end(mongodb_uri, conversation, ENTRIES)
    ann.reload()
    expect(ann.message(f"message {ENTRIES}")).to_be_visible(timeout=OPENS_WITHIN_MS)
    ann.wait_for_standing("up_to_date")
    return ann


def expect_bounded(counts: dict[str, Any]) -> None:
    assert 0 < counts["messages"] <= MOST_MESSAGES_IN_THE_PAGE, counts
    assert counts["elements"] <= MOST_ELEMENTS_IN_THE_PAGE, counts
    assert counts["gaps"] == 0, counts


def test_fifty_thousand_entries_open_jump_and_scroll_as_fifty_do(person: Joiner, mongodb_uri: str) -> None:
    last_at = int(time.time() * 1000)
    ann = long_thread(person, mongodb_uri, last_at)
    took = ann.page.evaluate(ASK_RANGES, [ann.conversation, ENTRIES, RANGES])
    print(f"\n200 of {ENTRIES:,} entries: {median(took):.0f} ms, at most {max(took):.0f} ms")
    assert median(took) < RANGE_MS * BUSY

    expect_bounded(ann.page.evaluate(WANDER, [STEPS, -1]))
    day = datetime.fromtimestamp((last_at - ENTRIES // 2 * MINUTE_MS) / 1000, UTC).date()
    began = time.monotonic()
    ann.page.get_by_role("button", name="Go to a date").click()
    ann.page.get_by_label("Date", exact=True).fill(day.isoformat())
    ann.page.get_by_role("button", name="Go", exact=True).click()
    found = int(ann.page.wait_for_function(FOUND).json_value())
    print(f"a jump to a date: {(time.monotonic() - began) * 1000:.0f} ms, with the dialog")
    assert abs(found - ENTRIES // 2) <= 24 * 60, "it is of that day"
    expect(ann.message(f"message {found}")).to_be_in_viewport()
    for direction in (-1, 1):
        counts = ann.page.evaluate(WANDER, [STEPS, direction])
        expect_bounded(counts)
    assert ENTRIES // 4 < counts["first"] < ENTRIES * 3 // 4, "nothing led away from there"


@pytest.mark.service_worker
def test_the_first_paint_of_a_long_thread_comes_from_the_browsers_own_store(person: Joiner, mongodb_uri: str) -> None:
    ann = long_thread(person, mongodb_uri, int(time.time() * 1000))
    ann.wait_for_offline_shell()
    ann.page.add_init_script(NOTE_FIRST_PAINT)
    # What cannot be asked must be known.
    ann.go_offline()
    times = []
    for _ in range(3):
        ann.page.reload()
        ann.page.wait_for_function("() => window.painted")
        expect(ann.message(f"message {ENTRIES}")).to_be_visible()
        painted = ann.page.evaluate("() => window.painted")
        times.append(painted["shown"] - painted["loaded"])
        print(f"\nfirst message: {times[-1]:.0f} ms after the last script, {painted['shown']:.0f} ms after the start")
    assert min(times) < FIRST_PAINT_MS * BUSY
