"""Where there is nothing but text a message has no marks: the same cases are read by the browser's tests."""

import json
import time
from pathlib import Path

import pytest

from app.services.plain_text import plain_line

CASES = json.loads((Path(__file__).parents[1] / "wire" / "plain_texts.json").read_text())["plain_texts"]
ADA = "AdaAdaAdaAdaAdaAdaAdaA"


def name_of(user: str) -> str:
    return "Ada" if user == ADA else "someone"


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["body"]))
def test_a_line_has_no_marks(case: dict[str, str]) -> None:
    assert plain_line(case["body"], name_of) == case["line"]


def test_a_long_text_is_cut_and_no_mention_in_the_middle() -> None:
    for before in range(570, 602):
        assert "[" not in plain_line(f"{' ' * before}x @[{ADA}] {'y' * 100}", name_of)
    assert len(plain_line("word " * 1_500, name_of)) <= 300


@pytest.mark.parametrize("piece", ["*", "_", "~", "`", "[", "> ", "- ", "[](", "**a", "\\", "@[", "https://a."])
def test_the_worst_texts_are_read_in_no_time(piece: str) -> None:
    began = time.process_time()
    plain_line(piece * 8_000, name_of)
    assert time.process_time() - began < 0.5
