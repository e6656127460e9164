"""ROWS.md names tests that exist, and every test of this folder."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = (Path(__file__).parent / "ROWS.md").read_text()
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", ROWS)
OF_THE_LIST_ITSELF = {
    "test_rows.py",
    "test_the_schemas_are_those_of_the_events",
    "test_the_list_of_what_has_no_limit_is_whole",
    "test_the_site_of_the_other_tests_has_the_routes_of_the_whole",
}


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 50
    missing = [
        f"{file}::{test}"
        for file, test in NAMED
        if not (ROOT / file).exists() or f"def {test}(" not in (ROOT / file).read_text()
    ]
    assert missing == []


def test_every_test_of_this_folder_is_named() -> None:
    here = {
        test
        for file in Path(__file__).parent.glob("test_*.py")
        if file.name not in OF_THE_LIST_ITSELF
        for test in re.findall(r"^def (test_\w+)\(", file.read_text(), re.MULTILINE)
    }
    assert here - {test for _, test in NAMED} - OF_THE_LIST_ITSELF == set()
