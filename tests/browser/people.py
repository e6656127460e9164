"""People who sit at a browser: they sign up, open a chat, write and read."""

import itertools
import os
import re
import time
from collections.abc import Callable
from typing import cast

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.chromium import NETWORK_IS_AWAY, Complaints

ARRIVES_WITHIN_MS = 15_000
OPENS_WITHIN_MS = 30_000
BUSY = 3 if os.environ.get("SECOND_TRY") else 1
"""How much longer what is promised within seconds may take where the rest of the suite has the machine, too."""
POLL_MS = 50
STEPS = ["sent", "delivered", "read"]
TEXTS = "all => all.map((element) => element.textContent)"
CSRF_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
SHOWN_CODE = re.compile(r'data-part="shown-code">(\d{6})<')
_lines = itertools.count(100)


def fresh_number() -> str:
    """A telephone number that nobody else in this run has, as a person in the United States writes it."""
    line = next(_lines)
    return f"202-{555 + line // 10_000}-{line % 10_000:04d}"


def _found(pattern: re.Pattern[str], page: str) -> str:
    found = pattern.search(page)
    assert found, page
    return found[1]


class Tab:
    """One page of the chat in a person's browser."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        page.set_default_timeout(ARRIVES_WITHIN_MS)
        page.set_default_navigation_timeout(OPENS_WITHIN_MS)

    @property
    def composer(self) -> Locator:
        return self.page.locator(".composer-input")

    @property
    def bubbles(self) -> Locator:
        """The texts of the thread's messages, oldest first."""
        return self.page.locator(".thread-rows .message .bubble-text")

    def message(self, text: str) -> Locator:
        """The messages of the thread that say just this."""
        said = self.page.locator(".bubble-text", has_text=re.compile(rf"^{re.escape(text)}$"))
        return self.page.locator(".thread-rows .message", has=said)

    @property
    def standing(self) -> Locator:
        """The line that says where the conversation stands; its data-kind is the kind of standing."""
        return self.page.locator("[data-part=standing]")

    @property
    def conversation(self) -> str:
        """The id of the open conversation."""
        found = re.search(r"/c/(\w{22})", self.page.url)
        assert found, f"no conversation is open at {self.page.url}"
        return found[1]

    def go(self, path: str) -> None:
        """Open a page of the site and wait until it is alive."""
        self.page.goto(self.address + path)
        self.wait_until_alive()

    def reload(self) -> None:
        self.page.reload()
        self.wait_until_alive()

    def wait_until_alive(self) -> None:
        """Until the views stand: the rail shows one's own face only then."""
        self.page.locator("[data-part=me] .presence").wait_for(state="attached", timeout=OPENS_WITHIN_MS)

    def open_chat_with(self, other: "Person") -> str:
        """Find ``other`` by number and open the chat with them; answers the conversation's id."""
        self.page.locator("[data-view=list] [data-part=new]").click()
        dialog = self.page.locator("[data-view=new-chat]")
        dialog.locator("[data-part=query]").fill(other.phone)
        dialog.locator(".person-button", has_text=other.name).click()
        expect(dialog).to_be_hidden()
        expect(self.page.locator(".thread-header [data-part=name]")).to_have_text(other.name)
        return self.conversation

    def open_note_to_self(self) -> str:
        """Open the chat with oneself, by the first visit's button; answers its id."""
        self.page.locator("[data-view=thread] [data-part=note]").click()
        expect(self.composer).to_be_visible()
        return self.conversation

    def open_chat(self, conversation: str) -> None:
        """Open a chat from the list, once it is there."""
        self.page.locator(f'.chat-link[href$="/c/{conversation}"]').click()
        self.page.wait_for_url(f"**/c/{conversation}")
        expect(self.composer).to_be_visible()

    def row(self, conversation: str) -> Locator:
        """The chat's row in the list."""
        link = self.page.locator(f'.chat-link[href$="/c/{conversation}"]')
        return self.page.locator(".chat-row", has=link)

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def messages(self) -> list[str]:
        """The texts of the thread in order, as the document has them now."""
        return cast(list[str], self.bubbles.evaluate_all(TEXTS))

    def wait_for_messages(self, texts: list[str], within_ms: int = ARRIVES_WITHIN_MS) -> None:
        """Wait until the thread shows these texts, all of them, once, in this order, and no others."""
        expect(self.bubbles).to_have_text(texts, timeout=within_ms)

    def scroll_to_the_beginning(self) -> None:
        """Up to the chat's first message: what is far above is not in the document before one looks."""
        self.page.wait_for_function(SCROLLED_TO_THE_BEGINNING)

    def wait_until(self, condition: Callable[[], object], within_ms: int = ARRIVES_WITHIN_MS) -> None:
        """Wait for what the test itself is told of, such as requests; meanwhile the browser goes on."""
        limit = time.monotonic() + within_ms / 1000
        while not condition():
            assert time.monotonic() < limit, f"not true within {within_ms} ms"
            self.page.wait_for_timeout(POLL_MS)

    def wait_for_tick(self, text: str, tick: str, within_ms: int = ARRIVES_WITHIN_MS) -> None:
        """``tick``: sending or refused; sent, delivered or read, or further on where the others were quicker."""
        at_least = STEPS[STEPS.index(tick) :] if tick in STEPS else [tick]
        expect(self.message(text)).to_have_attribute("data-tick", re.compile("|".join(at_least)), timeout=within_ms)

    def wait_for_standing(self, kind: str, within_ms: int = ARRIVES_WITHIN_MS) -> None:
        """``kind``: up_to_date, sending, behind, connecting, paused, offline."""
        expect(self.standing).to_have_attribute("data-kind", kind, timeout=within_ms)


