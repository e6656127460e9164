"""Pictures of every page of the dashboard, in both themes: `make run`, `make demo`, then `make dashboard-pictures`.

One of the demo's people is made an administrator, and another reports a message to them; the pictures go to docs/dashboard/.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

from dev.demo_script import GROUP, RESIDENTS
from dev.screenshots import PAINT_MS, SIZES, THEMES, WAIT_MS, Theme, address_of, chromium, sign_in

PAGES = {
    "overview": "/admin/",
    "people": "/admin/people/",
    "person": "/admin/people/",
    "conversations": "/admin/conversations/",
    "conversation": "/admin/conversations/",
    "reports": "/admin/reports/",
    "report": "/admin/reports/",
    "announcements": "/admin/announcements/",
    "log": "/admin/log/",
    "settings": "/admin/settings/",
    "retention": "/admin/settings/retention?days=1",
    "audit": "/admin/audit/",
}
ONE_OF_THEM = frozenset({"person", "conversation", "report"})
"""Behind the first link of a list."""
WIDTHS = (1440, 390)
FIGURES_MS = 6_000
"""The overview shows its first figures after that."""
REPORT = """async ([address, note]) => {
  const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  const body = JSON.stringify({ reason: "spam", note, around: true });
  return (await fetch(`/api/v1/conversations/${address}/entries/2/report`, { method: "POST", headers, body })).status;
}"""


def main() -> int:
    """Picture every page; 0 where all were taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=f"http://localhost:{os.environ.get('PORT', '5000')}")
    parser.add_argument("--out", type=Path, default=Path("docs/dashboard"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    # Refused where they are one already, which is as well.
    subprocess.run([sys.executable, "-m", "dev.admin", "grant", RESIDENTS[0].phone], capture_output=True, check=False)
    with chromium() as browser:
        _report_something(browser, options.url)
        for theme in THEMES:
            _picture(browser, options.url, theme, options.out)
    return 0


def _page(browser: Browser, theme: Theme = "light") -> Page:
    context = browser.new_context(color_scheme=theme, locale="en-GB", reduced_motion="reduce", viewport=SIZES[1440])
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    return page


def _report_something(browser: Browser, url: str) -> None:
    page = _page(browser)
    sign_in(page, url, RESIDENTS[1].phone)
    group = address_of(page, GROUP[1]).removeprefix("/c/")
    status = page.evaluate(REPORT, [group, "Is that meant seriously?"])
    if status != 201:
        raise SystemExit(f"the report was answered with {status}")
    page.context.close()


def _picture(browser: Browser, url: str, theme: Theme, out: Path) -> None:
    page = _page(browser, theme)
    sign_in(page, url, RESIDENTS[0].phone)
    for name, address in PAGES.items():
        page.goto(url + address)
        if name in ONE_OF_THEM:
            page.locator(f'main a[href^="{address}"]:not([href="{address}"])').first.click()
        page.wait_for_load_state("networkidle" if name != "overview" else "load")
        page.wait_for_timeout(FIGURES_MS if name == "overview" else PAINT_MS)
        for width in WIDTHS:
            page.set_viewport_size(SIZES[width])
            page.wait_for_timeout(PAINT_MS)
            path = out / f"{name}-{width}-{theme}.jpg"
            page.screenshot(path=path, type="jpeg", quality=70)
            print(path)
        page.set_viewport_size(SIZES[1440])
    page.context.close()


if __name__ == "__main__":
    sys.exit(main())
