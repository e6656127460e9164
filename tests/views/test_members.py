"""The members of a group and what one may do with them, by keyboard and for screen readers."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, open_chat, settled
from tests.views.test_accessibility import problems

GROUP = """([role, others]) => {
  const people = Object.values(PEOPLE).filter(({ id }) => id !== chat.me.id).slice(0, others);
  const id = chat.add("group", people, { title: "Trains", role });
  chat.say(id, people[0], "hello", { unread: false });
  return id;
}"""
LARGE = """() => {
  const person = n => ({ ...PEOPLE.ben, id: `m${n}`.padStart(22, "m"), name: `Member ${n}`, handle: null });
  const id = chat.add("group", [PEOPLE.amara, ...Array.from({ length: 20 }, (_, n) => person(n))], { title: "Crowd" });
  chat.say(id, PEOPLE.amara, "hello", { unread: false });
  return id;
}"""
SAY = "([id, who, kind, body]) => void chat.say(id, PEOPLE[who], body, { kind })"
WIDE = {"width": 1440, "height": 900}


def group(page: Page, role: str, others: int = 3) -> str:
    """A group of Amara, Jonas and so on and me, who has this role in it, opened; its id."""
    conversation: str = page.evaluate(GROUP, [role, others])
    open_chat(page, conversation)
    return conversation


def tell(page: Page, conversation: str, who: str, kind: str, body: str = "") -> None:
    """``who`` is a key of PEOPLE; an entry that is no message arrives."""
    page.evaluate(SAY, [conversation, who, kind, body])
    settled(page)


def person(page: Page, key: str) -> str:
    """Somebody's id."""
    found: str = page.evaluate("key => PEOPLE[key].id", key)
    return found


def member(page: Page, name: str) -> Locator:
    return page.locator("[data-part=members] .person", has_text=name)


def offered(page: Page, name: str) -> list[str]:
    """What the member's menu offers."""
    member(page, name).locator("[data-part=more]").click()
    texts = page.get_by_role("menuitem").all_inner_texts()
    page.keyboard.press("Escape")
    return texts


def actions(page: Page) -> list[str]:
    return page.locator("[data-part=actions] button").all_inner_texts()


OWN = ["Pin to the top", "Mute", "Archive", "Leave the group"]
CHANGES = ["Add people", "Change the title"]
MAKE, TAKE, HAND, REMOVE = "Make an admin", "Take the admin role away", "Hand the group over", "Remove from the group"


def test_an_owner_is_offered_everything(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "owner")
    assert actions(page) == [*CHANGES, *OWN]
    assert offered(page, "Jonas Meyer") == ["Message", TAKE, HAND, REMOVE]
    assert offered(page, "Priya Shah") == ["Message", MAKE, HAND, REMOVE]
    expect(member(page, "Dana Lopez (you)").locator("[data-part=more]")).to_be_hidden()


def test_an_admin_acts_on_members_alone(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "admin")
    assert actions(page) == [*CHANGES, *OWN]
    assert offered(page, "Amara Okafor") == ["Message"], "the owner"
    assert offered(page, "Jonas Meyer") == ["Message"], "another admin"
    assert offered(page, "Priya Shah") == ["Message", MAKE, REMOVE]


def test_a_member_may_write_to_others_and_leave(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "member")
    assert actions(page) == OWN
    for name in ("Amara Okafor", "Jonas Meyer", "Priya Shah"):
        assert offered(page, name) == ["Message"]


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


