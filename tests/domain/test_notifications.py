"""Who is called when: the golden table. ``tests/js/domain/notifications.test.js`` reads the same file."""

import json
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from app.domain.notifications import LEVELS, Daily, Notifications, calls, level_of, zone_of

GOLDEN = json.loads((Path(__file__).parents[1] / "wire" / "notifications.json").read_text("utf-8"))


def test_the_table_of_levels_is_the_golden_one_and_it_is_whole() -> None:
    for row in GOLDEN["levels"]:
        assert calls(row["level"], muted=row["muted"], mentioned=row["mentioned"]) == row["calls"], row
    told = {(row["level"], row["muted"], row["mentioned"]) for row in GOLDEN["levels"]}
    assert told == set(product(LEVELS, (False, True), (False, True)))


@pytest.mark.parametrize("case", GOLDEN["quiet"], ids=str)
def test_it_is_quiet_when_the_person_wants_it(case: dict[str, Any]) -> None:
    until = datetime.fromisoformat(case["until"]) if case["until"] else None
    choices = Notifications(
        quiet_until=int(until.timestamp() * 1000) if until else None,
        quiet_daily=Daily(*case["daily"]) if case["daily"] else None,
    )
    assert choices.is_quiet(datetime.fromisoformat(case["at"])) is case["quiet"]
    assert Notifications.of(choices.to_wire()) == choices


def test_what_is_not_known_is_as_it_is_for_everybody() -> None:
    assert Notifications.of(None) == Notifications.of({}) == Notifications()
    assert Notifications.of({"show_text": False}).show_text is False
    assert [level_of(stored) for stored in (None, "loud", "none")] == ["all", "all", "none"]
    assert not Notifications().is_quiet(datetime.now(UTC))


@pytest.mark.parametrize(
    "name", ["", "Europe", "../etc/passwd", "/etc/localtime", "Europe/../../x", "x" * 500, "Mars/Base"]
)
def test_a_time_zone_that_is_none_is_none(name: str) -> None:
    assert zone_of(name) is None
