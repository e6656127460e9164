"""What calls one in a chat, do not disturb, and the offer to be told: as the page shows and saves them."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.views.conftest import Opener

ASKABLE = """(() => {
  window.asked = 0;
  window.Notification = class extends EventTarget {
    static permission = "default";
    static requestPermission = async () => { window.asked += 1; return (Notification.permission = "granted"); };
  };
})()"""


def with_notifications(page: Page) -> None:
    """The page again, in a browser that can be asked for notifications."""
    page.add_init_script(ASKABLE)
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")


def asked(page: Page, name: str) -> list[Any]:
    """What the views asked the chat for under this name, in order."""
    found: list[Any] = page.evaluate("name => chat.asked.filter(one => one.name === name).map(one => one.args)", name)
    return found


def test_a_chat_s_level_and_mute_are_chosen_in_one_dialog(open_page: Opener) -> None:
    page = open_page()
    row = page.locator(".chat-row", has_text="Jonas Meyer")
    link = row.locator(".chat-link")
    link.focus()
    link.dispatch_event("contextmenu")
    page.get_by_role("menuitem", name="Notifications").click()
    dialog = page.get_by_role("dialog", name="Notifications")
    expect(dialog).to_contain_text("Jonas Meyer")
    expect(dialog.get_by_role("radio", name="All messages")).to_be_checked()
    dialog.get_by_role("radio", name=re.compile("^Only mentions")).check()
    expect(row.get_by_label("Muted")).to_be_hidden()
    expect(dialog.get_by_role("button", name="Unmute")).to_be_hidden()
    dialog.get_by_role("button", name="For 8 hours").click()
    expect(dialog.get_by_role("status")).to_have_text(re.compile(r"^Muted until .*\d\d:\d\d\.$"))
    expect(row.get_by_label("Muted")).to_be_visible()
    expect(dialog.get_by_role("radio", name=re.compile("^Only mentions"))).to_be_checked()
    dialog.get_by_role("button", name="Unmute").click()
    expect(dialog.locator("[data-part=muted]")).to_be_empty()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    dialog.get_by_role("radio", name=re.compile("^Nothing")).check()
    expect(row.get_by_label("Muted")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_do_not_disturb_is_switched_on_for_a_while_and_off_again_and_the_rail_shows_it(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    form, moon = page.locator("[data-view=quiet]"), page.get_by_label("Do not disturb is on")
    expect(form).to_contain_text("Off.")
    expect(moon).to_be_hidden()
    form.get_by_role("button", name="For an hour").click()
    expect(form).to_contain_text(re.compile(r"On until .*\d\d:\d\d\."))
    expect(form.get_by_role("status")).to_have_text("Saved.")
    expect(moon).to_be_visible()
    form.get_by_role("button", name="Turn off").click()
    expect(form.get_by_role("button", name="Turn off")).to_be_hidden()
    expect(moon).to_be_hidden()
    ((first,), (second,)) = asked(page, "changeNotifications")
    assert 3_500_000 < first["quiet_until"] - page.evaluate("Date.now()") <= 3_600_000
    assert second == {"quiet_until": None}


def test_a_time_that_is_past_is_said_and_not_saved(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    form = page.locator("[data-view=quiet]")
    form.get_by_label("Until").fill("2001-01-01T10:00")
    form.get_by_role("button", name="Turn on").click()
    expect(form.get_by_role("status")).to_have_text("Choose a time that is still to come.")
    assert asked(page, "changeNotifications") == []
    form.get_by_label("Until").fill("2101-01-01T10:00")
    form.get_by_role("button", name="Turn on").click()
    expect(form).to_contain_text("On until Saturday")


def test_the_hours_of_every_day_are_saved_with_the_time_zone(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html", timezone_id="Asia/Tokyo")
    form = page.locator("[data-view=quiet]")
    form.get_by_label("From").fill("21:30")
    form.get_by_label("To", exact=True).fill("06:00")
    assert asked(page, "changeNotifications") == [], "not before it is wanted"
    form.get_by_role("checkbox", name="Every day").check()
    night = {"begins": "21:30", "ends": "06:00", "zone": "Asia/Tokyo"}
    expect(form.get_by_role("status")).to_have_text("Saved.")
    assert asked(page, "changeNotifications") == [[{"quiet_daily": night}]]
    form.get_by_label("To", exact=True).fill("21:30")
    form.get_by_label("To", exact=True).blur()
    expect(form.get_by_role("status")).to_have_text("Choose two different times.")
    form.get_by_role("checkbox", name="Every day").uncheck()
    expect(form.get_by_role("status")).to_have_text("Saved.")
    assert asked(page, "changeNotifications")[-1] == [{"quiet_daily": None}]


def test_a_choice_that_is_not_saved_is_taken_back_and_said(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    form = page.locator("[data-view=quiet]")
    page.evaluate("chat.refusal = { code: 'degraded', message: 'Try again soon.' }")
    form.get_by_text("Hide", exact=True).click()
    expect(form.get_by_role("status")).to_have_text("Not saved. Try again soon.")
    expect(form.get_by_role("radio", name="Show")).to_be_checked()


def test_what_another_device_chose_shows_here(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    night = "{ begins: '23:15', ends: '05:45', zone: 'UTC' }"
    page.evaluate(f"chat.changeNotifications({{ show_text: false, quiet_daily: {night} }})")
    form = page.locator("[data-view=quiet]")
    expect(form.get_by_role("radio", name="Hide")).to_be_checked()
    expect(form.get_by_role("checkbox", name="Every day")).to_be_checked()
    expect(form.get_by_label("From")).to_have_value("23:15")


def test_the_sound_is_this_browser_s_choice(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    sound = page.get_by_role("group", name="Sound")
    expect(sound.get_by_role("radio", name="On")).to_be_checked()
    sound.get_by_text("Off", exact=True).click()
    assert page.evaluate("JSON.parse(localStorage.getItem('chatter:appearance')).sound") == "off"
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")
    expect(sound.get_by_role("radio", name="Off")).to_be_checked()


COUNT_NOTES = """(() => {
  window.notes = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...args) { window.notes += 1; return start.apply(this, args); };
})()"""
NOTIFY = "chat.tell('notify', { conversation: chat.conversations()[0].id, title: 'Maya', body: 'hello' })"
# What a test asks a page to do counts as the person's own doing, so this is done by the page itself.
NOTIFY_EARLY = f"""new MutationObserver(() => {{
  if (document.documentElement.dataset.ready === undefined || window.early !== undefined) return;
  {NOTIFY};
  window.early = window.notes;
}}).observe(document, {{ attributes: true, subtree: true }})"""


def test_a_message_sounds_unless_sounds_are_off_and_not_before_the_page_was_touched(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    page.add_init_script(COUNT_NOTES)
    page.add_init_script(NOTIFY_EARLY)
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")
    assert page.evaluate("early") == 0
    page.get_by_role("heading", name="Settings").click()
    page.evaluate(NOTIFY)
    assert page.evaluate("notes") == 2
    page.get_by_role("group", name="Sound").get_by_text("Off", exact=True).click()
    page.evaluate(NOTIFY)
    assert page.evaluate("notes") == 2


def test_notifications_are_offered_after_the_first_message_and_only_once(open_page: Opener) -> None:
    page = open_page()
    with_notifications(page)
    offer = page.get_by_role("group", name="Notifications")
    page.locator(".chat-link").first.click()
    expect(offer).to_be_hidden()
    assert page.evaluate("asked") == 0, "nobody is asked for opening the page"
    page.evaluate("chat.tell('wrote')")
    expect(offer).to_be_visible()
    offer.get_by_role("button", name="Not now").click()
    expect(offer).to_be_hidden()
    expect(page.locator(".composer-input")).to_be_focused()
    page.evaluate("chat.tell('wrote')")
    expect(offer).to_be_hidden()
    assert page.evaluate("asked") == 0


def test_who_takes_the_offer_is_asked_by_the_browser(open_page: Opener) -> None:
    page = open_page()
    with_notifications(page)
    page.locator(".chat-link").first.click()
    page.evaluate("chat.tell('wrote')")
    page.get_by_role("group", name="Notifications").get_by_role("button", name="Turn on notifications").click()
    expect(page.get_by_role("group", name="Notifications")).to_be_hidden()
    assert page.evaluate("[asked, Notification.permission]") == [1, "granted"]
    page.wait_for_function("push.subscribed === 'on'")


def test_the_settings_ask_the_browser_when_the_person_does(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    with_notifications(page)
    panel = page.locator("[data-view=notification-settings]")
    expect(panel.locator("[data-part=status]")).to_contain_text("Off in this browser")
    expect(panel.get_by_role("heading", name="While Chatter is closed")).to_be_hidden()
    assert page.evaluate("asked") == 0
    panel.get_by_role("button", name="Turn on notifications").click()
    expect(panel.locator("[data-part=status]")).to_contain_text("On in this browser")
    expect(panel.locator("[data-part=push-status]")).to_contain_text("while Chatter is closed, too")
    expect(panel.get_by_role("button", name="Turn off")).to_be_focused()


def test_being_told_while_chatter_is_closed_is_switched_off_and_on(open_page: Opener) -> None:
    page = open_page("/t/settings/notifications.html")
    page.add_init_script(ASKABLE + ";Notification.permission = 'granted'")
    page.reload()
    page.locator("html[data-ready]").wait_for(state="attached")
    panel = page.locator("[data-view=notification-settings]")
    expect(panel.locator("[data-part=push-status]")).to_contain_text("Off:")
    panel.get_by_role("button", name="Turn on").click()
    expect(panel.locator("[data-part=push-status]")).to_contain_text("On:")
    panel.get_by_role("button", name="Turn off").click()
    expect(panel.locator("[data-part=push-status]")).to_contain_text("Off:")
    expect(panel.get_by_role("button", name="Turn on")).to_be_focused()
    page.evaluate("push.failing = true")
    panel.get_by_role("button", name="Turn on").click()
    expect(panel.locator("[data-part=push-status]")).to_have_text(
        "That did not work. The browser's push service does not answer."
    )
