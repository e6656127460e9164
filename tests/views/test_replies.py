"""A thread beside its conversation: opened, answered in, closed; by mouse, by keyboard and on a phone."""

from playwright.sync_api import Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.talk import asked, open_chat, say, settled
from tests.views.test_message_actions import revise

THREAD = """() => {
  const id = chat.add("group", [PEOPLE.priya, PEOPLE.jonas, PEOPLE.amara], { title: "Trains", role: "member" });
  chat.say(id, PEOPLE.priya, "by train?", { unread: false });
  chat.say(id, PEOPLE.amara, "no, by boat", { unread: false, target: 1 });
  chat.say(id, PEOPLE.me, "something else");
  chat.say(id, PEOPLE.jonas, "**really**?", { unread: false, target: 2 });
  return id;
}"""


def thread(page: Page) -> str:
    conversation: str = page.evaluate(THREAD)
    open_chat(page, conversation)
    settled(page)
    return conversation


def panel(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Thread")


def said(page: Page) -> list[str]:
    return panel(page).locator(".message .bubble-text").all_inner_texts()


def main(page: Page, seq: int) -> Locator:
    return page.locator(f'#main .message[data-seq="{seq}"]')


def test_it_opens_from_under_its_first_message_and_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page()
    conversation = thread(page)
    expect(page.locator(".thread-link")).to_have_count(1)
    link = main(page, 1).get_by_role("button", name="2 replies")
    link.click()
    expect(panel(page)).to_be_visible()
    assert said(page) == ["by train?", "no, by boat", "really?"]
    expect(panel(page).locator(".replies-count")).to_have_text("2 replies")
    # What answers the first message stands under it; what answers a reply says so.
    assert panel(page).locator(".quote:visible").count() == 1
    field = panel(page).get_by_role("textbox", name="Reply")
    expect(field).to_be_focused()
    field.fill("by bus")
    field.press("Enter")
    assert asked(page, "post") == [[conversation, "by bus", 1]]
    expect(field).to_have_value("")
    expect(panel(page).locator(".message").last).to_contain_text("by bus")
    field.press("Escape")
    expect(panel(page)).to_be_hidden()
    expect(link).to_be_focused()
    # The replies stay in the conversation, too.
    expect(page.locator("#main .message")).to_have_count(5)


def test_it_opens_by_keyboard_from_any_message_of_it_and_begins_from_any_other(open_page: Opener) -> None:
    page = open_page()
    conversation = thread(page)
    for seq in (4, 3):
        main(page, seq).focus()
        page.keyboard.press("Enter")
        page.get_by_role("menuitem", name="Open thread").click()
        expect(panel(page)).to_be_visible()
        page.keyboard.press("Escape")
        expect(main(page, seq)).to_be_focused()
    opened = [args for args in asked(page, "openReplies") if args[1] is not None]
    assert opened == [[conversation, 1], [conversation, 3]]


def test_what_happens_in_it_shows(open_page: Opener) -> None:
    page = open_page()
    conversation = thread(page)
    main(page, 1).get_by_role("button", name="2 replies").click()
    page.evaluate("id => void chat.say(id, PEOPLE.amara, 'yes', { target: 4 })", conversation)
    say(page, conversation, "jonas", "elsewhere")
    revise(page, conversation, 2, "amara", "deleted", "")
    assert said(page) == ["by train?", "This message was deleted", "really?", "yes"]
    expect(main(page, 1).get_by_role("button", name="2 replies")).to_be_visible()
    expect(panel(page).locator(".replies-count")).to_have_text("2 replies")


def test_a_reply_in_it_is_answered_edited_and_reacted_to(open_page: Opener) -> None:
    page = open_page()
    conversation = thread(page)
    main(page, 1).get_by_role("button", name="2 replies").click()
    reply = panel(page).locator('.message[data-seq="4"]')
    reply.hover()
    reply.get_by_role("button", name="Reply").click()
    expect(panel(page)).to_contain_text("Reply to Jonas")
    field = panel(page).get_by_role("textbox", name="Reply")
    field.fill("truly")
    field.press("Enter")
    assert asked(page, "post") == [[conversation, "truly", 4]]
    reply.click(button="right")
    items = page.get_by_role("menuitem").all_inner_texts()
    assert "Select" not in items and "Open thread" not in items
    page.get_by_role("menuitem", name="React").click()
    page.get_by_role("dialog", name="React").get_by_role("button").first.click()
    assert asked(page, "react")[0][:2] == [conversation, 4]


def test_what_was_being_written_in_it_is_there_again(open_page: Opener) -> None:
    page = open_page()
    thread(page)
    link = main(page, 1).get_by_role("button", name="2 replies")
    link.click()
    field = panel(page).get_by_role("textbox", name="Reply")
    field.fill("half a")
    field.press("Escape")
    expect(page.get_by_role("textbox", name="Message")).to_have_value("")
    link.click()
    expect(field).to_have_value("half a")


def test_where_its_first_message_is_deleted_it_is_read_and_no_more(open_page: Opener) -> None:
    page = open_page()
    conversation = thread(page)
    revise(page, conversation, 1, "priya", "deleted", "")
    main(page, 1).get_by_role("button", name="2 replies").click()
    assert said(page) == ["This message was deleted", "no, by boat", "really?"]
    expect(panel(page).get_by_role("textbox")).to_have_count(0)


def test_it_takes_the_place_of_the_details_and_gives_it_back(open_page: Opener) -> None:
    page = open_page(width=1440)
    thread(page)
    details = page.get_by_role("complementary", name="Details")
    expect(details).to_be_visible()
    main(page, 1).get_by_role("button", name="2 replies").click()
    expect(details).to_be_hidden()
    page.keyboard.press("Escape")
    expect(details).to_be_visible()
    main(page, 1).get_by_role("button", name="2 replies").click()
    page.get_by_role("button", name="Details", exact=True).click()
    expect(panel(page)).to_be_hidden()
    expect(details).to_be_visible()


def test_another_chat_closes_it(open_page: Opener) -> None:
    page = open_page()
    thread(page)
    main(page, 1).get_by_role("button", name="2 replies").click()
    other: str = page.evaluate("() => { const id = chat.add('direct', [PEOPLE.priya]); chat.changed(id); return id; }")
    open_chat(page, other)
    expect(panel(page)).to_be_hidden()


def test_on_a_phone_it_covers_the_chat_and_what_lies_under_it_is_not_read(open_page: Opener) -> None:
    page = open_page(width=390, height=844)
    conversation = thread(page)
    main(page, 1).get_by_role("button", name="2 replies").click()
    box = panel(page).bounding_box()
    assert box is not None and (box["x"], box["width"], box["height"]) == (0, 390, 844)
    say(page, conversation, "jonas", "not in the thread")
    settled(page)
    assert not [args for args in asked(page, "markRead") if args[1] == 5]
    panel(page).get_by_role("button", name="Close the thread").click()
    page.wait_for_function("() => chat.asked.some(({ name, args }) => name === 'markRead' && args[1] === 5)")
    expect(panel(page)).to_be_hidden()
