"""Who may do what: the golden table. ``tests/js/domain/permissions.test.js`` reads the same file."""

import json
from itertools import product
from pathlib import Path

from app.domain.permissions import ALLOWED, RANK, may

GOLDEN = json.loads((Path(__file__).parents[1] / "wire" / "permissions.json").read_text("utf-8"))["permissions"]


def test_the_table_is_the_golden_one_and_it_is_whole() -> None:
    for row in GOLDEN:
        assert may(row["role"], row["action"], row["other"]) == row["may"], row
    told = {(row["role"], row["action"], row["other"]) for row in GOLDEN}
    assert told == set(product(RANK, ALLOWED, (None, *RANK)))
