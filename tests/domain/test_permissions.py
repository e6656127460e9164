"""Who may do what: the golden table. ``tests/js/domain/permissions.test.js`` reads the same file."""

import json
from itertools import product
from pathlib import Path

from app.domain.group_settings import GroupSettings
from app.domain.permissions import ALLOWED, OPENED, RANK, may

GOLDEN = json.loads((Path(__file__).parents[1] / "wire" / "permissions.json").read_text("utf-8"))["permissions"]


def test_the_table_is_the_golden_one_and_it_is_whole() -> None:
    for row in GOLDEN:
        settings = GroupSettings.of(row.get("settings"))
        assert may(row["role"], row["action"], row["other"], settings) == row["may"], row
    told = {(row["role"], row["action"], row["other"]) for row in GOLDEN if "settings" not in row}
    assert told == set(product(RANK, ALLOWED, (None, *RANK)))


def test_what_a_setting_opens_or_shuts_is_in_it_for_every_role() -> None:
    told = {(row["role"], row["action"], *row["settings"].values()) for row in GOLDEN if "settings" in row}
    assert told == set(product(RANK, OPENED, ("everyone", "admins")))
