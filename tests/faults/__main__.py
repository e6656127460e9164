"""``python -m tests.faults``: inject faults, check what everybody saw, write the report.

--only 2a,8        these rows alone            --quick     short waits, and the rows of the short selection
--report FOLDER    where report.html, report.txt, report.md and the histories go (test-results/faults)
"""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.faults.nemesis import FAULTS
from tests.faults.run import run_all
from tests.history.report import as_html, as_markdown, as_text

ROOT = Path(__file__).parent.parent.parent


def main() -> int:
    """0 where every fault bit and every invariant held."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Break Chatter and check its promise.")
    parser.add_argument("--only", default="", help="rows, separated by commas")
    parser.add_argument("--quick", action="store_true", help="the short selection with short waits")
    parser.add_argument("--report", type=Path, default=ROOT / "test-results" / "faults")
    asked = parser.parse_args()
    wanted = set(filter(None, asked.only.split(",")))
    unknown = wanted - {fault.number for fault in FAULTS}
    if unknown:
        parser.error(f"no such rows: {', '.join(sorted(unknown))}")
    faults = [f for f in FAULTS if f.number in wanted or (not wanted and (f.short or not asked.quick))]
    results = asyncio.run(run_all(faults, asked.report, quick=asked.quick))
    (asked.report / "report.html").write_text(as_html(results))
    (asked.report / "report.md").write_text(as_markdown(results))
    text = as_text(results)
    (asked.report / "report.txt").write_text(text)
    print(text)
    return 0 if all(report.passed for _, _, report in results) else 1


if __name__ == "__main__":
    sys.exit(main())
