"""One divider before the first unread; dates outside the loaded window, and back to the end."""

import re
import time
from datetime import datetime, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import Joiner, Site
from tests.browser.long_log import MINUTE_MS, read_to_the_end, write_log
from tests.browser.people import Tab

COUNT = 2_000
STEP_MS = 30 * MINUTE_MS
AFTER_DIVIDER = """(divider) => {
  for (let next = divider.nextElementSibling; next; next = next.nextElementSibling)
    if (next.matches(".message")) return next.querySelector(".bubble-text").textContent;
}"""


def divided_at(tab: Tab) -> str | None:
    """The text of the message right below the one divider."""
    divider = tab.page.locator(".thread-rows .new")
    expect(divider).to_have_count(1)
    text: str | None = divider.evaluate(AFTER_DIVIDER)
    return text


def test_one_divider_stands_before_the_first_unread_and_is_gone_on_return(person: Joiner) -> None:
    ann, ben, eve = person("Ann"), person("Ben", server=1), person("Eve")
    with_eve = ann.open_chat_with(eve)
    conversation = ann.open_chat_with(ben)
    ann.say("read this")
    ben.open_chat(conversation)
    ben.wait_for_messages(["read this"])
    ann.open_chat(with_eve)
    missed = [f"missed {n}" for n in range(1, 31)]
    for text in missed:
        ben.say(text)
    expect(ann.row(conversation).locator(".badge")).to_have_text("30")

    ann.open_chat(conversation)
    assert divided_at(ann) == "missed 1"
    expect(ann.page.locator(".thread-rows .new")).to_be_in_viewport()

    ben.say("while she looks")
    expect(ann.page.locator("[data-part=tail-text]")).to_have_text(re.compile("new"))
    assert divided_at(ann) == "missed 1"
    ann.page.locator("[data-part=tail]").click()
    expect(ann.message("while she looks")).to_be_in_viewport()
    ann.wait_for_messages(["read this", *missed, "while she looks"])
    ben.wait_for_tick("while she looks", "read")
    assert divided_at(ann) == "missed 1"

    ann.open_chat(with_eve)
    ann.open_chat(conversation)
    expect(ann.message("while she looks")).to_be_in_viewport()
    expect(ann.page.locator(".thread-rows .new")).to_have_count(0)


def test_a_date_outside_the_window_is_found_and_the_way_back_to_the_end_too(person: Joiner, site: Site) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    now = int(time.time() * 1000)
    uri = site.installation.environment["MONGODB_URI"]
    write_log(uri, conversation, [ann.id, ben.id], COUNT, now - MINUTE_MS, STEP_MS)
    read_to_the_end(uri, conversation, COUNT)
    ann.reload()
    expect(ann.message(f"message {COUNT}")).to_be_in_viewport()
    assert "message 3" not in ann.messages(), "the beginning is loaded only when it is asked for"

    day = (datetime.now() - timedelta(days=20)).replace(hour=0, minute=0, second=0, microsecond=0)
    first = next(n for n in range(1, COUNT) if now - MINUTE_MS - (COUNT - n) * STEP_MS >= day.timestamp() * 1000)
    ann.page.get_by_role("button", name="Go to a date").first.click()
    dialog = ann.page.locator("[data-view=date]")
    dialog.get_by_label("Date").fill(day.date().isoformat())
    dialog.get_by_role("button", name="Go", exact=True).click()
    expect(ann.message(f"message {first}")).to_be_in_viewport()
    expect(ann.page.locator(f'[data-day="{day.date().isoformat()}"]')).to_be_in_viewport()
    expect(ann.page.locator(".thread-rows")).not_to_contain_text(f"message {COUNT}")
    in_a_row(ann)

    ben.go(f"/c/{conversation}")
    ben.say("the newest")
    # What arrives at the end is not shown in the middle; the pill knows of it.
    expect(ann.page.locator("[data-part=tail-text]")).to_have_text(re.compile(r"new"))
    assert "the newest" not in ann.messages()
    ann.page.locator("[data-part=tail]").click()
    expect(ann.message("the newest")).to_be_in_viewport()
    expect(ann.message(f"message {COUNT}")).to_be_in_viewport()
    in_a_row(ann)


def in_a_row(tab: Tab) -> None:
    """Nothing is missing between the first and the last message in the document."""
    numbers = [int(text.split()[1]) for text in tab.messages() if text.startswith("message ")]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
