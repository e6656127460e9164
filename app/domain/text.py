"""What a text may hold."""

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def clean_body(body: str) -> str:
    """``body`` with line ends as ``\\n``, no control characters, no white space around it.

    Raises ``ValueError`` where nothing is left or the text is not valid Unicode. Content is otherwise untouched.
    """
    ascii = body.isascii()
    if not ascii and _LONE_SURROGATE.search(body):
        raise ValueError("is not valid Unicode")
    body = _CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not (body if ascii else any(map(_shows, body))):
        raise ValueError("is empty")
    return body


def _shows(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) != "Cf"


def clean_draft(text: str) -> str:
    """``text`` as it is being written: line ends as ``\\n``, no control characters; raises ``ValueError`` where it is not valid
    Unicode. White space stays, and nothing at all is a draft, too: none."""
    if _LONE_SURROGATE.search(text):
        raise ValueError("is not valid Unicode")
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(line: str) -> str:
    """A single line (a name, an alias): white space folded, control characters gone."""
    if _LONE_SURROGATE.search(line):
        raise ValueError("is not valid Unicode")
    line = "".join(c for c in " ".join(line.split()) if unicodedata.category(c) not in ("Cc", "Co", "Cs"))
    if any(unicodedata.bidirectional(c) in ("LRO", "RLO", "LRE", "RLE", "PDF") for c in line):
        raise ValueError("holds text-direction overrides")
    return line


def fold(text: str) -> str:
    """``text`` without case and accents, for comparing what people type with what people are called."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
