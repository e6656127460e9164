"""Who has read one's own message in a group: a list, by the menu and by the ticks."""

from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.talk import settled
from tests.views.test_message_actions import items, message, talk

READ = """([id, seq]) => {
  const { view } = chat.talk(id).summary;
  const [me, priya, jonas] = view.members;
  priya.read = priya.delivered = jonas.delivered = seq;
  chat.changed(id);
}"""


def test_the_ticks_and_the_menu_list_who_read_and_who_got_it(open_page: Opener) -> None:
    page = open_page()
    conversation = talk(page)
    page.evaluate(READ, [conversation, 3])
    settled(page)
    dialog = page.get_by_role("dialog", name="Seen by")
    message(page, 3).locator(".tick").click()
    expect(dialog.get_by_role("region", name="Read 1", exact=True).get_by_role("listitem")).to_contain_text(
        "Priya Shah"
    )
    expect(dialog.get_by_role("region", name="Delivered 1", exact=True).get_by_role("listitem")).to_contain_text(
        "Jonas Meyer"
    )
    expect(dialog.get_by_role("region", name="Not yet delivered 1").get_by_role("listitem")).to_contain_text(
        "Amara Okafor"
    )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    message(page, 3).click(button="right")
    page.get_by_role("menuitem", name="Seen by").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")


def test_others_messages_have_no_such_list(open_page: Opener) -> None:
    page = open_page()
    talk(page)
    message(page, 1).click(button="right")
    assert "Seen by" not in items(page)
