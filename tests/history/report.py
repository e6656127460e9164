"""What a series of runs looked like: a table for a terminal, one for a README, and a page with a timeline of each run."""

from collections.abc import Sequence
from typing import NamedTuple

from tests.history.page import as_html
from tests.history.records import History
from tests.history.verdict import Report

__all__ = ["Result", "as_html", "as_markdown", "as_text"]

TOLD = 5
"""How many violations of a run a table of text spells out; the rest is a number."""

HEADINGS = ("Fault", "Acknowledged", "Delivered", "Retries", "Time to heal", "Violations", "Verdict")


class Result(NamedTuple):
    """A run's name, what was written down, and the verdict. A plain tuple of the three does as well."""

    name: str
    history: History
    report: Report


def as_text(results: Sequence[tuple[str, History, Report]]) -> str:
    """The table for a terminal, with the first violations under it."""
    rows = [HEADINGS, *(_row(name, report) for name, _, report in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(_aligned(cell, widths[at], at) for at, cell in enumerate(row)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    for name, _, report in results:
        found = report.violations + report.unproven
        lines += [f"{name}: {violation.invariant} {violation.text}" for violation in found[:TOLD]]
        if len(found) > TOLD:
            lines.append(f"{name}: and {len(found) - TOLD} more")
    return "\n".join(lines) + "\n"


def as_markdown(results: Sequence[tuple[str, History, Report]]) -> str:
    """The same table for a README."""
    rule = ["---", *("---:" for _ in HEADINGS[1:-1]), "---"]
    rows = [HEADINGS, rule, *(_row(name, report) for name, _, report in results)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows)


def _row(name: str, report: Report) -> tuple[str, ...]:
    return (
        name,
        f"{report.acknowledged:,}",
        f"{report.applied:,}",
        f"{report.retries:,}",
        report.healing.in_words,
        f"{len(report.violations):,}",
        report.in_words,
    )


def _aligned(cell: str, width: int, column: int) -> str:
    """Names and verdicts to the left, numbers to the right."""
    return cell.ljust(width) if column in (0, len(HEADINGS) - 1) else cell.rjust(width)
