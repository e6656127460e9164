"""The languages of the interface, and its texts in them. The English text itself is the key (docs/translating.md)."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from babel import Locale
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

ROOT = Path(__file__).parent.parent / "translations"
ENGLISH = "en"
PLACE = re.compile(r"\{(\w+)\}")
SAID = re.compile(r"\.$|^has at most ")  # a sentence, or the reason in one


@cache
def languages() -> dict[str, str]:
    """The languages there are, by their code, under their own names: English, and each folder of ``translations/``."""
    codes = (
        sorted(folder.name for folder in ROOT.iterdir() if (folder / "LC_MESSAGES").is_dir()) if ROOT.is_dir() else []
    )
    names = {code: Locale.parse(code).get_display_name(code) or code for code in [ENGLISH, *codes]}
    return {code: name[:1].upper() + name[1:] for code, name in names.items()}


def known(code: str | None) -> str | None:
    """``code`` if it is a language of the interface, else None."""
    return code if code in languages() else None


def direction(code: str) -> str:
    """``ltr`` or ``rtl``: where a line of the language begins."""
    return "rtl" if Locale.parse(code).character_order == "right-to-left" else "ltr"


@cache
def texts(code: str) -> NullTranslations:
    """The catalogue of a language; English, and what is none, has an empty one."""
    found: NullTranslations = Translations.load(str(ROOT), [code]) if code != ENGLISH else NullTranslations()
    return found


def say(language: str | None, text: str, **values: object) -> str:
    """``text`` in the language, with ``values`` in its ``{places}``."""
    said = texts(language or ENGLISH).ugettext(text)
    return said.format(**values) if values else said


def say_many(code: str | None, one: str, many: str, count: int) -> str:
    """The form that the language has for ``count``; ``{count}`` is put in."""
    return texts(code or ENGLISH).ungettext(one, many, count).format(count=count)


def grouped(code: str, number: int) -> str:
    """ "1,204", as the language writes it."""
    return str(format_decimal(number, locale=code))


def refusal_text(code: str, text: str) -> str:
    """What a refusal says, in the language: the text itself, or the one that it was made from ("at most {count} …").

    English where neither is known: it is said to programs, then.
    """
    if not text:
        return ""
    said = say(code, text)
    if said != text or code == ENGLISH:
        return said
    for made_from, shape in _shapes(code):
        if found := shape.fullmatch(text):
            values = {name: refusal_text(code, value) for name, value in found.groupdict().items()}
            return say(code, made_from, **values)
    return text


@cache
def _shapes(code: str) -> list[tuple[str, re.Pattern[str]]]:
    """Every text with places in it, and what it looks like when they are filled; the most particular first."""
    return list(shapes(text for text in getattr(texts(code), "_catalog", {}) if isinstance(text, str)))


def shapes(found: Iterable[str]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Of the texts ``found`` those with places, each with its pattern."""
    for text in sorted((text for text in found if PLACE.search(text) and SAID.search(text)), key=_literal):
        pieces = PLACE.split(text)
        yield (
            text,
            re.compile(
                "".join(f"(?P<{piece}>.+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)),
                re.S,
            ),
        )


def _literal(text: str) -> int:
    return -len(PLACE.sub("", text))
