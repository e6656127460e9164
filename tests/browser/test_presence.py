"""Who is there, and who is typing."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Joiner


def test_the_other_sees_that_one_is_there_types_and_is_gone(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    about, typing = ann.page.locator(".thread-header [data-part=about]"), ann.page.locator("[data-part=typing]")
    expect(about).to_have_text("online")
    expect(typing).to_be_empty()

    ben.composer.press_sequentially("I am thi")
    expect(typing).to_have_text("Ben is typing…")
    expect(ben.page.locator("[data-part=typing]")).to_be_empty()
    ben.composer.fill("")
    expect(typing).to_be_empty()
    ben.composer.press_sequentially("hm")
    expect(typing).to_have_text("Ben is typing…")
    ben.composer.press("Enter")
    ann.wait_for_messages(["hello", "hm"])
    expect(typing).to_be_empty()

    ben.composer.press_sequentially("and")
    expect(typing).to_have_text("Ben is typing…")
    ben.page.close()
    expect(about).to_have_text(re.compile("last seen"), timeout=20_000)
    expect(typing).to_be_empty()


def test_one_is_there_as_long_as_one_tab_is(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("hello")
    ben.open_chat(conversation)
    about = ann.page.locator(".thread-header [data-part=about]")
    expect(about).to_have_text("online")
    second = ben.second_tab()
    ben.page.close()
    second.say("still here")
    ann.wait_for_messages(["hello", "still here"])
    expect(about).to_have_text("online")
