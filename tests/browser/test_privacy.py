"""Settings, privacy: saved as one chooses, in force for others at once, and taken back where saving fails."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Joiner
from tests.browser.people import Person

REFUSED = {"code": "degraded", "message": "Chatter cannot reach its stores at the moment. Try again soon."}


def choose(person: Person, field: str, words: str) -> None:
    panel = person.page.locator("[data-view=privacy]")
    panel.locator(f"[data-field={field}]").get_by_text(words, exact=True).click()
    expect(panel.get_by_role("status")).to_have_text("Saved.")


def test_who_hides_is_seen_by_nobody_from_then_on_and_gives_no_receipts(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("one")
    ben.open_chat(conversation)
    ben.wait_for_messages(["one"])
    ann.wait_for_tick("one", "read")
    about = ann.page.locator(".thread-header [data-part=about]")
    expect(about).to_have_text("online")

    ben.go("/settings/privacy")
    choose(ben, "last_seen", "Nobody")
    choose(ben, "receipts", "Off")
    expect(about).not_to_have_text("online")
    ben.go(f"/c/{conversation}")
    ann.say("two")
    ben.wait_for_messages(["one", "two"])
    ann.wait_for_tick("two", "delivered")
    expect(ben.page.locator(".thread-header [data-part=about]")).not_to_have_text("online")
    ann.reload()
    ann.wait_for_messages(["one", "two"])
    ann.wait_for_tick("one", "read")
    expect(ann.message("two")).to_have_attribute("data-tick", "delivered")
    expect(about).not_to_have_text("online")


def test_another_tab_shows_the_choice_and_a_failure_takes_it_back(person: Joiner) -> None:
    ann = person("Ann")
    ann.complaints.expect(re.compile("status of 503"))
    ann.go("/settings/privacy")
    other = ann.second_tab()
    choose(ann, "groups", "My contacts")
    expect(other.page.locator("[data-field=groups] input[value=contacts]")).to_be_checked()
    ann.page.route("**/api/v1/me/privacy", lambda route: route.fulfill(status=503, json=REFUSED))
    ann.page.locator("[data-field=groups]").get_by_text("Nobody", exact=True).click()
    status = ann.page.locator("[data-view=privacy]").get_by_role("status")
    expect(status).to_have_text(f"Not saved. {REFUSED['message']}")
    expect(ann.page.locator("[data-field=groups] input[value=contacts]")).to_be_checked()
    ann.page.unroute("**/api/v1/me/privacy")
    ann.reload()
    expect(ann.page.locator("[data-field=groups] input[value=contacts]")).to_be_checked()


def test_it_works_by_keyboard(person: Joiner) -> None:
    ann = person("Ann")
    ann.go("/settings/privacy")
    everyone = ann.page.locator("[data-field=last_seen] input[value=everyone]")
    everyone.focus()
    ann.page.keyboard.press("ArrowRight")
    expect(ann.page.locator("[data-field=last_seen] input[value=contacts]")).to_be_checked()
    expect(ann.page.locator("[data-view=privacy]").get_by_role("status")).to_have_text("Saved.")


def test_whom_one_blocked_is_listed_and_can_be_let_back(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    ann.context.request.get(f"{ann.address}/api/v1/me")
    ann.go("/settings/privacy")
    panel = ann.page.locator("[data-view=blocked]")
    expect(panel.get_by_role("status")).to_have_text("You have blocked nobody.")
    conversation = ben.open_chat_with(ann)
    ben.say("hello")
    ann.go(f"/c/{conversation}")
    ann.wait_for_messages(["hello"])
    ann.page.evaluate(
        """async (user) => {
          const { csrf_token } = await (await fetch("/api/v1/session/csrf")).json();
          await fetch(`/api/v1/contacts/${user}`, { method: "PATCH", body: JSON.stringify({ blocked: true }),
            headers: { "Content-Type": "application/json", "X-CSRFToken": csrf_token } });
        }""",
        ben.id,
    )
    ann.go("/settings/privacy")
    expect(panel.get_by_role("listitem")).to_contain_text("Ben")
    panel.get_by_role("button", name="Unblock Ben").click()
    ann.page.locator("dialog[open]").get_by_role("button", name="Unblock").click()
    expect(panel.get_by_role("listitem")).to_have_count(0)
    expect(panel.get_by_role("status")).to_have_text("You have blocked nobody.")
