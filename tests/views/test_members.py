"""The members of a group and what one may do with each, by keyboard and for screen readers."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.groups import (
    CHANGES,
    DELETE,
    HAND,
    LARGE,
    MAKE,
    OWN,
    REMOVE,
    TAKE,
    WIDE,
    actions,
    group,
    member,
    offered,
    person,
    tell,
)
from tests.views.talk import asked, open_chat
from tests.views.test_accessibility import problems


def test_an_owner_is_offered_everything(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "owner")
    assert actions(page) == [*CHANGES, *OWN, DELETE]
    assert offered(page, "Jonas Meyer") == ["Message", TAKE, HAND, "Report", REMOVE]
    assert offered(page, "Priya Shah") == ["Message", MAKE, HAND, "Report", REMOVE]
    expect(member(page, "Dana Lopez (you)").locator("[data-part=more]")).to_be_hidden()


def test_an_admin_acts_on_members_alone(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "admin")
    assert actions(page) == [*CHANGES, *OWN]
    assert offered(page, "Amara Okafor") == ["Message", "Report"], "the owner"
    assert offered(page, "Jonas Meyer") == ["Message", "Report"], "another admin"
    assert offered(page, "Priya Shah") == ["Message", MAKE, "Report", REMOVE]


def test_a_member_may_write_to_others_and_leave(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "member")
    assert actions(page) == OWN
    for name in ("Amara Okafor", "Jonas Meyer", "Priya Shah"):
        assert offered(page, name) == ["Message", "Report"]


def test_members_stand_by_role_then_name_and_a_new_role_moves_them(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    names = page.locator("[data-part=members] [data-part=name]")
    expect(names).to_have_text(["Amara Okafor", "Jonas Meyer", "Dana Lopez (you)", "Priya Shah"])
    expect(page.locator("[data-part=members] .tag:visible")).to_have_text(["owner", "admin"])
    tell(page, conversation, "amara", "role", f"{person(page, 'priya')} owner")
    expect(names).to_have_text(["Priya Shah", "Amara Okafor", "Jonas Meyer", "Dana Lopez (you)"])
    expect(page.locator(".thread-note").last).to_have_text("Amara Okafor handed the group to Priya Shah")


def test_by_keyboard_alone_somebody_is_promoted_and_removed_and_the_focus_is_never_lost(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner")
    priya = person(page, "priya")
    more = member(page, "Priya Shah").locator("[data-part=more]")
    member(page, "Priya Shah").locator("[data-part=open]").focus()
    page.keyboard.press("Tab")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name=MAKE)).to_be_focused()
    page.keyboard.press("Enter")
    expect(member(page, "Priya Shah").locator(".tag")).to_have_text("admin")
    expect(more).to_be_focused()
    assert asked(page, "appoint") == [[conversation, priya, "admin"]]

    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    assert asked(page, "removeMember") == []
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(member(page, "Priya Shah")).to_have_count(0)
    assert asked(page, "removeMember") == [[conversation, priya]]
    assert page.evaluate("() => document.activeElement.closest('[data-part=members]') !== null"), "on a neighbour"
    expect(page.locator(".thread-note").last).to_have_text("You removed Priya Shah")


def test_out_of_the_group_nothing_is_left_to_do_but_to_read_and_to_archive(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    page.keyboard.type("half a thought")
    page.evaluate("id => { chat.post(id, 'too late'); chat.refuse(id, 'There is nothing here.') }", conversation)
    before = len(asked(page, "markRead"))
    tell(page, conversation, "amara", "removed", page.evaluate("() => chat.me.id"))
    thread = page.locator(".thread-pane")
    expect(thread.locator("[data-part=out]")).to_have_text(
        "You are no longer in this group. What was said before stays here."
    )
    for gone in ("composer", "standing", "typing", "closed"):
        expect(thread.locator(f"[data-part={gone}]")).to_be_hidden()
    expect(thread.locator("[data-part=scroll]")).to_be_focused()
    expect(thread.locator("[data-part=about]")).to_have_text("You are no longer in this group")
    expect(page.locator(".details-pane [data-part=detail]")).to_have_text("You are no longer in this group")
    expect(thread.locator(".thread-note").last).to_have_text("Amara Okafor removed you")
    refused = thread.locator(".message-refused:visible")
    expect(refused).to_contain_text("Not sent. You are no longer in this group.")
    expect(refused.get_by_role("button", name="Try again")).to_be_hidden()
    expect(refused.get_by_role("button", name="Delete")).to_be_visible()
    assert actions(page) == ["Pin to the top", "Archive"]
    expect(page.locator("[data-part=members] [data-part=more]:visible")).to_have_count(0)
    assert len(asked(page, "markRead")) == before
    page.locator(".chat-link", has_text="Trains").dispatch_event("contextmenu")
    assert page.get_by_role("menuitem").all_inner_texts() == ["Pin to the top", "Archive"]
    page.get_by_role("menuitem", name="Archive").click()
    tell(page, conversation, "amara", "added", page.evaluate("() => chat.me.id"))
    expect(thread.locator("[data-part=composer]")).to_be_visible()


def test_a_crowd_is_searched(open_page: Opener) -> None:
    page = open_page(**WIDE)
    open_chat(page, page.evaluate(LARGE))
    expect(page.locator("[data-part=members-count]")).to_have_text("22")
    page.get_by_label("Search the members").fill("member 1")
    expect(page.locator("[data-part=members] .person")).to_have_count(11)
    page.get_by_label("Search the members").fill("zzz")
    expect(page.locator("[data-part=members-none]")).to_have_text("Nobody matches.")
    group(page, "member")
    expect(page.get_by_label("Search the members")).to_be_hidden()
    expect(page.locator("[data-part=members] .person")).to_have_count(4)


def test_a_thousand_are_shown_a_page_at_a_time_and_searched_at_once(open_page: Opener) -> None:
    page = open_page(**WIDE)
    open_chat(page, page.evaluate(LARGE.replace("length: 20", "length: 998")))
    expect(page.locator("[data-part=members-count]")).to_have_text("1,000")
    rows = page.locator("[data-part=members] .person")
    expect(rows).to_have_count(100)
    page.get_by_role("button", name="Show more members").click()
    expect(rows).to_have_count(200)
    expect(rows.nth(100).get_by_role("button").first).to_be_focused()
    took = page.evaluate(
        """async () => {
          const input = document.querySelector("[data-part=members-query]");
          const began = performance.now();
          input.value = "member 997";
          input.dispatchEvent(new Event("input"));
          return performance.now() - began;
        }"""
    )
    print(f"a search among a thousand: {took:.0f} ms")
    assert took < 500
    expect(rows).to_have_count(1)
    expect(page.get_by_role("button", name="Show more members")).to_be_hidden()


def test_a_screen_reader_hears_who_was_removed(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    tell(page, conversation, "amara", "removed", person(page, "priya"))
    expect(page.locator("[data-view=announcer]")).to_have_text("Amara Okafor removed Priya Shah")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_serious(open_page: Opener, theme: str, width: Any) -> None:
    # axe is put into the page as a script, which the page's own policy forbids.
    page = open_page(width=width, height=900, theme=theme, bypass_csp=True, reduced_motion="reduce")
    conversation = group(page, "owner")
    if width < 1280:
        page.get_by_role("button", name="Details", exact=True).click()
    member(page, "Priya Shah").locator("[data-part=more]").click()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add people").click()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave the group").click()
    page.get_by_role("button", name="Choose an owner").click()
    assert problems(page) == []
    page.keyboard.press("Escape")
    open_chat(page, page.evaluate(LARGE)) if width > 1280 else None
    assert problems(page) == []
    tell(page, conversation, "amara", "removed", page.evaluate("() => chat.me.id"))
    assert problems(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
