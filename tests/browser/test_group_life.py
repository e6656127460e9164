"""A group presents itself, says who writes, lets people in by a link and ends: seen by all at once, at both servers."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person
from tests.browser.test_members import AT_ONCE_MS, answer, do, found, members, notes, three
from tests.views.test_group_look import PICTURE

__all__ = ["three"]


def settings(owner: Person, *choices: str, slow: str = "Off") -> None:
    owner.page.get_by_role("button", name="Group settings").click()
    dialog = owner.page.get_by_role("dialog", name="Group settings")
    for group in choices:
        name, _, choice = group.partition(": ")
        dialog.get_by_role("group", name=name).get_by_text(choice).click()
    dialog.get_by_label("Slow mode").select_option(slow)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()


def test_a_description_and_a_photo_reach_every_tab_and_who_was_away(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo)
    elsewhere = ben.second_tab()
    cleo.leave()
    ada.page.get_by_role("button", name="Add a description").click()
    ada.page.get_by_role("textbox", name="Description").fill("We row.\nDaily.")
    ada.page.get_by_role("button", name="Save").click()
    ada.page.locator("[data-part=photo-file]").set_input_files([PICTURE])
    cleo.come_back(f"/c/{group}")
    for tab in (ada, ben, elsewhere, cleo):
        expect(tab.page.locator(".details-pane [data-part=about]")).to_have_text("We row.\nDaily.")
        for place in (".details-pane .avatar-l", ".thread-header .avatar", f".chat-link[href$='/c/{group}'] .avatar"):
            image = tab.page.locator(f"{place} img")
            expect(image).to_have_attribute("src", re.compile(r"^/photos/\w{22}$"))
            tab.wait_until(lambda image=image: image.evaluate("e => e.complete && e.naturalWidth > 0"))
        said = "You" if tab is ada else "Ada"
        expect(notes(tab)).to_have_text(
            [re.compile("created"), f"{said} changed the description", f"{said} changed the photo"]
        )
    expect(ben.page.get_by_role("button", name="Change the description")).to_be_hidden()


def test_who_may_write_is_told_at_once_and_what_was_on_its_way_is_not_lost(
    three: tuple[Person, Person, Person],
) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo)
    ben.go_offline()
    ben.say("on its way")
    settings(ada, "Who writes messages: Only admins")
    expect(cleo.page.locator("[data-part=readonly]")).to_have_text("Only admins write here.", timeout=AT_ONCE_MS)
    expect(cleo.composer).to_be_hidden()
    ben.go_online()
    expect(ben.page.locator("[data-part=readonly]")).to_be_visible()
    refused = ben.message("on its way").locator("[data-part=reason]")
    expect(refused).to_have_text("Not sent. Only admins write here.")
    ada.say("news")
    cleo.wait_for_messages(["news"])
    do(ada, "Ben", "Make an admin")
    expect(ben.composer).to_be_visible()
    ben.page.get_by_role("button", name="Try again").click()
    for everybody in (ada, ben, cleo):
        expect(everybody.message("on its way")).to_have_count(1)
    cleo.reload()
    expect(cleo.page.locator("[data-part=readonly]")).to_be_visible()
    assert cleo.conversation == group


def test_slow_mode_counts_down_in_all_tabs_and_then_lets_one_write(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    found(ada, ben, cleo)
    elsewhere = ben.second_tab()
    settings(ada, slow="10 seconds")
    line = ben.page.locator("[data-part=slow]")
    expect(line).to_have_text("Slow mode · one message every 10 seconds")
    expect(ada.page.locator("[data-part=slow]")).to_be_hidden()
    ben.say("one")
    cleo.wait_for_messages(["one"])
    for tab in (ben, elsewhere):
        expect(tab.page.locator("[data-part=slow]")).to_have_text(re.compile(r"write again in 0:\d\d"))
        expect(tab.page.locator(".send")).to_be_disabled()
    expect(line).to_have_text("Slow mode · one message every 10 seconds", timeout=15_000)
    ben.say("two")
    for everybody in (ada, cleo):
        everybody.wait_for_messages(["one", "two"])


def test_who_has_a_link_signs_in_joins_and_writes_and_a_removed_one_stays_out(
    person: Joiner, three: tuple[Person, Person, Person]
) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo, title="Rowers")
    ada.page.get_by_role("button", name="Invite by link").click()
    dialog = ada.page.get_by_role("dialog", name="Invite by link")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_role("textbox", name="Invite link").input_value()
    path = "/g/" + link.rpartition("/g/")[2]
    code = dialog.get_by_role("img", name="QR code of this link")
    ada.wait_until(lambda: code.evaluate("e => e.complete && e.naturalWidth > 0"))
    ada.page.keyboard.press("Escape")

    guest = person("Dan", server=1)
    guest.context.clear_cookies()
    guest.page.goto(guest.address + path)
    expect(guest.page.get_by_role("heading", name="Rowers")).to_be_visible()
    expect(guest.page.get_by_text("Group · 3 members")).to_be_visible()
    guest.page.get_by_role("link", name="Sign in to join").click()
    guest.sign_in_here()
    guest.page.get_by_role("button", name="Join the group").click()
    guest.page.wait_for_url(f"**/c/{group}")
    guest.wait_until_alive()
    guest.wait_for_standing("up_to_date")
    expect(notes(ben).last).to_have_text("Dan joined by Ada’s link", timeout=AT_ONCE_MS * 3)
    guest.say("hello")
    for everybody in (ada, ben, cleo):
        everybody.wait_for_messages(["hello"])
        expect(members(everybody)).to_have_count(4)

    guest.page.goto(guest.address + path)
    guest.page.wait_for_url(f"**/c/{group}")  # who is in it is led there

    do(ada, "Dan", "Remove from the group")
    answer(ada, "Remove")
    expect(guest.page.locator(".thread-pane [data-part=out]")).to_be_visible()
    guest.complaints.expect(re.compile(r"status of 4(03|10)"))
    guest.page.goto(guest.address + path)
    guest.page.get_by_role("button", name="Join the group").click()
    expect(guest.page.get_by_role("heading", name="You cannot join by this link")).to_be_visible()
    expect(guest.page.get_by_text("You were removed from this group.")).to_be_visible()
    ada.page.get_by_role("button", name="Invite by link").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    guest.page.goto(guest.address + path)
    expect(guest.page.get_by_role("heading", name="This link was revoked")).to_be_visible()


def test_somebody_new_signs_in_says_who_they_are_and_joins(
    three: tuple[Person, Person, Person], new_context: Callable[..., BrowserContext]
) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo, title="Rowers")
    ada.page.get_by_role("button", name="Invite by link").click()
    ada.page.get_by_role("button", name="Make a link").click()
    link = ada.page.get_by_role("textbox", name="Invite link").input_value()
    guest = Person(new_context(viewport={"width": 390, "height": 844}), "Eve", ada.address)
    guest.page.goto(ada.address + "/g/" + link.rpartition("/g/")[2])
    guest.page.get_by_role("link", name="Sign in to join").click()
    guest.sign_in_here()
    guest.page.get_by_role("link", name="Say who you are first").click()
    guest.page.get_by_label("Name").fill("Eve")
    guest.page.get_by_role("button", name="Start chatting").click()
    guest.page.get_by_role("button", name="Join the group").click()
    guest.page.wait_for_url(f"**/c/{group}")
    expect(notes(ben).last).to_have_text("Eve joined by Ada’s link")
    assert guest.complaints.unexpected() == []


def test_a_group_that_is_deleted_ends_for_all_and_is_kept_to_read(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo, title="Rowers")
    ada.say("the last word")
    for everybody in (ben, cleo):
        everybody.wait_for_messages(["the last word"])
    cleo.leave()
    ada.page.get_by_role("button", name="Delete the group for all").click()
    ada.page.locator("dialog[open]").get_by_role("textbox").fill("rowers")
    answer(ada, "Delete for all")
    out = "This group was deleted by {}. What was said before stays here."
    expect(ben.page.locator(".thread-pane [data-part=out]")).to_have_text(out.format("Ada"), timeout=AT_ONCE_MS)
    expect(ada.page.locator(".thread-pane [data-part=out]")).to_have_text(out.format("you"))
    cleo.come_back(f"/c/{group}")
    for everybody in (ben, cleo):
        expect(everybody.page.locator(".thread-pane [data-part=out]")).to_have_text(out.format("Ada"))
        everybody.wait_for_messages(["the last word"])
        expect(notes(everybody).last).to_have_text("Ada deleted the group")
        expect(everybody.composer).to_be_hidden()
        expect(everybody.row(group).locator("[data-part=preview]")).to_have_text("Ada deleted the group")
