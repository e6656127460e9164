"""The language of the pages: the account's, the browser's cookie, what the browser asks for, English."""

import pytest

from app.languages import direction, languages, refusal_text, say, say_many
from app.models import User
from tests.blueprints.site import Browser, Site

ADA = "+44 7400 123456"
GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def test_a_guest_reads_what_the_browser_asks_for(visitor: Browser) -> None:
    page = visitor.get("/sign-in", headers=GERMAN)
    assert '<html lang="de" dir="ltr"' in page.text
    assert "Gib deine Telefonnummer ein." in page.text
    assert "Deutschland" in page.text
    assert "js/catalogues/de.js" in page.text
    assert page.headers["Content-Language"] == "de"
    assert {"Accept-Language", "Cookie"} <= set(page.vary)


@pytest.mark.parametrize("asked", ["fr-FR", "", "x" * 500])
def test_whoever_asks_for_another_language_reads_english(visitor: Browser, asked: str) -> None:
    page = visitor.get("/sign-in", headers={"Accept-Language": asked})
    assert '<html lang="en" dir="ltr"' in page.text
    assert "js/catalogues/" not in page.text


def test_a_guest_chooses_a_language_for_this_browser(visitor: Browser) -> None:
    assert visitor.submit("/sign-in", "/language", language="de", next="/").status_code == 303
    assert '<html lang="de"' in visitor.get("/sign-in").text
    assert visitor.submit("/sign-in", "/language", language="", next="/").status_code == 303
    assert '<html lang="en"' in visitor.get("/sign-in").text


def test_the_accounts_language_goes_with_the_person(site: Site, visitor: Browser) -> None:
    visitor.sign_in(ADA)
    answer = visitor.submit("/settings/appearance", "/language", language="de", next="/settings/appearance")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/settings/appearance")
    assert "Sprache" in visitor.get("/settings/appearance").text
    assert User.objects.first().locale == "de"
    elsewhere = site.browser()
    elsewhere.sign_in(ADA, name="")
    assert '<html lang="de"' in elsewhere.get("/").text
    visitor.submit("/settings/appearance", "/language", language="", next="/")
    site.forget_devices()
    assert '<html lang="en"' in elsewhere.get("/").text


def test_a_language_that_there_is_not_is_none(visitor: Browser) -> None:
    visitor.submit("/sign-in", "/language", language="../../etc", next="https://evil.example/")
    assert '<html lang="en"' in visitor.get("/sign-in").text


def test_refusals_on_a_page_are_in_its_language(visitor: Browser) -> None:
    visitor.submit("/sign-in", "/language", language="de", next="/")
    page = visitor.submit("/sign-in", "/sign-in/phone", region="DE", number="12")
    assert "Das ist keine Telefonnummer." in page.text
    assert "Hier ist nichts" in visitor.get("/nothing/here").text


def test_refusals_for_programs_stay_english(visitor: Browser) -> None:
    answer = visitor.get("/api/v1/me", headers={**GERMAN, "Accept": "application/json"})
    assert answer.get_json()["message"] == "Sign in first."


def test_texts_are_said_in_the_language_with_their_values() -> None:
    assert say(
        "de", "{code} is your Chatter code. It works for 10 minutes. Tell it to nobody.", code="123456"
    ).startswith("123456 ist dein Chatter-Code.")
    assert say_many("de", "{count} new message", "{count} new messages", 1) == "1 neue Nachricht"
    assert say_many(None, "{count} new message", "{count} new messages", 3) == "3 new messages"
    assert say("xx", "Group") == "Group"


def test_a_refusal_that_was_made_of_parts_is_found_by_its_shape() -> None:
    assert refusal_text("de", "A chat has at most 50 pinned messages. Unpin one first.").startswith(
        "In einem Chat können höchstens 50"
    )
    assert refusal_text("de", "The name is needed.") == "Der Name fehlt."
    assert refusal_text("de", "The name has at most 80 characters.") == "Der Name darf höchstens 80 Zeichen haben."
    assert refusal_text("de", "Nobody ever said this.") == "Nobody ever said this."
    assert refusal_text("en", "The name is needed.") == "The name is needed."
    assert refusal_text("de", "") == ""


def test_a_line_begins_where_the_language_begins_it() -> None:
    assert [direction(code) for code in ("en", "de", "ar", "he")] == ["ltr", "ltr", "rtl", "rtl"]
    assert languages() == {"en": "English", "de": "Deutsch"}
