"""The good history, ways to damage it, and the verdict on what is left."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tests.history.invariants import Limits, Report, check
from tests.history.records import Dump, Entry, History, Record
from tests.history.simulation import good_history

GOOD = good_history()
LIMITS = Limits(min_acks=80)
R = TypeVar("R", bound=Record)


def caught(report: Report) -> set[str]:
    return {violation.invariant for violation in report.violations + report.unproven}


def judge(records: list[Record]) -> set[str]:
    report = check(History(records), LIMITS)
    assert report.passed == (not caught(report))
    return caught(report)


def change(record: Record, *instead: Record) -> list[Record]:
    """The good history with other records in the place of this one."""
    at = next(at for at, each in enumerate(GOOD.records) if each is record)
    return [*GOOD.records[:at], *instead, *GOOD.records[at + 1 :]]


def some(kind: type[R], wanted: Callable[[R], bool] = lambda record: True) -> R:
    """A record of that kind from the middle of the run."""
    found = [record for record in GOOD.all(kind) if wanted(record)]
    return found[len(found) // 2]


def damage(mutate: Callable[[list[Entry]], object], conversation: str = "group") -> set[str]:
    """The verdict once the conversation's dump was changed in place."""
    dump = next(dump for dump in GOOD.all(Dump) if dump.conversation == conversation)
    entries = list(dump.entries)
    mutate(entries)
    return judge(change(dump, replace(dump, entries=tuple(entries))))


def dense(entries: list[Entry]) -> None:
    entries[:] = [entry._replace(seq=seq) for seq, entry in enumerate(entries, start=1)]
