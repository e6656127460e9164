"""Messages: the same node from sending to sent, the reader's place, the divider, what counts as read."""

import pytest
from playwright.sync_api import Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, below, long_chat, open_chat, say, scroll_by, settled, top

MOST_MESSAGES_IN_THE_DOCUMENT = 200
UNREAD = """count => {
  const id = chat.add("direct", [PEOPLE.ben]);
  for (let n = 0; n < 100 + count; n++) chat.say(id, PEOPLE.ben, "x " + n, { unread: n >= 100, quiet: true });
  chat.changed(id);
  return id;
}"""


def test_a_message_shows_at_once_and_its_node_outlives_the_acknowledgement(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 30)
    page.evaluate("() => { window.told = performance.now() }")
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    page.locator('.message[data-tick="sending"]').wait_for()
    page.evaluate("""() => { window.node = document.querySelector('.message[data-tick="sending"]') }""")
    page.evaluate("id => chat.settle(id)", conversation)
    expect(page.locator('.message[data-seq="31"]')).to_have_attribute("data-tick", "sent")
    assert page.evaluate("""() => node === document.querySelector('.message[data-seq="31"]')""")
    expect(page.locator(".message", has_text="hello")).to_have_count(1)
    expect(page.locator(".composer-input")).to_be_focused()
    assert below(page) < 1


def test_a_refused_message_offers_another_try_and_deletion(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 3)
    page.keyboard.type("too much")
    page.keyboard.press("Enter")
    page.evaluate("id => chat.refuse(id, 'Too much at once.')", conversation)
    expect(page.locator(".message-refused:visible")).to_contain_text("Not sent. Too much at once.")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("button", name="Delete").click()
    posted = page.evaluate("id => chat.thread(id).items.at(-1).key", conversation)
    assert asked(page, "retry") == [[posted]]
    assert asked(page, "discard") == [[posted]]


def test_at_the_end_it_stays_at_the_end(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 60)
    for n in range(5):
        say(page, conversation, "priya", f"news {n} " + "and more " * 40)
    expect(page.locator('.message[data-seq="65"]')).to_be_in_viewport()
    assert below(page) < 1


def test_scrolled_up_nothing_moves_and_a_pill_counts(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 200)
    scroll_by(page, -1_500)
    before = top(page)
    for n in range(3):
        say(page, conversation, "priya", f"news {n}")
    expect(page.locator(".to-tail")).to_have_text("3 new")
    assert top(page)[0] == before[0]
    assert abs(top(page)[1] - before[1]) <= 2
    assert max(args[1] for args in asked(page, "markRead")) <= 200, "what is off the screen is not read"
    page.locator(".to-tail").click()
    expect(page.locator('.message[data-seq="203"]')).to_be_in_viewport()
    expect(page.locator(".to-tail")).to_be_hidden()


def test_older_history_and_a_growing_message_above_move_nothing(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 2_000)
    scroll_by(page, -700, 20)
    before = top(page)
    page.evaluate("id => chat.loadOlder(id)", conversation)
    settled(page)
    page.evaluate(
        """() => {
          const frame = document.querySelector('[data-part="scroll"]').getBoundingClientRect();
          const above = [...document.querySelectorAll(".message")].filter(m => m.getBoundingClientRect().bottom < frame.top);
          above.at(-3).querySelector(".bubble").style.height = "400px";
        }"""
    )
    settled(page)
    assert top(page)[0] == before[0]
    assert abs(top(page)[1] - before[1]) <= 2


def test_ten_thousand_messages_are_scrolled_through_with_few_in_the_document(open_page: Opener) -> None:
    page = open_page()
    long_chat(page, 10_000)
    lowest = 10_000
    for _ in range(60):
        scroll_by(page, -2_000, 2)
        assert page.locator(".message").count() <= MOST_MESSAGES_IN_THE_DOCUMENT
        lowest = min(lowest, int(top(page)[0]))
    assert lowest < 9_000
    numbers = page.evaluate("() => [...document.querySelectorAll('.message')].map(m => Number(m.dataset.seq))")
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    page.get_by_role("button", name="Newest").click()
    expect(page.locator('.message[data-seq="10000"]')).to_be_in_viewport()


