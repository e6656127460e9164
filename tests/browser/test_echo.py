"""What one sends shows at once, and the same node becomes sent."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner

ECHO_WITHIN_MS = 100
# The mark goes onto the node in the very moment it appears, together with what it looked like and how long it took.
MARK_THE_ECHO = """() => {
  const rows = document.querySelector(".thread-rows");
  addEventListener("keydown", () => { window.pressedAt ??= performance.now(); }, true);
  new MutationObserver((_, observer) => {
    const node = rows.querySelector(".message:last-of-type");
    if (!node || node.dataset.tick === undefined) return;
    observer.disconnect();
    node.marked = true;
    window.echo = { tick: node.dataset.tick, ms: performance.now() - window.pressedAt };
  }).observe(rows, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-tick"] });
}"""


def test_the_bubble_shows_at_once_as_sending_and_the_same_node_becomes_sent(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    ann.open_chat_with(ben)
    ann.page.evaluate(MARK_THE_ECHO)
    ann.say("hello")
    expect(ann.message("hello")).to_have_attribute("data-tick", "delivered")
    echo = ann.page.evaluate("window.echo")
    assert echo["tick"] == "sending"
    assert echo["ms"] < ECHO_WITHIN_MS
    assert ann.message("hello").evaluate("node => node.marked"), "the bubble was made anew"
    assert ann.messages() == ["hello"]
    expect(ann.composer).to_be_focused()
    expect(ann.composer).to_have_value("")


def test_what_was_said_is_on_the_other_side_and_the_answer_comes_back(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    ben.wait_for_messages(["hello"])
    ben.say("hi")
    ann.wait_for_messages(["hello", "hi"])
    ann.wait_for_tick("hello", "read")
