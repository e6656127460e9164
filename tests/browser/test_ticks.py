"""sending, sent, delivered, read: forward only, and in a group with names."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person

WATCH_TICKS = """() => {
  window.ticks = [];
  const note = () => {
    for (const node of document.querySelectorAll(".thread-rows .message")) {
      const step = `${node.querySelector(".bubble-text").textContent}: ${node.dataset.tick}`;
      if (!window.ticks.includes(step) || window.ticks.findLast((former) => former.startsWith(step.split(":")[0])) !== step)
        window.ticks.push(step);
    }
  };
  new MutationObserver(note).observe(document.querySelector(".thread-rows"),
    { childList: true, subtree: true, attributes: true, attributeFilter: ["data-tick"] });
}"""


def test_a_message_goes_from_sending_to_read_and_never_back(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ben.leave()
    ann.page.evaluate(WATCH_TICKS)
    ann.say("news")
    ann.wait_for_tick("news", "sent")
    ben.come_back("/contacts")
    ann.wait_for_tick("news", "delivered")
    ben.go("/")
    ben.open_chat(conversation)
    ann.wait_for_tick("news", "read")
    # Nothing takes it back: not being offline, and not coming back.
    ben.leave()
    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=30_000)
    ann.go_online()
    ann.wait_for_standing("up_to_date", within_ms=30_000)
    steps = ann.page.evaluate("window.ticks")
    assert steps == ["news: sending", "news: sent", "news: delivered", "news: read"]
    ann.reload()
    ann.wait_for_tick("news", "read")


def test_an_acknowledged_message_stays_sent_while_the_other_has_never_come(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben")
    ann.open_chat_with(ben)
    ben.leave()
    ann.say("news")
    ann.wait_for_tick("news", "sent")
    ann.reload()
    ann.wait_for_standing("up_to_date")
    expect(ann.message("news")).to_have_attribute("data-tick", "sent")


def test_in_a_group_the_tick_says_who(person: Joiner) -> None:
    ann, ben, cy = person("Ann"), person("Ben", server=1), person("Cy")
    _make_contacts(ann, ben, cy)
    group = _make_group(ann, "Trip", ben, cy)
    cy.leave()
    ben.leave()
    ann.say("where to?")
    tick = ann.message("where to?").locator(".tick")
    expect(tick).to_have_attribute("title", "Not yet delivered to Ben and Cy.")
    ben.come_back("/")
    ben.open_chat(group)
    ben.wait_for_messages(["where to?"])
    expect(tick).to_have_attribute("title", "Read by Ben. Not yet delivered to Cy.", timeout=15_000)
    expect(ann.message("where to?")).to_have_attribute("data-tick", "sent")
    cy.come_back("/contacts")
    expect(tick).to_have_attribute("title", "Read by Ben. Delivered to Cy.", timeout=15_000)
    expect(ann.message("where to?")).to_have_attribute("data-tick", "delivered")


def _make_contacts(ann: Person, *others: Person) -> None:
    for other in others:
        ann.open_chat_with(other)
        ann.say(f"hello {other.name}")
        ann.wait_for_tick(f"hello {other.name}", "delivered")


def _make_group(ann: Person, title: str, *members: Person) -> str:
    ann.page.locator("[data-view=list] [data-part=new]").click()
    dialog = ann.page.locator("[data-view=new-chat]")
    dialog.get_by_role("button", name="New group").click()
    dialog.get_by_label("Title").fill(title)
    for member in members:
        dialog.get_by_label(member.name).check()
    dialog.get_by_role("button", name="Create group").click()
    expect(ann.page.locator(".thread-header [data-part=name]")).to_have_text(title)
    return ann.conversation
