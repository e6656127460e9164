"""Without a mouse, and without a screen."""

from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.talk import long_chat, say, settled


def test_ctrl_k_switches_chats_and_esc_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page()
    long_chat(page, 5)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".composer-input")).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("jon")
    page.keyboard.press("Enter")
    expect(page.locator(".thread-header h2")).to_have_text("Jonas Meyer")
    expect(page.locator(".composer-input")).to_be_focused()


def test_ctrl_k_finds_people_and_commands_too(open_page: Opener) -> None:
    page = open_page()
    options = page.get_by_role("dialog").get_by_role("option")
    page.keyboard.press("Control+k")
    chats = page.locator(".chat-link").count()
    expect(options.nth(chats)).to_have_text("New chat")
    page.keyboard.type("priya")
    expect(options.last).to_contain_text("Priya Shah")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator(".thread-header h2")).to_have_text("Priya Shah")
    page.keyboard.press("Control+k")
    page.keyboard.type("new")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find a person")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzz")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("Nothing has that name.")


def test_the_list_is_walked_by_arrow_keys(open_page: Opener) -> None:
    page = open_page()
    links = page.locator(".chat-link")
    links.nth(0).focus()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("End")
    expect(links.last).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(links.nth(0)).to_have_attribute("aria-current", "true")


def test_a_rows_menu_is_walked_by_arrow_keys_and_esc_gives_the_focus_back(open_page: Opener) -> None:
    page = open_page()
    link = page.locator(".chat-link", has_text="Jonas Meyer")
    link.focus()
    link.dispatch_event("contextmenu")
    expect(page.get_by_role("menuitem").nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Notifications")).to_be_focused()
    page.keyboard.press("Escape")
    expect(link).to_be_focused()
    link.dispatch_event("contextmenu")
    page.keyboard.press("Enter")
    expect(page.locator(".chat-row", has_text="Jonas Meyer").get_by_label("Pinned")).to_be_visible()


def test_a_new_message_is_said_once_and_history_never(open_page: Opener) -> None:
    page = open_page()
    page.evaluate(
        """() => {
          window.said = [];
          const region = document.querySelector('[data-view="announcer"]');
          new MutationObserver(() => region.textContent && said.push(region.textContent))
            .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    conversation = long_chat(page, 200)
    page.evaluate("id => chat.loadOlder(id)", conversation)
    settled(page)
    say(page, conversation, "priya", "hello there")
    say(page, conversation, "me", "my own")
    settled(page)
    page.evaluate("id => chat.changed(id)", conversation)
    settled(page)
    assert page.evaluate("() => said") == ["Priya Shah: hello there"]
    assert page.locator('[role="log"]').get_attribute("aria-live") == "off"


def test_the_title_and_the_rail_say_how_much_is_unread(open_page: Opener) -> None:
    page = open_page()
    expect(page).to_have_title("(7) Chatter")
    expect(page.locator(".rail-badge")).to_have_text("7")
    page.locator(".chat-link", has_text="On-call").click()
    expect(page).to_have_title("(3) Chatter")


def test_on_a_phone_the_thread_takes_the_screen_and_back_leads_to_the_list(open_page: Opener) -> None:
    page = open_page(width=390, height=844)
    expect(page.locator(".list-pane")).to_be_visible()
    page.locator(".chat-link").nth(1).click()
    expect(page.locator(".list-pane")).to_be_hidden()
    expect(page.locator(".rail")).to_be_hidden()
    page.get_by_role("button", name="Back to the chats").click()
    expect(page.locator(".list-pane")).to_be_visible()
    assert page.url.endswith("/")


def test_an_address_of_a_chat_that_is_not_ours_leads_to_the_list(open_page: Opener) -> None:
    page = open_page("/c/" + "z" * 22, width=390, height=844)
    expect(page.locator(".toast")).to_have_text("There is nothing here, or it is not for you.")
    expect(page.locator(".list-pane")).to_be_visible()
    assert page.url.endswith("/")
