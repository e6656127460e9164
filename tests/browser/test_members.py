"""Who is in a group, and as what: changed by one, seen by all at once, whichever server they are at."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Joiner
from tests.browser.people import BUSY, Person, Tab
from tests.browser.wire import Wire

DESKTOP = {"viewport": {"width": 1440, "height": 900}}
OUT = "You are no longer in this group. What was said before stays here."
AT_ONCE_MS = 2_000 * BUSY
FORGET = """async (user) => {
  const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
  const answer = await fetch(`/api/v1/contacts/${user}`, { method: "DELETE", headers: { "X-CSRFToken": csrf_token } });
  if (!answer.ok) throw new Error(`${answer.status}`);
}"""
ROLES = """rows => rows.map((row) =>
  ["name", "tag"].map((part) => row.querySelector(`[data-part=${part}]`).textContent).join(" ").trim()
    .replace(/ member$/, ""))"""
MADE = """async ([title, users]) => {
  const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
  const ask = async (path, body) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
    const answer = await fetch(`/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  for (const user of users) await ask("/contacts", { user });
  return title === null ? null : (await ask("/groups", { title, users })).id;
}"""


def acquaint(one: Person, *others: Person) -> None:
    """The others are contacts of ``one``'s."""
    one.page.evaluate(MADE, [None, [other.id for other in others]])


def found(owner: Person, *others: Person, title: str = "Trains") -> str:
    """A group of these, which all of them have open; its id."""
    group = str(owner.page.evaluate(MADE, [title, [other.id for other in others]]))
    for somebody in (owner, *others):
        somebody.open_chat(group)
        somebody.wait_for_standing("up_to_date")
    return group


def notes(tab: Tab) -> Locator:
    """The quiet lines of the thread, but for its edge."""
    return tab.page.locator(".thread-note").filter(has_not_text=re.compile("beginning of this chat|You joined here"))


def members(tab: Tab) -> Locator:
    return tab.page.locator("[data-part=members] .person")


def roles(tab: Tab) -> list[str]:
    """As the details show them, in their order: "Ada (you) owner"."""
    shown: list[str] = members(tab).evaluate_all(ROLES)
    return shown


def wait_for_roles(tab: Tab, shown: list[str]) -> None:
    tab.wait_until(lambda: roles(tab) == shown)


def do(tab: Tab, name: str, what: str) -> None:
    """Choose in a member's menu."""
    members(tab).filter(has_text=name).locator("[data-part=more]").click()
    tab.page.get_by_role("menuitem", name=what).click()


def answer(tab: Tab, button: str) -> None:
    """In the dialog that is open."""
    tab.page.locator("dialog[open]").get_by_role("button", name=button, exact=True).click()


def add(tab: Tab, *people: Person) -> None:
    tab.page.get_by_role("button", name="Add people").click()
    for one in people:
        tab.page.locator("dialog[open]").get_by_role("checkbox", name=one.name).check()
    tab.page.locator("dialog[open]").get_by_role("button", name=re.compile("^Add ")).click()
    expect(tab.page.locator("dialog[open]")).to_have_count(0)  # nobody writes behind a dialog


@pytest.fixture
def three(person: Joiner) -> tuple[Person, Person, Person]:
    """Ada, Ben at the other server, and Cleo."""
    return person("Ada", **DESKTOP), person("Ben", server=1, **DESKTOP), person("Cleo", **DESKTOP)


def test_the_removed_are_out_at_once_and_the_next_message_is_not_theirs(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo)
    elsewhere = ben.second_tab()
    expect(elsewhere.composer).to_be_visible()
    heard: list[str] = []
    for page in (ben.page, elsewhere.page):
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
        page.reload()
    for tab in (ben, elsewhere):
        tab.wait_until_alive()
        tab.wait_for_standing("up_to_date")
    ada.say("all here")
    for everybody in (ada, ben, cleo):
        everybody.wait_for_messages(["all here"])

    do(ada, "Ben", "Remove from the group")
    answer(ada, "Remove")
    for tab in (ben, elsewhere):
        expect(tab.page.locator(".thread-pane [data-part=out]")).to_have_text(OUT, timeout=AT_ONCE_MS)
        expect(tab.composer).to_be_hidden()
        expect(notes(tab).last).to_have_text("Ada removed you")
        expect(tab.page.locator(".thread-header [data-part=about]")).to_have_text("You are no longer in this group")
        expect(members(tab).locator("[data-part=more]:visible")).to_have_count(0)
    ada.say("just us")
    for everybody in (ada, cleo):
        everybody.wait_for_messages(["all here", "just us"])
        expect(notes(everybody).last).to_have_text("You removed Ben" if everybody is ada else "Ada removed Ben")
    order = cleo.page.locator(".thread-rows > .message .bubble-text, .thread-rows > .thread-note").all_inner_texts()
    assert [" ".join(text.split()) for text in order][-3:] == ["all here", "Ada removed Ben", "just us"]
    expect(members(cleo)).to_have_count(2)
    expect(cleo.row(group).locator("[data-part=unread]")).to_be_hidden()

    expect(ben.row(group).locator("[data-part=preview]")).to_have_text("Ada removed you")
    for tab in (ben, elsewhere):
        tab.reload()
        expect(tab.page.locator(".thread-pane [data-part=out]")).to_be_visible()
        tab.wait_for_messages(["all here"])
    assert any("all here" in frame for frame in heard)
    assert not any("just us" in frame for frame in heard)
    ben.row(group).locator("[data-part=link]").dispatch_event("contextmenu")
    ben.page.get_by_role("menuitem", name="Archive").click()
    expect(ben.row(group)).to_have_count(0)


@pytest.mark.service_worker
def test_what_waits_for_a_group_one_is_out_of_is_not_sent_and_said_so(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    found(ada, ben, cleo)
    ben.wait_for_offline_shell()
    ben.go_offline()
    ben.wait_for_standing("offline")
    ben.say("are you there?")
    do(ada, "Ben", "Remove from the group")
    answer(ada, "Remove")
    expect(notes(ada).last).to_have_text("You removed Ben")
    ben.go_online()
    expect(ben.page.locator(".thread-pane [data-part=out]")).to_be_visible()
    expect(ben.page.locator(".message-refused:visible")).to_contain_text("Not sent. You are no longer in this group.")
    expect(notes(ben).last).to_have_text("Ada removed you")
    cleo.wait_for_messages([])


def test_people_are_added_and_see_what_is_said_from_then_on(
    three: tuple[Person, Person, Person], person: Joiner
) -> None:
    ada, ben, cleo = three
    dan = person("Dan", server=1, **DESKTOP)
    group = found(ada, ben)
    ada.say("before")
    ben.wait_for_messages(["before"])
    acquaint(ada, cleo, dan)
    add(ada, cleo, dan)
    expect(notes(ada).last).to_have_text(re.compile("^You added (Cleo and Dan|Dan and Cleo)$"))
    expect(notes(ben).last).to_have_text(re.compile("^Ada added (Cleo and Dan|Dan and Cleo)$"))
    for everybody in (ada, ben):
        expect(members(everybody)).to_have_count(4)
    for newcomer in (cleo, dan):
        newcomer.open_chat(group)
        expect(notes(newcomer)).to_have_text([re.compile("^Ada added you and ")])
        expect(newcomer.page.locator(".thread-note").first).to_have_text("You joined here")
        newcomer.say(f"{newcomer.name} is here")
        ben.message(f"{newcomer.name} is here").wait_for()
    for newcomer in (cleo, dan):
        newcomer.wait_for_messages(["Cleo is here", "Dan is here"])
    ben.wait_for_messages(["before", "Cleo is here", "Dan is here"])


def test_who_was_removed_is_added_again_and_nothing_said_meanwhile_is_theirs(
    three: tuple[Person, Person, Person],
) -> None:
    ada, ben, cleo = three
    found(ada, ben, cleo)
    ada.say("one")
    ben.wait_for_messages(["one"])
    do(ada, "Ben", "Remove from the group")
    answer(ada, "Remove")
    expect(ben.composer).to_be_hidden()
    ada.say("two")
    cleo.wait_for_messages(["one", "two"])
    add(ada, ben)
    expect(ben.composer).to_be_visible()
    ada.say("three")
    ben.wait_for_messages(["three"])
    expect(notes(ben)).to_have_text(["Ada added you"])
    ben.say("back again")
    for everybody in (ada, cleo):
        everybody.wait_for_messages(["one", "two", "three", "back again"])
    ben.reload()
    ben.wait_for_messages(["three", "back again"])


def test_roles_and_the_title_change_before_everybodys_eyes(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    group = found(ada, ben, cleo)
    rename = "Change the title"
    expect(ben.page.get_by_role("button", name=rename)).to_have_count(0)
    do(ada, "Ben", "Make an admin")
    expect(notes(ben).last).to_have_text("Ada made you an admin")
    for everybody, shown in (
        (ada, ["Ada (you) owner", "Ben admin", "Cleo"]),
        (ben, ["Ada owner", "Ben (you) admin", "Cleo"]),
        (cleo, ["Ada owner", "Ben admin", "Cleo (you)"]),
    ):
        wait_for_roles(everybody, shown)
    ben.page.get_by_role("button", name=rename).click()
    ben.page.locator("dialog[open]").get_by_role("textbox").fill("Ships")
    answer(ben, "Save")
    for everybody in three:
        expect(everybody.page.locator(".thread-header [data-part=name]")).to_have_text("Ships")
        expect(everybody.row(group).locator("[data-part=name]")).to_have_text("Ships")
    expect(notes(cleo).last).to_have_text("Ben changed the title to “Ships”")
    expect(cleo.row(group).locator("[data-part=preview]")).to_have_text("Ben changed the title to “Ships”")
    expect(cleo.page).to_have_title("Chatter")
    do(ada, "Ben", "Take the admin role away")
    expect(ben.page.get_by_role("button", name=rename)).to_have_count(0)
    expect(notes(cleo).last).to_have_text("Ada made Ben an ordinary member again")


def test_an_owner_hands_the_group_over_and_leaves(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    found(ada, ben, cleo)
    ada.say("look after it")
    ada.page.get_by_role("button", name="Leave the group").click()
    answer(ada, "Choose an owner")
    ada.page.locator("dialog[open]").get_by_role("radio", name="Ben").check()
    answer(ada, "Hand over")
    expect(notes(ben).last).to_have_text("Ada handed the group to you")
    answer(ada, "Leave")
    expect(ada.page.locator(".thread-pane [data-part=out]")).to_have_text(OUT)
    for everybody in (ben, cleo):
        expect(notes(everybody).last).to_have_text("Ada left")
        expect(members(everybody)).to_have_count(2)
        expect(everybody.message("look after it").locator(".message-sender")).to_have_text("Ada")
    assert roles(ben) == ["Ben (you) owner", "Cleo"]
    # Her name is known from the group alone, too.
    cleo.page.evaluate(FORGET, ada.id)
    cleo.reload()
    expect(cleo.message("look after it").locator(".message-sender")).to_have_text("Ada")
    do(ben, "Cleo", "Hand the group over")
    answer(ben, "Hand over")
    wait_for_roles(cleo, ["Cleo (you) owner", "Ben admin"])


def test_two_windows_of_one_person_show_the_same(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    found(ada, ben, cleo)
    other = ada.second_tab()
    other.wait_for_standing("up_to_date")
    do(ada, "Cleo", "Remove from the group")
    answer(ada, "Remove")
    for tab in (ada, other):
        expect(notes(tab).last).to_have_text("You removed Cleo")
        expect(members(tab)).to_have_count(2)
    do(other, "Ben", "Make an admin")
    wait_for_roles(ada, ["Ada (you) owner", "Ben admin"])


def test_an_answer_that_is_lost_is_asked_for_again_and_done_once(three: tuple[Person, Person, Person]) -> None:
    ada, ben, cleo = three
    found(ada, ben, cleo)
    wire = Wire(ada)
    ada.wait_for_standing("up_to_date")
    wire.lose(lambda name, payload: name == "entries")
    ids: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        ids.append(route.request.post_data_json["client_id"])
        answered = route.fetch()
        if len(ids) == 1:
            route.fulfill(status=503, json={"code": "pending", "message": "Ask again."})
        else:
            route.fulfill(response=answered)

    ada.complaints.expect(re.compile("status of 503"))
    ada.page.route("**/removal", lose_the_first_answer)
    do(ada, "Cleo", "Remove from the group")
    answer(ada, "Remove")
    expect(ada.page.locator(".toast")).to_contain_text("Try again in a moment")
    do(ada, "Cleo", "Remove from the group")
    answer(ada, "Remove")
    ada.wait_until(lambda: len(ids) == 2)
    assert ids[0] == ids[1]
    expect(members(ada)).to_have_count(2)
    expect(notes(ben)).to_have_text([re.compile("created the group"), "Ada removed Cleo"])
