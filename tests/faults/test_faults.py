"""The short selection of faults, and the proof that the suite sees what it must: two tempting shortcuts are caught.

Run by plain ``pytest tests/faults`` (asyncio and gevent's patches do not mix).
"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.nemesis import FAULTS
from tests.faults.run import run_all
from tests.faults.trial import Fault
from tests.history.report import as_text

SHORT = [fault for fault in FAULTS if fault.short]
CONTESTED = next(fault for fault in FAULTS if fault.number == "5")


@pytest.mark.timeout(1_200)
def test_the_promise_holds_whatever_dies(tmp_path: Path) -> None:
    results = asyncio.run(run_all(SHORT, tmp_path / "faults", quick=True))
    assert all(report.passed for _, _, report in results), "\n" + as_text(results)


@pytest.mark.timeout(180)
def test_bad_luck_alone_breaks_nothing(tmp_path: Path) -> None:
    """The same committers with the store as it is, so that what the next test sees is the shortcut's doing."""
    ((_, _, report),) = asyncio.run(run_all([_unlucky("")], tmp_path / "faults", quick=True))
    assert report.passed, report


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    ("shortcut", "breaks"),
    [("unordered_insert", {"I1", "I6"}), ("trust_duplicates", {"I3", "I4", "I7", "I8", "I10"})],
)
def test_a_tempting_shortcut_is_caught(shortcut: str, breaks: set[str], tmp_path: Path) -> None:
    """Three unlucky committers without a lease, and a store that goes on after an error, or believes a duplicate key."""
    ((_, _, report),) = asyncio.run(run_all([_unlucky(shortcut)], tmp_path / "faults", quick=True))
    assert breaks & {violation.invariant for violation in report.violations}, report


def _unlucky(shortcut: str) -> Fault:
    settings = CONTESTED.settings | {"CHATTER_SABOTAGE": f"no_lease,unlucky,{shortcut}"}
    return replace(CONTESTED, settings=settings, conversations=2, settle_within_s=10.0, min_acks=300)
