"""Every text of the code is in every language, whole, with the same places; and what runs is built from it."""

import re
import string

import pytest

from dev.messages import BROWSER, brought_up_to_date, for_the_browser, found, languages, po_path, read, said, write

PYTHON_PLACE = re.compile(r"%\((\w+)\)s")


def places(text: str) -> set[str]:
    named = {name for _, name, _, _ in string.Formatter().parse(text.replace("%", "%%")) if name}
    return named | set(PYTHON_PLACE.findall(text))


def test_texts_are_found_wherever_they_are() -> None:
    pages, scripts = found()
    assert "Enter your phone number. A code comes by text message; a new number makes a new account." in pages
    assert ("Group · %(members)s member", "Group · %(members)s members") in pages
    assert "This link has expired" in pages, "a text in Python"
    assert ("{count} member", "{count} members") in scripts, "within a template string"
    assert "this passkey" in scripts, "within another text's values"
    assert {"The text message could not be sent. Try again in a moment.", "No answer in time."} <= scripts, "refusals"
    assert "A chat has at most {most_pins} pinned messages. Unpin one first." in scripts, "a refusal with a number"


@pytest.mark.parametrize("language", languages())
def test_every_text_is_translated_with_its_places(language: str) -> None:
    pages, scripts = found()
    catalog = read(language)
    wanted = pages | scripts
    there = {tuple(m.id) if isinstance(m.id, (tuple, list)) else m.id for m in catalog if m.id}
    assert wanted - there == set(), "run make messages, and translate"
    assert there - wanted == set(), "run make messages: nobody says these any more"
    for message in catalog:
        if not message.id:
            continue
        assert said(message), f"not translated: {message.id}"
        assert not message.fuzzy, f"fuzzy: {message.id}"
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        translations = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in translations:
            assert places(text) <= places(originals[-1]) | places(originals[0]), text
            assert places(text) >= places(originals[-1]) & places(originals[0]) - {"count"}, text


@pytest.mark.parametrize("language", languages())
def test_what_runs_is_what_the_catalogue_makes(language: str) -> None:
    pages, scripts = found()
    catalog = brought_up_to_date(language, pages | scripts)
    built = (BROWSER / f"{language}.js").read_text()
    assert built == for_the_browser(language, catalog, scripts), "run make messages"
    compiled = po_path(language).with_suffix(".mo")
    before = compiled.read_bytes()
    write(language, catalog, scripts)
    assert compiled.read_bytes() == before, "run make messages"