@pytest.mark.parametrize("unread", [3, 150])
def test_one_divider_before_the_first_unread_fixed_while_looking_gone_on_return(open_page: Opener, unread: int) -> None:
    page = open_page()
    conversation = page.evaluate(UNREAD, unread)
    open_chat(page, conversation)
    divider = page.locator(".new")
    expect(divider).to_have_count(1)
    expect(divider).to_be_in_viewport()
    assert divider.evaluate("e => e.nextElementSibling.dataset.seq") == "101"
    say(page, conversation, "ben", "one more")
    settled(page)
    expect(divider).to_have_count(1)
    assert divider.evaluate("e => e.nextElementSibling.dataset.seq") == "101"
    page.locator(".to-tail").click() if unread > 100 else None
    expect(page.locator(".chat-row", has_text="Ben Carter").locator(".badge")).to_be_hidden()
    page.locator(".chat-link", has_text="Amara Okafor").click()
    open_chat(page, conversation)
    expect(page.locator(".new")).to_have_count(0)


def test_the_first_unread_far_before_the_window_is_fetched(open_page: Opener) -> None:
    page = open_page()
    conversation = page.evaluate(UNREAD, 1_200)
    page.evaluate("id => { const talk = chat.all.get(id); talk.low = 1200; talk.high = 1300 }", conversation)
    open_chat(page, conversation)
    expect(page.locator('.new + .message[data-seq="101"]')).to_be_in_viewport()


def test_a_hidden_tab_reads_nothing(open_page: Opener) -> None:
    page = open_page()
    page.evaluate("() => Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' })")
    conversation = page.evaluate(UNREAD, 3)
    open_chat(page, conversation)
    page.locator('.message[data-seq="103"]').wait_for()
    settled(page)
    assert asked(page, "markRead") == []
    page.evaluate("() => { window.seen = 'visible'; document.dispatchEvent(new Event('visibilitychange')) }")
    page.wait_for_function("() => chat.asked.some(a => a.name === 'markRead' && a.args[1] === 103)")


def test_a_hole_is_marked_until_it_is_filled(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 30)
    page.evaluate(
        """id => {
          const talk = chat.all.get(id);
          window.missing = talk.items.splice(28, 1)[0];
          talk.gap = { after: 28, before: 30 };
          chat.stand(id, { kind: "behind", count: 1 });
          chat.changed(id);
        }""",
        conversation,
    )
    expect(page.locator(".gap")).to_have_text("1 message is being fetched…")
    assert page.locator(".gap").evaluate(
        "e => [e.previousElementSibling, e.nextElementSibling].map(m => m.dataset.seq)"
    ) == [
        "28",
        "30",
    ]
    page.evaluate(
        "id => { const talk = chat.all.get(id); talk.items.splice(28, 0, missing); talk.gap = null; chat.changed(id) }",
        conversation,
    )
    expect(page.locator(".gap")).to_have_count(0)
    assert page.evaluate("() => [...document.querySelectorAll('.message')].map(m => m.dataset.seq).slice(-3)") == [
        "28",
        "29",
        "30",
    ]


def test_a_date_leads_there_and_the_pill_back(open_page: Opener) -> None:
    page = open_page()
    long_chat(page, 10_000)
    page.locator('.thread-header [data-part="date"]').click()
    day = page.evaluate("() => new Date(Date.now() - 4 * 86400000).toISOString().slice(0, 10)")
    page.locator("#date-input").fill(day)
    page.get_by_role("button", name="Go", exact=True).click()
    found = page.locator(".message[data-found]")
    expect(found).to_be_in_viewport()
    assert int(found.get_attribute("data-seq") or 0) < 6_000
    page.locator(".to-tail").click()
    expect(page.locator('.message[data-seq="10000"]')).to_be_in_viewport()


def _links(page: Page) -> list[list[str | None]]:
    return [[a.get_attribute("href"), a.get_attribute("rel")] for a in page.locator(".bubble-text a").all()]


def test_text_is_text_and_only_safe_links_are_links(open_page: Opener) -> None:
    page = open_page()
    conversation = long_chat(page, 1)
    for body in ("<img src=x onerror=alert(1)>", "javascript:alert(1)", "see https://a.example/b.", "a\n  b"):
        say(page, conversation, "priya", body)
    expect(page.locator(".bubble-text").nth(1)).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator(".bubble-text img").count() == 0
    assert _links(page) == [["https://a.example/b", "noopener nofollow noreferrer"]]
    assert page.locator(".bubble-text").last.evaluate("e => e.innerText") == "a\n  b"


def test_to_a_deleted_account_nobody_writes(open_page: Opener) -> None:
    page = open_page()
    id = page.evaluate("""() => {
      const id = chat.add("direct", [{ ...PEOPLE.ben, name: "Deleted account", deleted: true }]);
      chat.say(id, PEOPLE.ben, "goodbye", { quiet: true });
      chat.changed(id);
      return id;
    }""")
    open_chat(page, id)
    expect(page.locator("[data-part=gone]")).to_be_visible()
    expect(page.locator("[data-part=composer]")).to_be_hidden()
    expect(page.locator("[data-part=closed]")).to_be_hidden()
