"""A group on the page: what the tests of members and of changes have at hand."""

from playwright.sync_api import Locator, Page

from tests.views.talk import open_chat, settled

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


OWN = ["Pin to the top", "Notifications", "Mark as unread", "Archive", "Leave the group"]
DELETE = "Delete the group for all"
CHANGES = ["Add people", "Invite by link", "Change the title", "Group settings"]
MAKE, TAKE, HAND, REMOVE = "Make an admin", "Take the admin role away", "Hand the group over", "Remove from the group"
