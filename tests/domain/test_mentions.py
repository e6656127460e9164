"""Who is mentioned: the same cases are read by the browser's tests."""

import json
from pathlib import Path

import pytest

from app.domain.mentions import mentions_of, with_names

CASES = json.loads((Path(__file__).parents[1] / "wire" / "mentions.json").read_text())["mentions"]
ADA, BEN = "AdaAdaAdaAdaAdaAdaAdaA", "BenBenBenBenBenBenBenB"


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["body"]))
def test_who_is_mentioned(case: dict[str, object]) -> None:
    assert mentions_of(str(case["body"])) == frozenset(case["users"])  # type: ignore[call-overload]


def test_whoever_reads_it_without_a_page_reads_names() -> None:
    names = {ADA: "Ada", BEN: r"\1 Ben"}
    assert with_names(f"@[{ADA}]: ask @[{BEN}], not @[{BEN[1:]}]", names.__getitem__) == (
        rf"@Ada: ask @\1 Ben, not @[{BEN[1:]}]"
    )