class Person(Tab):
    """Somebody with an account, signed in in a browser of their own."""

    def __init__(self, context: BrowserContext, name: str, address: str) -> None:
        self.context, self.name = context, name
        self.phone = f"+1 {fresh_number()}"
        self.complaints = Complaints(context)
        super().__init__(context.new_page(), address)
        self.id = ""

    def sign_up(self) -> None:
        """The first visit: number, code, name, without a look at its pages: test_signing_in.py and the walk have that."""
        page = self.context.request.get(f"{self.address}/sign-in").text()
        page = self._submit(page, "/sign-in/phone", region="US", number=self.phone)
        page = self._submit(page, "/sign-in/code", code=_found(SHOWN_CODE, page))
        self._submit(page, "/welcome", name=self.name)
        self.page.goto(f"{self.address}/")
        self.wait_until_alive()
        me = self.context.request.get(f"{self.address}/api/v1/me")
        assert me.ok, me.text()
        self.id = str(me.json()["id"])

    def _submit(self, page: str, action: str, **fields: str) -> str:
        """Send the form of a page; the page that follows."""
        form: dict[str, str | float | bool] = {"csrf_token": _found(CSRF_TOKEN, page), **fields}
        answer = self.context.request.post(f"{self.address}{action}", form=form)
        assert answer.ok, answer.text()
        return answer.text()

    def sign_in(self) -> None:
        """With the number and the code, as far as the page that follows."""
        self.page.goto(f"{self.address}/sign-in")
        self.sign_in_here()

    def sign_in_here(self) -> None:
        """The same, at the sign-in page that is shown: it knows where to go afterwards."""
        self.page.get_by_label("Phone number").fill(self.phone)
        self.page.get_by_role("button", name="Send me a code").click()
        code = self.page.locator("[data-part=shown-code]").inner_text()
        # The sixth digit sends the form by itself.
        self.page.get_by_label("Six-digit code").fill(code)
        self.page.wait_for_url(lambda url: "/sign-in" not in url)

    def second_tab(self) -> Tab:
        """Another tab at the same place, alive."""
        tab = Tab(self.context.new_page(), self.address)
        tab.page.goto(self.page.url)
        tab.wait_until_alive()
        return tab

    def leave(self) -> None:
        """Close the page; the browser stays signed in."""
        self.page.goto("about:blank")

    def come_back(self, path: str) -> None:
        """Open a page after ``leave()``."""
        self.go(path)

    def go_offline(self) -> None:
        """The network is gone, for every tab and the service worker."""
        self.complaints.expect(NETWORK_IS_AWAY)
        self.context.set_offline(True)

    def go_online(self) -> None:
        self.context.set_offline(False)

    def wait_for_offline_shell(self) -> None:
        """Wait until the service worker has what it takes to open the chat without a network."""
        self.page.wait_for_function(OFFLINE_SHELL_IS_KEPT)


SCROLLED_TO_THE_BEGINNING = """() => {
  document.querySelector(".thread-scroll").scrollTop = 0;
  return document.querySelector(".thread-rows").textContent.includes("The beginning of this chat");
}"""

OFFLINE_SHELL_IS_KEPT = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  if (!registration?.active) return false;
  const names = await caches.keys();
  const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((r) => r.url)));
  const urls = kept.flat();
  return urls.some((url) => new URL(url).pathname === "/") && urls.some((url) => url.includes("/js/main.js"))
    && urls.some((url) => url.includes("/js/views/page.js")) && urls.some((url) => url.includes("app.css"));
}"""
