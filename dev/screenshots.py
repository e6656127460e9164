"""Pictures of the running demo for the README and for the eye: `make run`, `make demo`, then `make screenshots`.

Chromium is driven over the pages at three widths in both themes; the pictures go to docs/screenshots/.
"""

import argparse
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from dev.demo_script import GROUP, RESIDENTS

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES: dict[int, ViewportSize] = {
    1440: {"width": 1440, "height": 900},
    1024: {"width": 1024, "height": 768},
    390: {"width": 390, "height": 844},
}
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WAIT_MS = 15_000
PAINT_MS = 400


@dataclass(frozen=True)
class Shot:
    """A page to be pictured. ``ready`` is a selector that is there once the page shows what it is about."""

    name: str
    path: str
    ready: str
    widths: tuple[int, ...]


def main() -> int:
    """Sign in as one of the demo's people and picture the pages; 0 where all were taken."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for theme in THEMES:
            for path in _pictures(browser, options.url.rstrip("/"), theme, options.out):
                print(path)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT', '5000')}")
    parser.add_argument("--out", type=Path, default=Path("docs/screenshots"))
    return parser.parse_args()


@contextmanager
def chromium() -> Iterator[Browser]:
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def _pictures(browser: Browser, url: str, theme: Theme, out: Path) -> Iterator[Path]:
    context = browser.new_context(color_scheme=theme, locale="en-GB", reduced_motion="reduce", viewport=SIZES[1440])
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    try:
        yield from _take(page, url, theme, out, Shot("sign-in", "/sign-in", "#number", (1024, 390)))
        sign_in(page, url, RESIDENTS[0].phone)
        group = address_of(page, GROUP[1])
        for shot in (
            Shot("chat", group, ".message", (1440, 1024, 390)),
            Shot("list", "/", ".chat-row", (390,)),
            Shot("contacts", "/contacts", ".person", (1024, 390)),
            Shot("settings", "/settings/appearance", "[data-view=appearance]", (1024, 390)),
        ):
            yield from _take(page, url, theme, out, shot)
    finally:
        context.close()


def sign_in(page: Page, url: str, phone: str) -> None:
    """With a number of the demo and the code that the page shows in development."""
    page.goto(f"{url}/sign-in")
    page.fill("#number", phone)
    page.click("main button[type=submit]")
    shown = page.locator("[data-part=shown-code]")
    shown.wait_for()
    page.fill("#code", re.sub(r"\D", "", shown.inner_text()))
    page.wait_for_url(re.compile(rf"^{re.escape(url)}/(?!sign-in)"))


def address_of(page: Page, name: str) -> str:
    """Where the list of chats leads for this name."""
    row = page.locator(".chat-link", has_text=name).first
    row.wait_for()
    return row.get_attribute("href") or "/"


def _take(page: Page, url: str, theme: Theme, out: Path, shot: Shot) -> Iterator[Path]:
    for width in shot.widths:
        page.set_viewport_size(SIZES[width])
        page.goto(url + shot.path)
        page.locator(shot.ready).first.wait_for()
        page.evaluate("document.activeElement?.blur()")
        page.wait_for_timeout(PAINT_MS)
        path = out / f"{shot.name}-{width}-{theme}.png"
        page.screenshot(path=path)
        yield path


if __name__ == "__main__":
    sys.exit(main())