def test_contacts_who_are_not_in_it_are_added(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Add people").click()
    dialog = page.get_by_role("dialog", name="Add people")
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    expect(dialog.get_by_role("checkbox").first).to_be_focused()
    dialog.get_by_role("button", name="Add").click()
    expect(dialog.get_by_role("alert")).to_have_text("Choose at least one person.")
    dialog.get_by_role("checkbox", name="Ben Carter").check()
    expect(dialog.locator("[data-part=error]")).to_be_empty()
    dialog.get_by_role("checkbox", name="Yuki (Osaka)").check()
    page.evaluate("() => { chat.refusal = { code: 'pending', message: 'Ask again with the same client id.' } }")
    dialog.get_by_role("button", name="Add 2 people").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Try again in a moment")
    page.evaluate("() => { chat.refusal = null }")
    dialog.get_by_role("button", name="Add 2 people").click()
    expect(dialog).to_be_hidden()
    both = [person(page, "ben"), person(page, "yuki")]
    assert asked(page, "addMembers") == [[conversation, both], [conversation, both]]
    expect(page.locator(".thread-note").last).to_have_text("You added Ben Carter and Yuki (Osaka)")
    expect(page.get_by_role("button", name="Add people")).to_be_focused()
    page.get_by_role("button", name="Add people").click()
    expect(dialog).to_contain_text("All your contacts are in the group already.")


def test_among_many_contacts_one_searches_and_what_was_chosen_stays_chosen(open_page: Opener) -> None:
    page = open_page(**WIDE)
    page.evaluate(
        """() => chat.know([...chat.known, ...Array.from({ length: 300 }, (_, n) => ({
          ...chat.known[0], user: { ...PEOPLE.ben, id: `k${n}`.padStart(22, "k"), name: `Known ${n}`, handle: `k_${n}` },
        }))])"""
    )
    conversation = group(page, "owner")
    page.get_by_role("button", name="Add people").click()
    dialog = page.get_by_role("dialog", name="Add people")
    search = dialog.get_by_role("searchbox")
    expect(search).to_be_focused()
    expect(dialog.get_by_role("checkbox")).to_have_count(100)
    expect(dialog).to_contain_text("There are more. Search to find them.")
    page.keyboard.type("known 299")
    page.keyboard.press("Enter")
    page.keyboard.type("@k_150")
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.type("nobody at all")
    expect(dialog).to_contain_text("Nobody matches.")
    dialog.get_by_role("button", name="Add 2 people").click()
    assert asked(page, "addMembers") == [[conversation, ["k299".rjust(22, "k"), "k150".rjust(22, "k")]]]


def test_the_title_is_changed_and_a_refusal_is_told(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Change the title").click()
    page.get_by_role("textbox", name="Title").fill("Ships")
    page.keyboard.press("Enter")
    expect(page.locator(".thread-header h2")).to_have_text("Ships")
    expect(page.locator(".composer-input")).to_have_attribute("placeholder", "Message Ships")
    page.get_by_role("button", name="Change the title").click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    assert asked(page, "renameGroup") == [[conversation, "Ships"]], "the same title is no change"
    page.evaluate("() => { chat.refusal = { code: 'forbidden', message: 'Only admins change its title.' } }")
    page.get_by_role("button", name="Change the title").click()
    page.get_by_role("textbox", name="Title").fill("Boats")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_have_text("Only admins change its title.")


def test_a_long_title_makes_the_composer_no_higher(open_page: Opener) -> None:
    page = open_page(width=390, height=844)
    conversation = group(page, "member")
    field = page.locator(".composer-input")
    before = field.evaluate("e => e.offsetHeight")
    tell(page, conversation, "amara", "titled", "all of it " * 12)
    page.get_by_role("button", name="Back to the chats").click()
    open_chat(page, conversation)
    expect(field).to_have_attribute("placeholder", re.compile("all of it all of it"))
    assert field.evaluate("e => e.offsetHeight") == before


def test_an_owner_is_led_to_hand_over_before_leaving(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner")
    page.get_by_role("button", name="Leave the group").click()
    expect(page.get_by_role("dialog")).to_contain_text("Choose who owns it from now on")
    page.get_by_role("button", name="Choose an owner").click()
    chooser = page.get_by_role("dialog", name="Hand the group over")
    expect(chooser.get_by_role("radio")).to_have_count(3)
    chooser.get_by_role("radio", name="Jonas Meyer").check()
    chooser.get_by_role("radio", name="Priya Shah").check()
    chooser.get_by_role("button", name="Hand over").click()
    assert asked(page, "appoint") == [[conversation, person(page, "priya"), "owner"]]
    assert asked(page, "leaveGroup") == []
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.locator(".thread-pane [data-part=out]")).to_be_visible()
    assert asked(page, "leaveGroup") == [[conversation]]


def test_the_last_one_leaves_without_an_heir(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner", others=1)
    tell(page, conversation, "amara", "left")
    page.get_by_role("button", name="Leave the group").click()
    expect(page.get_by_role("dialog")).to_contain_text("You are the last one in it.")
    page.get_by_role("button", name="Leave", exact=True).click()
    expect(page.locator(".thread-pane [data-part=out]")).to_be_visible()
    assert asked(page, "leaveGroup") == [[conversation]]


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
