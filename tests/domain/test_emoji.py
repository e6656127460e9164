"""One emoji, whichever of the ways it is made of; and nothing that is more or something else."""

import pytest

from app.domain.emoji import is_emoji

ONE = [
    "👍",
    "👍🏽",
    "❤️",
    "❤",
    "☝🏿",
    "❤️‍🔥",
    "👩‍❤️‍💋‍👨",
    "👨‍👩‍👧‍👦",
    "👁️‍🗨️",
    "🏴‍☠️",
    "🇨🇭",
    "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "4️⃣",
    "#⃣",
    "‼️",
    "〰️",
    "🫶🏼",
    "↔️",
    "🏳️‍🌈",
    "♻️",
]
NOT_ONE = [
    "",
    "a",
    "ok",
    "4",
    "👍👍",
    "🇨",
    "🇨🇭🇩🇪",
    "👍 ",
    " 👍",
    "👍a",
    "\u200d",
    "\ufe0f",
    "🏽🏽",
    "<b>",
    "👍\n",
    "👍" * 9,
    "é",
    "中",
    "$",
    "+",
    "\x00",
    "👍\u202e",
]


@pytest.mark.parametrize("text", ONE)
def test_these_are_one(text: str) -> None:
    assert is_emoji(text)


@pytest.mark.parametrize("text", NOT_ONE, ids=repr)
def test_these_are_not(text: str) -> None:
    assert not is_emoji(text)
