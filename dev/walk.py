"""A new user's first ten minutes, walked through the running demo and pictured: `make run`, `make demo`, then `make walk`.

Somebody new signs up, writes to a person of the demo, who answers, makes a group and looks round; once for each of three
widths in both themes. The pictures and a page that shows them go to docs/walk/.
"""

import argparse
import os
import random
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from dev.demo_script import RESIDENTS, Resident
from dev.screenshots import PAINT_MS, SIZES, THEMES, WAIT_MS, Theme, chromium

NARROW = 768
NAME = "Robin Adler"
FRIEND, ANSWERS = RESIDENTS[0], "Hi Robin, good to see you here! Lunch on **Friday**?"
FIRST_WORDS = "Hello Mara, this is my first message here :wave:"
STEPS = {
    "sign-in": "The first page: a telephone number, or Google.",
    "code": "The code that came by text message.",
    "welcome": "A name, and that is all that is asked.",
    "empty": "The first look: nobody is here yet, and what to do about it.",
    "find": "Finding somebody by number, name or handle.",
    "first-message": "The first message. One tick: stored. Two: arrived.",
    "answer": "The answer, as it came, with its formatting.",
    "menu": "What can be done with a message.",
    "group": "A group, made in a few seconds. Its beginning is part of the log.",
    "details": "What there is to know and to set about it.",
    "switcher": "Ctrl+K leads anywhere.",
    "notifications": "When to be told of what.",
    "appearance": "How it looks.",
}
"""The pictures in their order, and what they show."""


class Walk:
    """One walk of somebody new, in a browser window of one width and theme."""

    def __init__(self, page: Page, url: str, out: Path, label: str) -> None:
        self._page, self._url, self._out, self._label = page, url, out, label

    def go(self, answer: Callable[[str], None]) -> None:
        """From the first page to the settings. ``answer``: the friend sees the chat with this id and answers."""
        self._sign_up(f"202555{random.randint(2000, 9999)}")
        self._write_to(FRIEND)
        answer(self._page.url.rsplit("/", 1)[1])
        self._page.locator(".bubble-text", has_text="Lunch on").wait_for()
        self._picture("answer")
        self._page.locator(".thread-rows .message").last.click(button="right")
        self._page.locator(".menu").wait_for()
        self._picture("menu")
        self._page.keyboard.press("Escape")
        self._make_group("Climbing on Tuesdays")
        about = self._page.locator("[data-view=details] h2[data-part=name]")
        if not about.is_visible():  # there is room for it where the window is wide
            self._page.locator(".thread-header [data-part=details]").click()
        about.wait_for()
        self._picture("details")
        self._look_round()

    def _sign_up(self, number: str) -> None:
        page = self._page
        page.goto(f"{self._url}/sign-in")
        page.locator("#number").wait_for()
        self._picture("sign-in")
        sign_in(page, f"+1{number}", lambda: self._picture("code"))
        page.get_by_label("Name").fill(NAME)
        self._picture("welcome")
        page.get_by_role("button", name="Start chatting").click()
        page.locator("[data-part=me] .presence").wait_for(state="attached")
        self._picture("empty")

    def _write_to(self, friend: Resident) -> None:
        page = self._page
        page.locator("[data-view=list] [data-part=new]").click()
        page.locator("#find-person").fill(friend.phone)
        found = page.locator("[data-view=new-chat] .person-button", has_text=friend.name)
        found.wait_for()
        self._picture("find")
        found.click()
        page.locator(".thread-header [data-part=name]", has_text=friend.name).wait_for()
        page.locator(".composer-input").press_sequentially(FIRST_WORDS)
        page.locator(".composer-input").press("Enter")
        page.locator(".message[data-tick=delivered], .message[data-tick=sent]").wait_for()
        self._picture("first-message")

    def _make_group(self, title: str) -> None:
        page = self._page
        page.goto(self._url)
        page.locator("[data-view=list] [data-part=new]").click()
        page.get_by_role("button", name="New group").click()
        page.get_by_label("Title").fill(title)
        page.get_by_role("checkbox", name=FRIEND.name).check()
        page.get_by_role("button", name="Create group").click()
        page.locator(".thread-note", has_text=title).wait_for()
        page.locator(".composer-input").fill("Who brings the rope?")
        page.locator(".composer-input").press("Enter")
        page.locator(".message[data-tick=delivered], .message[data-tick=sent]").wait_for()
        self._picture("group")

    def _look_round(self) -> None:
        page = self._page
        page.goto(self._url)
        page.locator(".chat-row").first.wait_for()
        page.locator("[data-view=list] [data-part=search]").click()
        page.locator("[data-view=switcher]").wait_for()
        self._picture("switcher")
        for name in ("notifications", "appearance"):
            page.goto(f"{self._url}/settings/{name}")
            page.locator("main h2, main h1").first.wait_for()
            self._picture(name)

    def _picture(self, step: str) -> None:
        self._page.wait_for_timeout(PAINT_MS)
        path = self._out / f"{list(STEPS).index(step) + 1:02}-{step}-{self._label}.jpg"
        self._page.screenshot(path=path, type="jpeg", quality=70)
        print(path)


