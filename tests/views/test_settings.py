"""The settings' panels where the server refuses, and what they say to whoever cannot see them."""

from playwright.sync_api import expect

from tests.views.conftest import Opener


def test_a_privacy_choice_that_is_not_saved_is_taken_back_and_said(open_page: Opener) -> None:
    page = open_page("/t/settings/privacy.html")
    form = page.locator("[data-view=privacy]")
    form.locator("[data-field=last_seen]").get_by_text("Nobody", exact=True).click()
    expect(form.get_by_role("status")).to_have_text("Not saved. That is taken.")
    expect(form.locator("[data-field=last_seen] input[value=contacts]")).to_be_checked()
    expect(form.get_by_role("group", name="Read receipts").get_by_label("On")).to_be_checked()


def test_the_copy_s_progress_is_words_and_a_bar(open_page: Opener) -> None:
    page = open_page("/t/settings/account.html")
    panel = page.locator("[data-view=export]")
    expect(panel.get_by_role("progressbar", name="Collecting your data")).to_have_js_property("value", 42)
    expect(panel.get_by_role("status")).to_contain_text("42 %")
    expect(panel.get_by_role("button", name="Make a copy of my data")).to_be_hidden()


def test_passkeys_are_named_for_whoever_hears_the_buttons(open_page: Opener) -> None:
    page = open_page("/t/settings/account.html")
    panel = page.locator("[data-view=passkeys]")
    panel.get_by_role("button", name="Rename Chrome on Linux").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_label("Name")).to_have_value("Chrome on Linux")
    page.keyboard.press("Escape")
    expect(panel.get_by_role("button", name="Rename Chrome on Linux")).to_be_focused()
