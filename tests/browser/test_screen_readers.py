"""Without a mouse, and without looking."""

from playwright.sync_api import expect

from tests.browser.conftest import Joiner

LISTEN = """() => {
  window.said = [];
  const heard = (region) => region.textContent && window.said.push(region.textContent);
  for (const region of document.querySelectorAll('[aria-live="polite"], [aria-live="assertive"]'))
    new MutationObserver(() => heard(region)).observe(region, { childList: true, characterData: true, subtree: true });
}"""


def test_ctrl_k_switches_chats_and_esc_closes_and_gives_the_focus_back(person: Joiner) -> None:
    ann, ben, eve = person("Ann"), person("Ben", server=1), person("Eve")
    with_ben, with_eve = ann.open_chat_with(ben), ann.open_chat_with(eve)
    expect(ann.composer).to_be_focused()
    for keys in ("Control+k", "Meta+k"):
        ann.page.keyboard.press(keys)
        expect(ann.page.get_by_role("combobox", name="Switch to a chat")).to_be_focused()
        ann.page.keyboard.press("Escape")
        expect(ann.page.locator("dialog[open]")).to_have_count(0)
        expect(ann.composer).to_be_focused()
    ann.page.keyboard.press("Control+k")
    ann.page.keyboard.type("be")
    ann.page.keyboard.press("Enter")
    ann.page.wait_for_url(f"**/c/{with_ben}")
    expect(ann.composer).to_be_focused()
    assert with_eve not in ann.page.url

    ann.page.keyboard.press("Control+k")
    ann.page.keyboard.type("saved")
    ann.page.keyboard.press("Enter")
    ann.page.wait_for_url("**/saved")
    ann.page.go_back()
    ann.page.wait_for_url(f"**/c/{with_ben}")

    new = ann.page.get_by_role("button", name="New chat")
    new.focus()
    ann.page.keyboard.press("Enter")
    expect(ann.page.get_by_label("Find a person")).to_be_focused()
    ann.page.keyboard.press("Escape")
    expect(new).to_be_focused()


def test_a_new_message_is_said_once_and_history_never(person: Joiner) -> None:
    ann, ben, eve = person("Ann"), person("Ben", server=1), person("Eve")
    with_eve = ann.open_chat_with(eve)
    conversation = ann.open_chat_with(ben)
    ann.say("old words of Ann's")
    ben.open_chat(conversation)
    ben.say("old words of Ben's")
    ann.wait_for_messages(["old words of Ann's", "old words of Ben's"])
    ann.reload()
    ann.page.evaluate(LISTEN)
    ann.wait_for_standing("up_to_date")
    ben.say("said just now")
    ann.wait_for_messages(["old words of Ann's", "old words of Ben's", "said just now"])
    ann.say("my own words")
    ann.wait_for_tick("my own words", "read")
    ann.open_chat(with_eve)
    ann.open_chat(conversation)
    ben.say("the last word")
    expect(ann.message("the last word")).to_be_visible()
    ann.page.wait_for_function("() => window.said.some((text) => text.includes('the last word'))")
    assert ann.page.evaluate("() => window.said") == ["Ben: said just now", "Ben: the last word"]
    log = ann.page.get_by_role("log", name="Messages")
    # The log itself keeps silent: otherwise scrolling through history would be read out.
    expect(log).to_have_attribute("aria-live", "off")


def test_one_finds_a_person_and_chats_by_keyboard_alone(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    page = ann.page
    page.get_by_role("button", name="New chat").focus()
    page.keyboard.press("Enter")
    page.keyboard.type(ben.phone)
    expect(page.locator("[data-view=new-chat] .person-button [data-part=name]")).to_have_text("Ben")
    page.keyboard.press("Enter")
    expect(ann.composer).to_be_focused()
    page.keyboard.type("typed, never clicked")
    page.keyboard.press("Enter")
    ann.wait_for_tick("typed, never clicked", "delivered")
    ben.open_chat(ann.conversation)
    ben.wait_for_messages(["typed, never clicked"])
