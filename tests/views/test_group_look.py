"""A group presents itself: its photo and description, changed where they stand by those who may."""

import struct
import zlib

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.views.conftest import Opener
from tests.views.groups import WIDE, group, tell
from tests.views.talk import asked


def tiny_png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0\x20\x80\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


PICTURE: FilePayload = {"name": "boat.png", "mimeType": "image/png", "buffer": tiny_png()}


def about(page: Page) -> Locator:
    return page.locator(".details-pane [data-part=about]")


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Description")


def test_a_description_is_written_where_it_stands_and_everybody_is_told(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Add a description").click()
    expect(field(page)).to_be_focused()
    page.keyboard.type("We row.")
    page.keyboard.press("Enter")
    page.keyboard.type("Daily.")
    page.keyboard.press("Control+Enter")
    expect(about(page)).to_have_text("We row.\nDaily.")
    expect(page.get_by_role("button", name="Change the description")).to_be_focused()
    expect(page.locator(".thread-note").last).to_have_text("You changed the description")
    assert asked(page, "describeGroup") == [[conversation, "We row.\nDaily."]]
    page.get_by_role("button", name="Change the description").click()
    page.get_by_role("button", name="Save").click()
    assert len(asked(page, "describeGroup")) == 1, "the same description is no change"


def test_what_is_being_written_survives_what_arrives_and_esc_gives_it_up(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Add a description").click()
    page.keyboard.type("half a")
    tell(page, conversation, "amara", "described", "Theirs")
    expect(field(page)).to_have_value("half a")
    expect(field(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(field(page)).to_be_hidden()
    expect(about(page)).to_have_text("Theirs")
    expect(page.locator(".details-pane")).to_be_visible()


def test_a_refusal_is_told_and_loses_nothing(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "admin")
    page.evaluate("() => { chat.refusal = { code: 'forbidden', message: 'Only admins do that.' } }")
    page.get_by_role("button", name="Add a description").click()
    page.keyboard.type("We row.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("[data-part=describe-error]")).to_have_text("Only admins do that.")
    expect(field(page)).to_have_value("We row.")


def test_who_is_no_admin_any_more_is_offered_nothing_and_reads(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "admin")
    page.get_by_role("button", name="Add a description").click()
    me = page.evaluate("() => chat.me.id")
    tell(page, conversation, "amara", "role", f"{me} member")
    tell(page, conversation, "amara", "described", "Theirs")
    expect(field(page)).to_be_hidden()
    expect(about(page)).to_have_text("Theirs")
    expect(page.get_by_role("button", name="Change the description")).to_be_hidden()
    expect(page.get_by_role("button", name="Add a photo")).to_be_hidden()


def test_a_photo_is_chosen_shown_everywhere_and_taken_away(open_page: Opener) -> None:
    page = open_page(**WIDE)
    conversation = group(page, "owner")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a photo").click()
    chooser.value.set_files([PICTURE])
    expect(page.locator(".thread-note").last).to_have_text("You changed the photo")
    shown = f"img[src='/photos/{'p' * 22}']"
    for place in (".details-pane", ".thread-header", f"[data-id='{conversation}']"):
        expect(page.locator(f"{place} .avatar {shown}")).to_have_count(1)
    page.get_by_role("button", name="Change the photo").click()
    page.get_by_role("menuitem", name="Remove the photo").click()
    expect(page.locator(".details-pane .avatar-l")).to_have_text("T")
    assert [args[1] is None for args in asked(page, "pictureGroup")] == [False, True]


def test_a_photo_that_is_refused_gives_place_to_what_was_there(open_page: Opener) -> None:
    page = open_page(**WIDE)
    group(page, "owner")
    page.evaluate("() => { chat.refusal = { code: 'too_large', message: 'That picture is too large.' } }")
    page.locator("[data-part=photo-file]").set_input_files([PICTURE])
    expect(page.locator(".toast")).to_have_text("That picture is too large.")
    expect(page.locator(".details-pane .avatar-l")).to_have_text("T")


def test_a_persons_details_offer_no_photo_and_no_description(open_page: Opener) -> None:
    page = open_page("/c/" + "c1".rjust(22, "c"), **WIDE)
    if page.locator(".details-pane").is_hidden():
        page.get_by_role("button", name="Details").click()
    expect(page.locator("[data-part=photo-edit]")).to_be_hidden()
    expect(page.locator("[data-part=describe]")).to_be_hidden()
