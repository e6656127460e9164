"""Who writes to whom knows whom: both contact pages show it at once, and every way leads to one chat."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person

OPEN = """async (user) => {
  const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  const answer = await fetch("/api/v1/conversations", { method: "POST", headers, body: JSON.stringify({ user }) });
  return (await answer.json()).id;
}"""
# Both pages begin at the same moment of the wall clock, whichever is told first.
OPEN_AT = (
    f"async ([user, at]) => {{ await new Promise((go) => setTimeout(go, at - Date.now())); return ({OPEN})(user); }}"
)


def contact(person: Person, name: str) -> Locator:
    return person.page.locator("[data-view=contacts] .person", has_text=name)


def choose(person: Person, name: str, action: str) -> None:
    """An entry of a contact's menu."""
    contact(person, name).get_by_role("button", name="More").click()
    person.page.get_by_role("menuitem", name=action).click()


def test_writing_makes_both_contacts_of_each_other_and_both_pages_show_it_at_once(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    watching = ann.second_tab()
    watching.go("/contacts")
    ben.go("/contacts")
    expect(ben.page.get_by_text("Nobody yet.")).to_be_visible()
    conversation = ann.open_chat_with(ben)
    expect(contact(ben, "Ann")).to_have_count(0)
    ann.say("hello")
    expect(contact(ben, "Ann")).to_be_visible()
    expect(contact(ben, "Ann")).to_contain_text("online")
    expect(watching.page.locator("[data-view=contacts] .person", has_text="Ben")).to_be_visible()
    contact(ben, "Ann").locator("[data-part=open]").click()
    ben.page.wait_for_url(f"**/c/{conversation}")
    ben.wait_for_messages(["hello"])


def test_contacts_search_and_chats_lead_to_the_same_chat(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    ann.go("/contacts")
    ann.page.get_by_role("button", name="Add a contact").click()
    ann.page.get_by_label("Number or @handle").fill(ben.phone)
    ann.page.get_by_role("button", name="Add", exact=True).click()
    contact(ann, "Ben").locator("[data-part=open]").click()
    ann.page.wait_for_url("**/c/*")
    ann.wait_until_alive()
    from_contacts = ann.conversation
    ann.say("hello")
    ann.wait_for_tick("hello", "delivered")

    ann.go("/")
    assert ann.open_chat_with(ben) == from_contacts
    ann.go("/")
    ann.open_chat(from_contacts)
    expect(ann.page.locator(".chat-row")).to_have_count(1)
    assert ben.open_chat_with(ann) == from_contacts
    ben.wait_for_messages(["hello"])
    expect(ben.page.locator(".chat-row")).to_have_count(1)


def test_both_open_the_chat_at_the_same_moment_and_it_is_one(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    at = ann.page.evaluate("() => Date.now() + 1500")
    # Started without waiting for the first: each page works on by itself.
    ann.page.evaluate(f"(given) => {{ window.opened = ({OPEN_AT})(given); }}", [ben.id, at])
    of_ben = ben.page.evaluate(OPEN_AT, [ann.id, at])
    assert ann.page.evaluate("() => window.opened") == of_ben
    for one in (ann, ben):
        one.go(f"/c/{of_ben}")
    ann.say("from Ann")
    ben.wait_for_messages(["from Ann"])
    ben.say("from Ben")
    ann.wait_for_messages(["from Ann", "from Ben"])
    for one in (ann, ben):
        expect(one.page.locator(".chat-row")).to_have_count(1)


def test_an_alias_is_ones_own_and_shown_everywhere(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.row(conversation).wait_for()
    ann.go("/contacts")
    choose(ann, "Ben", "Give a name of my own")
    ann.page.get_by_role("textbox", name="Name").fill("Benjamin from work")
    ann.page.get_by_role("button", name="Save").click()
    expect(contact(ann, "Benjamin from work")).to_contain_text("Ben")
    ann.go(f"/c/{conversation}")
    expect(ann.page.locator(".thread-header [data-part=name]")).to_have_text("Benjamin from work")
    expect(ann.row(conversation).locator(".chat-name")).to_have_text("Benjamin from work")
    ben.reload()
    expect(ben.page.locator("body")).not_to_contain_text("Benjamin from work")


def test_removed_they_are_gone_until_they_write_again(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    ann.go("/contacts")
    choose(ann, "Ben", "Remove")
    ann.page.locator("dialog[open]").get_by_role("button", name="Remove").click()
    expect(contact(ann, "Ben")).to_have_count(0)
    ann.reload()
    expect(contact(ann, "Ben")).to_have_count(0)
    ben.say("still here")
    expect(contact(ann, "Ben")).to_be_visible()


def test_an_invite_leads_through_the_sign_in_to_a_chat_with_whoever_invited(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben")
    ann.go("/contacts")
    link = ann.page.get_by_label("Invite link")
    expect(link).not_to_have_value("")
    invite = link.input_value()

    ben.page.goto("about:blank")
    ben.context.clear_cookies()
    ben.page.goto(invite)
    expect(ben.page.get_by_role("heading", name="Ann invites you")).to_be_visible()
    ben.page.get_by_role("link", name="Sign in to accept").click()
    ben.sign_in_here()
    ben.page.wait_for_url(invite)
    ben.page.get_by_role("button", name="Accept and chat").click()
    ben.page.wait_for_url("**/c/*")
    expect(contact(ann, "Ben")).to_be_visible()
    ben.wait_until_alive()
    ben.say("thank you")
    ann.go(f"/c/{ben.conversation}")
    ann.wait_for_messages(["thank you"])
