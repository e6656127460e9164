"""One's own profile: saved at once, refused beside the field, and seen by the others."""

import io
import re

from PIL import Image
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Joiner


def photo(colour: str) -> FilePayload:
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(picture, "PNG")
    return {"name": "me.png", "mimeType": "image/png", "buffer": picture.getvalue()}


def test_whether_groups_make_contacts_is_saved(person: Joiner) -> None:
    ada = person("Ada")
    ada.go("/settings/profile")
    box = ada.page.get_by_role("checkbox", name="People in my groups become my contacts")
    expect(box).to_be_checked()
    box.uncheck()
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_text("Saved.")).to_be_visible()
    ada.reload()
    expect(box).not_to_be_checked()


def test_name_handle_and_about_are_saved_and_others_see_them(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    handle = f"ann_{ann.id[:10].lower()}"
    ann.go("/settings/profile")
    form = ann.page.locator("[data-view=profile]")
    form.get_by_label("Name").fill("Ann Amsel")
    form.get_by_label("Handle").fill(f"@{handle}")
    form.get_by_label("About").fill("Reads, then writes.")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_have_text("Saved.")
    ann.reload()
    expect(form.get_by_label("Name")).to_have_value("Ann Amsel")
    expect(form.get_by_label("Handle")).to_have_value(handle)

    ben.page.get_by_role("button", name="New chat").click()
    ben.page.get_by_label("Find a person").fill(f"@{handle}")
    ben.page.locator(".person-button", has_text="Ann Amsel").click()
    expect(ben.page.locator(".thread-header [data-part=name]")).to_have_text("Ann Amsel")
    expect(ben.page.locator("[data-view=details] [data-part=about]")).to_have_text("Reads, then writes.")


def test_what_cannot_be_saved_is_told_beside_its_field(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    taken = f"ben_{ben.id[:10].lower()}"
    ann.complaints.expect(re.compile("status of 4"))
    ben.go("/settings/profile")
    ben.page.get_by_label("Handle").fill(taken)
    ben.page.get_by_role("button", name="Save").click()
    expect(ben.page.locator("[data-view=profile]").get_by_role("status")).to_have_text("Saved.")

    ann.go("/settings/profile")
    handle, name = ann.page.get_by_label("Handle"), ann.page.get_by_label("Name")
    for value in ("a b", "x", taken):
        handle.fill(value)
        ann.page.get_by_role("button", name="Save").click()
        expect(ann.page.locator("#handle-error")).not_to_be_empty()
        expect(handle).to_have_attribute("aria-invalid", "true")
    handle.fill("")
    name.fill(" ")
    ann.page.get_by_role("button", name="Save").click()
    expect(ann.page.locator("#name-error")).not_to_be_empty()
    assert ann.context.request.get(f"{ann.address}/api/v1/me").json()["name"] == "Ann"


def test_a_photo_is_shown_to_the_others_and_can_be_taken_away(person: Joiner) -> None:
    ann, ben = person("Ann"), person("Ben", server=1)
    conversation = ann.open_chat_with(ben)
    ann.say("look at me")
    ben.row(conversation).wait_for()
    ann.go("/settings/profile")
    panel = ann.page.locator("[data-view=photo]")
    with ann.page.expect_response("**/api/v1/me/photo") as answer:
        panel.locator("[data-part=file]").set_input_files(photo("teal"))
    assert answer.value.ok
    ann.reload()
    shown = panel.locator(".avatar img")
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("(image) => image.naturalWidth") > 0

    ben.reload()
    seen = ben.row(conversation).locator(".avatar img")
    expect(seen).to_be_visible()
    ben.page.wait_for_function("() => document.querySelector('.chat-row .avatar img').naturalWidth > 0")

    panel.get_by_role("button", name="Remove").click()
    expect(shown).to_have_count(0)
    ben.reload()
    expect(ben.row(conversation).locator(".avatar")).to_have_text("A")


def test_a_file_that_is_no_photo_is_refused_in_words_and_the_old_one_stays(person: Joiner) -> None:
    ann = person("Ann")
    ann.complaints.expect(re.compile("status of 4"))
    ann.go("/settings/profile")
    panel = ann.page.locator("[data-view=photo]")
    vector = b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.pwned=1'/>"
    panel.locator("[data-part=file]").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": vector})
    expect(panel.get_by_role("alert")).not_to_be_empty()
    expect(panel.locator(".avatar")).to_have_text("A")
    assert ann.page.evaluate("() => window.pwned === undefined")
    assert ann.context.request.get(f"{ann.address}/api/v1/me").json()["avatar"] is None
