"""What was typed and not sent stays where it was typed."""

import re

from playwright.sync_api import Browser, expect

from tests.browser.chromium import NETWORK_IS_AWAY
from tests.browser.conftest import Joiner
from tests.browser.people import Tab

NOT_SIGNED_IN = re.compile(f"401|{NETWORK_IS_AWAY.pattern}")


def test_drafts_survive_switching_reloading_and_an_expired_session(person: Joiner) -> None:
    ann, ben, eve = person("Ann"), person("Ben", server=1), person("Eve")
    with_ben = ann.open_chat_with(ben)
    with_eve = ann.open_chat_with(eve)
    ann.composer.fill("for Eve\nwith a second line")
    ann.open_chat(with_ben)
    expect(ann.composer).to_have_value("")
    ann.composer.fill("for Ben")
    expect(ann.row(with_eve)).to_contain_text("Draft: for Eve")
    ann.open_chat(with_eve)
    expect(ann.composer).to_have_value("for Eve\nwith a second line")
    expect(ann.row(with_ben)).to_contain_text("Draft: for Ben")

    ann.reload()
    expect(ann.composer).to_have_value("for Eve\nwith a second line")

    ann.context.clear_cookies()
    ann.complaints.expect(NOT_SIGNED_IN)
    ann.page.goto(f"{ann.address}/c/{with_ben}")
    ann.page.wait_for_url("**/sign-in?next=**")
    ann.sign_in_here()
    ann.page.wait_for_url(f"**/c/{with_ben}")
    ann.wait_until_alive()
    expect(ann.composer).to_have_value("for Ben")
    ann.open_chat(with_eve)
    expect(ann.composer).to_have_value("for Eve\nwith a second line")
    assert ben.page.locator(".chat-row").count() == 0, "a draft is nobody else's"


def test_what_was_written_before_an_expired_session_is_sent_after_it(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("before")
    ann.wait_for_tick("before", "delivered")
    ann.go_offline()
    ann.wait_for_standing("offline", within_ms=30_000)
    ann.say("in between")
    ann.complaints.expect(NOT_SIGNED_IN)
    ann.context.clear_cookies()
    ann.go_online()
    ann.page.wait_for_url("**/sign-in?next=**", timeout=30_000)
    ann.sign_in_here()
    ann.wait_until_alive()
    ann.wait_for_messages(["before", "in between"])
    ben.open_chat(conversation)
    ben.wait_for_messages(["before", "in between"])


def test_a_draft_is_not_shown_to_whoever_signs_in_next(person: Joiner) -> None:
    ann, ben, eve = person("Ann"), person("Ben", server=1), person("Eve")
    ann.open_chat_with(ben)
    ann.composer.fill("a secret of Ann's")
    ann.context.clear_cookies()
    ann.complaints.expect(NOT_SIGNED_IN)
    ann.page.goto(f"{ann.address}/")
    ann.page.wait_for_url("**/sign-in**")
    ann.phone = eve.phone
    ann.sign_in_here()
    ann.wait_until_alive()
    assert "a secret of Ann's" not in ann.page.evaluate("() => JSON.stringify({ ...localStorage })")
    expect(ann.page.locator("body")).not_to_contain_text("a secret of Ann's")


def test_a_draft_follows_to_the_other_device_and_two_that_type_at_once_lose_nothing(
    person: Joiner, browser: Browser
) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    state = ann.context.storage_state()
    context = browser.new_context(storage_state={"cookies": state["cookies"], "origins": []})
    phone = Tab(context.new_page(), ann.address)
    phone.go(f"/c/{conversation}")
    ann.composer.fill("on my")
    expect(phone.composer).to_have_value("on my")
    ann.composer.press_sequentially(" way")
    expect(phone.composer).to_have_value("on my way")
    phone.go("/")
    expect(phone.row(conversation)).to_contain_text("Draft: on my way")
    phone.open_chat(conversation)
    ann.say("on my way")
    expect(phone.composer).to_have_value("")

    context.set_offline(True)
    phone.wait_for_standing("offline", within_ms=30_000)
    phone.composer.press_sequentially("from the train")
    ann.composer.press_sequentially("from the desk")
    view = f"{ann.address}/api/v1/conversations/{conversation}"
    ann.wait_until(lambda: ann.context.request.get(view).json()["me"]["draft"] == "from the desk")
    context.set_offline(False)
    for device in (ann, phone):
        expect(device.composer).to_have_value("from the desk\n\nfrom the train", timeout=30_000)
    phone.page.keyboard.type("!")
    expect(ann.composer).to_have_value("from the desk\n\nfrom the train!")
    context.close()