class Friend:
    """The friend, signed in at a browser of their own."""

    def __init__(self, page: Page, url: str) -> None:
        self._page, self._url = page, url
        page.goto(f"{url}/sign-in")
        sign_in(page, FRIEND.phone)

    def __call__(self, conversation: str) -> None:
        self._page.goto(f"{self._url}/c/{conversation}")
        self._page.locator(".bubble-text", has_text="first message").wait_for()
        self._page.locator(".composer-input").fill(ANSWERS)
        self._page.locator(".composer-input").press("Enter")


def sign_in(page: Page, number: str, before_code: Callable[[], None] = lambda: None) -> None:
    """With the number and the code that the page shows in development; ``before_code`` is called at the code's page."""
    page.locator("#number").fill(number)
    page.locator("main button[type=submit]").first.click()
    shown = page.locator("[data-part=shown-code]")
    shown.wait_for()
    before_code()
    page.locator("#code").fill(re.sub(r"\D", "", shown.inner_text()))
    page.wait_for_url(lambda url: "/sign-in" not in url)


@contextmanager
def _page(browser: Browser, theme: Theme, width: int) -> Iterator[Page]:
    context = browser.new_context(
        color_scheme=theme, locale="en-GB", reduced_motion="reduce", viewport=SIZES[width], has_touch=width < NARROW
    )
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    try:
        yield page
    finally:
        context.close()


def _index(out: Path) -> None:
    """The page that shows the pictures: each step at 1440 pixels, and links to the others."""
    lines = [
        "# A new user's first ten minutes",
        "",
        "Pictured by `make walk`, with `make run` and `make demo` before it.",
        "",
    ]
    for number, (step, words) in enumerate(STEPS.items(), 1):
        name = f"{number:02}-{step}"
        others = [f"[{width} {theme}]({name}-{width}-{theme}.jpg)" for width in SIZES for theme in THEMES]
        lines += [f"## {number}. {words}", "", f"![{words}]({name}-1440-light.jpg)", "", " · ".join(others), ""]
    (out / "README.md").write_text("\n".join(lines))


def main() -> int:
    """Walk at each width in each theme; 0 where every picture was taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT', '5000')}")
    parser.add_argument("--out", type=Path, default=Path("docs/walk"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    url = options.url.rstrip("/")
    with chromium() as browser, _page(browser, "light", 1024) as friends:
        answer = Friend(friends, url)
        for theme in THEMES:
            for width in SIZES:
                with _page(browser, theme, width) as page:
                    Walk(page, url, options.out, f"{width}-{theme}").go(answer)
    _index(options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
