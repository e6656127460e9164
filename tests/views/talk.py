"""What the tests do with a page: open a chat, let somebody say something, look where the reader is."""

from typing import Any

from playwright.sync_api import Page

LONG = """count => {
  const start = Date.now() - count * 60000;
  const id = chat.add("direct", [PEOPLE.priya]);
  for (let n = 1; n <= count; n++) {
    const body = `message ${n}${n % 7 ? "" : " " + "long text ".repeat(30)}`;
    chat.say(id, n % 3 ? PEOPLE.priya : PEOPLE.me, body, { at: start + n * 60000, unread: false, quiet: true });
  }
  const talk = chat.all.get(id);
  talk.low = Math.max(1, count - 99);
  talk.high = count;
  chat.changed(id);
  return id;
}"""
TOP = """() => {
  const frame = document.querySelector('[data-part="scroll"]').getBoundingClientRect();
  for (const message of document.querySelectorAll(".message")) {
    const { top, bottom } = message.getBoundingClientRect();
    if (bottom > frame.top + 1) return [message.dataset.seq, top - frame.top];
  }
}"""
BELOW = """() => {
  const scroll = document.querySelector('[data-part="scroll"]');
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
}"""


def long_chat(page: Page, count: int) -> str:
    """A new chat with ``count`` messages, all read, opened at its end; its id."""
    conversation: str = page.evaluate(LONG, count)
    open_chat(page, conversation)
    page.locator(f'.message[data-seq="{count}"]').wait_for()
    return conversation


def open_chat(page: Page, conversation: str) -> None:
    page.locator(f'[data-id="{conversation}"] .chat-link').click()
    page.locator(".thread-open").wait_for()


def say(page: Page, conversation: str, who: str, body: str) -> None:
    """``who`` is a key of PEOPLE in the fake chat."""
    page.evaluate("([id, who, body]) => void chat.say(id, PEOPLE[who], body)", [conversation, who, body])


def settled(page: Page) -> None:
    """Two frames: everything that was told has been painted."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))")


def top(page: Page) -> tuple[str, float]:
    """The number of the first message on the screen, and how far below the frame's top it begins (px)."""
    seq, offset = page.evaluate(TOP)
    return seq, offset


def below(page: Page) -> float:
    """How many px of the thread lie below the frame."""
    return float(page.evaluate(BELOW))


def asked(page: Page, name: str) -> list[list[Any]]:
    """The arguments of each call of this name that the views made."""
    calls: list[list[Any]] = page.evaluate("name => chat.asked.filter(a => a.name === name).map(a => a.args)", name)
    return calls


def scroll_by(page: Page, px: int, times: int = 1) -> None:
    """As a wheel does."""
    box = page.locator('[data-part="scroll"]').bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    for _ in range(times):
        page.mouse.wheel(0, px)
        settled(page)
