"""axe finds nothing serious on any page, in either theme, and no page is wider than the narrowest screen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.views.conftest import Opener

PAGES = (
    "/?empty",
    "/contacts",
    "/t/chat/saved.html",
    "/t/auth/sign_in.html",
    "/t/auth/code.html",
    "/t/auth/welcome.html",
    "/t/contacts/invite.html",
    "/t/groups/invite.html",
    "/t/groups/no_way_in.html",
    "/t/errors/error.html",
    "/t/offline.html",
    "/t/settings/profile.html",
    "/t/settings/privacy.html",
    "/t/settings/confirm.html",
    "/t/settings/deletion.html",
    "/t/settings/notifications.html",
    "/t/settings/devices.html",
    "/t/settings/appearance.html",
    "/t/settings/account.html",
)
CHAT = "/c/" + "c6".rjust(22, "c")
SERIOUS = ("serious", "critical")


def problems(page: Page) -> list[str]:
    violations = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in violations if v["impact"] in SERIOUS]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(open_page: Opener, path: str, theme: str) -> None:
    # axe is put into the page as a script, which the page's own policy forbids.
    assert problems(open_page(path, theme=theme, bypass_csp=True)) == []


@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_thread(open_page: Opener, theme: str, width: int) -> None:
    page = open_page(CHAT, width=width, height=900, theme=theme, bypass_csp=True)
    page.evaluate(
        """() => {
          chat.say(group, PEOPLE.priya, "a reply", { target: 4, unread: false });
          chat.say(group, chat.me, "one to that", { target: chat.conversation(group).view.head });
        }"""
    )
    page.get_by_role("button", name="2 replies").click()
    page.get_by_role("complementary", name="Thread").wait_for()
    assert problems(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_chat_with_everything_in_it(open_page: Opener, theme: str) -> None:
    page = open_page(CHAT, width=1440, height=900, theme=theme, bypass_csp=True)
    page.evaluate(
        """() => {
          chat.conversation(group).typing = [PEOPLE.amara.id];
          chat.post(group, "on its way https://a.example");
          chat.settle(group);
          chat.say(group, chat.me, "a reply of mine", { target: 4 });
          chat.say(group, PEOPLE.priya, "a reply", { target: 6, unread: false });
          for (const seq of [4, 6]) {
            chat.revise(group, seq, chat.me, "reacted", "👍");
            chat.revise(group, seq, PEOPLE.priya, "reacted", "🎉");
          }
          chat.revise(group, 6, chat.me, "edited", "Two fixes left, all reviewed.");
          chat.revise(group, 7, PEOPLE.jonas, "deleted");
          const changing = chat.talk(group).items.find(({ entry }) => entry?.seq === 3);
          Object.assign(changing, { changing: true });
          chat.post(group, "refused");
          chat.refuse(group, "");
          chat.post(group, "waiting");
          chat.stand(group, { kind: "offline", since: Date.now(), queued: 1 });
        }"""
    )
    page.locator(".message-refused:visible").first.wait_for()
    assert problems(page) == []
    page.locator('.message[data-seq="6"]').hover()
    page.locator('.message[data-seq="6"]').get_by_role("button", name="Reply", exact=True).click()
    page.locator('.message[data-seq="4"]').click(button="right")
    assert problems(page) == []
    page.get_by_role("menuitem", name="React").click()
    page.get_by_role("button", name="All emoji").click()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.locator('.message[data-seq="6"] .edited').click()
    page.locator(".version").first.wait_for()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="New chat").click()
    assert problems(page) == []


@pytest.mark.parametrize("path", ["/", CHAT, *PAGES])
def test_nothing_is_wider_than_320_px(open_page: Opener, path: str) -> None:
    page = open_page(path, width=320, height=640)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
