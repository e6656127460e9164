"""Chats that tests of texts begin in."""

from playwright.sync_api import Page

from tests.views.conftest import Opener
from tests.views.talk import long_chat

GROUP = "Release train"
AMARA = "u" * 21 + "C"
ME = "u" * 21 + "4"


def direct_chat(open_page: Opener, **more: object) -> tuple[Page, str]:
    page = open_page(**more)
    return page, long_chat(page, 3)


def group_chat(open_page: Opener, **more: object) -> tuple[Page, str]:
    page = open_page(**more)
    page.locator(".chat-link", has_text=GROUP).click()
    group: str = page.evaluate("() => group")
    return page, group
