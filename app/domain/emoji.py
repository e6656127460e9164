"""Is a text one emoji? By its structure: the list of emoji grows every year, the ways to join them do not."""

import re
import unicodedata

MOST_CODE_POINTS = 16
_SHAPE = re.compile(r"ff|dv?k|b[vm]{0,2}t{0,8}(?:zb[vm]{0,2}){0,4}")
"""A flag of two letters; a key cap; a picture with its variation, tone or tags, joined with up to four others."""
_EXTRA_PICTURES = "‼⁉〰〽"


def is_emoji(text: str) -> bool:
    """Whether ``text`` is one emoji and nothing else: no letters, no text, a few code points at most."""
    return 0 < len(text) <= MOST_CODE_POINTS and _SHAPE.fullmatch("".join(map(_role, text))) is not None


def _role(character: str) -> str:
    code = ord(character)
    if 0x1F1E6 <= code <= 0x1F1FF:
        return "f"
    if 0x1F3FB <= code <= 0x1F3FF:
        return "m"
    if 0xE0020 <= code <= 0xE007F:
        return "t"
    if character in "0123456789#*":
        return "d"
    known = {0xFE0F: "v", 0x200D: "z", 0x20E3: "k"}.get(code)
    if known:
        return known
    picture = character in _EXTRA_PICTURES or unicodedata.category(character) in ("So", "Sm")
    return "b" if picture and code > 0xA8 else "?"
