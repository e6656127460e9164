"""What a group lets its members do, its invite links, and its end, on the page."""

import re

from playwright.sync_api import expect

from tests.views.conftest import Opener
from tests.views.groups import WIDE, group, tell
from tests.views.talk import asked, settled
from tests.views.test_accessibility import problems


def test_settings_are_shown_as_they_are_and_only_what_changes_is_asked_for(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    tell(page, conversation, "amara", "settings", '{"slow_seconds":60}')
    page.get_by_role("button", name="Group settings").click()
    dialog = page.get_by_role("dialog", name="Group settings")
    expect(dialog.get_by_label("Slow mode")).to_have_value("60")
    writes = dialog.get_by_role("group", name="Who writes messages")
    expect(writes.get_by_role("radio", name="Everyone")).to_be_checked()
    assert problems(page) == []
    writes.get_by_text("Only admins").click()
    dialog.get_by_label("Slow mode").select_option("30 seconds")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert asked(page, "changeGroupSettings") == [[conversation, {"posts": "admins", "slow_seconds": 30}]]
    note = "You let only admins write and set slow mode to 30 seconds"
    expect(page.locator(".thread-note").last).to_have_text(note)
    page.get_by_role("button", name="Group settings").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert len(asked(page, "changeGroupSettings")) == 1


def test_where_only_admins_write_a_member_reads_that_instead_of_a_field(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    page.locator(".composer-input").fill("half a")
    tell(page, conversation, "amara", "settings", '{"posts":"admins"}')
    expect(page.locator(".composer-input")).to_be_hidden()
    expect(page.locator("[data-part=readonly]")).to_have_text("Only admins write here.")
    page.locator(".message").first.hover()
    expect(page.locator("[data-do=react]").first).to_be_visible()
    expect(page.locator("[data-do=reply]").first).to_be_hidden()
    page.locator(".message .bubble").first.click(button="right")
    assert [text for text in page.get_by_role("menuitem").all_inner_texts() if text in ("Reply", "Edit")] == []
    page.keyboard.press("Escape")
    tell(page, conversation, "amara", "settings", '{"posts":"everyone"}')
    expect(page.locator(".composer-input")).to_have_value("half a")
    expect(page.locator("[data-part=readonly]")).to_be_hidden()


def test_where_everyone_adds_people_a_member_is_offered_it(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    expect(page.get_by_role("button", name="Add people")).to_be_hidden()
    tell(page, conversation, "amara", "settings", '{"adds":"everyone"}')
    expect(page.get_by_role("button", name="Add people")).to_be_visible()
    expect(page.get_by_role("button", name="Invite by link")).to_be_visible()
    expect(page.get_by_role("button", name="Group settings")).to_be_hidden()


def test_in_slow_mode_the_composer_counts_down_and_keeps_what_is_typed(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    tell(page, conversation, "amara", "settings", '{"slow_seconds":60}')
    line = page.locator("[data-part=slow]")
    expect(line).to_have_text("Slow mode · one message every minute")
    page.evaluate("() => { chat.slow = Date.now() + 3000 }")
    tell(page, conversation, "amara", "text", "hello")
    expect(line).to_have_text(re.compile(r"you can write again in 0:0[123]"))
    expect(page.locator(".send")).to_be_disabled()
    page.locator(".composer-input").fill("patience")
    page.keyboard.press("Enter")
    settled(page)
    assert asked(page, "post") == []
    page.evaluate("() => { chat.slow = 0 }")
    expect(page.locator(".send")).to_be_enabled()
    expect(page.locator(".composer-input")).to_have_value("patience")
    page.keyboard.press("Enter")
    assert asked(page, "post") == [[conversation, "patience", None]]


def test_a_link_is_made_copied_and_revoked(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Invite by link").click()
    dialog = page.get_by_role("dialog", name="Invite by link")
    expect(dialog.get_by_role("status")).to_have_text("There is no link yet.")
    dialog.get_by_label("Expires").select_option("After 1 hour")
    dialog.get_by_label("Can be used").select_option("10 times")
    dialog.get_by_role("button", name="Make a link").click()
    made = dialog.get_by_role("listitem")
    expect(made.get_by_role("textbox")).to_have_value(re.compile(r"^https://chat\.example/g/t+0$"))
    expect(made).to_contain_text("Made by you · until")
    expect(made).to_contain_text("used 0 of 10 times")
    expect(made.get_by_role("img", name="QR code of this link")).to_have_attribute("src", re.compile("link.svg$"))
    assert asked(page, "makeGroupLink") == [[conversation, {"life_seconds": 3600, "most_uses": 10}]]
    assert problems(page) == []
    made.get_by_role("button", name="Copy link").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("https://chat.example/g/")
    made.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Make a link")).to_be_focused()
    page.evaluate("() => { chat.refusal = { code: 'conflict', message: 'Revoke one first.' } }")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("alert")).to_have_text("Revoke one first.")


def test_a_group_is_deleted_only_after_its_title_was_typed(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner")
    page.get_by_role("button", name="Delete the group for all").click()
    dialog = page.get_by_role("dialog")
    yes = dialog.get_by_role("button", name="Delete for all")
    expect(yes).to_be_disabled()
    page.keyboard.type("Train")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.type("s")
    expect(yes).to_be_enabled()
    page.keyboard.press("Enter")
    expect(page.locator(".thread-pane [data-part=out]")).to_have_text(
        "This group was deleted by you. What was said before stays here."
    )
    assert asked(page, "deleteGroup") == [[conversation, "Trains"]]
    expect(page.locator(".thread-header [data-part=about]")).to_have_text("This group was deleted")
    expect(page.get_by_role("button", name="Delete the group for all")).to_be_hidden()


def test_who_is_in_a_group_that_is_deleted_keeps_reading_it(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "member")
    page.locator(".composer-input").fill("half a")
    tell(page, conversation, "amara", "closed")
    expect(page.locator(".thread-pane [data-part=out]")).to_contain_text("This group was deleted by Amara Okafor.")
    expect(page.locator(".composer-input")).to_be_hidden()
    expect(page.locator(".thread-note").last).to_have_text("Amara Okafor deleted the group")
    expect(page.locator(".bubble-text").first).to_have_text("hello")


def test_the_dialogs_fit_the_narrowest_screen(open_page: Opener) -> None:
    page = open_page(width=320, height=640)
    group(page, "owner")
    page.get_by_role("button", name="Details").click()
    for button in ("Group settings", "Invite by link"):
        page.get_by_role("button", name=button).click()
        box = page.get_by_role("dialog", name=button).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320
        page.keyboard.press("Escape")


def test_how_long_messages_are_kept_is_confirmed_with_what_it_concerns(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    kept = page.locator(".details-pane [data-part=kept]")
    expect(kept).to_be_hidden()
    page.get_by_role("button", name="Group settings").click()
    dialog = page.get_by_role("dialog", name="Group settings")
    expect(dialog.get_by_label("Keep messages")).to_have_value("0")
    dialog.get_by_label("Keep messages").select_option("30 days")
    dialog.get_by_role("button", name="Save").click()
    question = page.get_by_role("dialog", name="Keep messages for 30 days?")
    expect(question).to_contain_text("12 messages are older than that now.")
    expect(question).to_contain_text(re.compile(r"deleted for everybody, from 25 Nov 2026, \d\d:00 on\."))
    assert asked(page, "previewRetention") == [[conversation, 30]]
    assert problems(page) == []
    page.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(dialog).to_be_visible()
    assert asked(page, "changeGroupSettings") == []
    dialog.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Delete what is older").click()
    expect(dialog).to_be_hidden()
    assert asked(page, "changeGroupSettings") == [[conversation, {"keep_days": 30}]]
    expect(page.locator(".thread-note").last).to_have_text("You let messages be kept for 30 days")
    expect(kept).to_have_text("Messages are kept for 30 days.")
    tell(page, conversation, "amara", "settings", '{"keep_days":14}')
    expect(kept).to_have_text("Messages are kept for 14 days.")
    page.get_by_role("button", name="Group settings").click()
    expect(dialog.get_by_label("Keep messages")).to_have_value("14")
    dialog.get_by_label("Keep messages").select_option("As long as everywhere here")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    assert len(asked(page, "previewRetention")) == 2, "who deletes nothing is asked nothing"
    expect(kept).to_be_hidden()
