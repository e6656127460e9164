"""The runs as one page that needs nothing else: no script, no font, no picture from anywhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from tests.history.records import Bite, Fault, History
from tests.history.timeline import timeline
from tests.history.verdict import Report, Violation

TOLD = 50
"""How many violations of a run the page spells out."""

STYLE = """
:root { color-scheme: light dark; --paper: #fbfaf8; --card: #fff; --ink: #22262b; --soft: #646b74; --rule: #e3e1dc;
  --acknowledged: #2563b8; --delivered: #0d7d68; --band: #f3c46a55; --edge: #8a5a00; --bad: #b3261e; --good: #1d6f42; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --card: #1c2026; --ink: #e6e8ea; --soft: #9aa3ad; --rule: #31373f;
    --acknowledged: #7fb0f5; --delivered: #5cc9b0; --band: #c98f2a38; --edge: #e5b567; --bad: #ff8a80; --good: #7fd1a0; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.125rem; margin: 0; } p { margin: .25rem 0; }
a { color: inherit; } .soft { color: var(--soft); } .scroll { overflow-x: auto; margin: 1.5rem 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th { font-weight: 600; font-size: .875rem; color: var(--soft); }
th:first-child, td:first-child, th:last-child, td:last-child { text-align: left; } tbody th { color: inherit; font-size: 1rem; }
th:last-child, td:last-child { padding-left: .75rem; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: .75rem; padding: 1rem 1.25rem; margin: 1rem 0; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; justify-content: space-between; }
.verdict { font-weight: 600; } .passed { color: var(--good); } .failed { color: var(--bad); } .unproven { color: var(--edge); }
ul { margin: .5rem 0 0; padding-left: 1.25rem; } li { overflow-wrap: anywhere; } li b { color: var(--bad); }
details pre { overflow-x: auto; font-size: .8125rem; white-space: pre-wrap; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; margin-top: .75rem; } svg text { font: 11px system-ui, sans-serif; fill: var(--soft); }
svg .name { fill: var(--ink); } svg .note { fill: var(--edge); } .grid { stroke: var(--rule); } .axis { stroke: var(--soft); }
.band { fill: var(--band); } .healed { stroke: var(--good); stroke-width: 1.5; stroke-dasharray: 4 3; } .bite { fill: var(--bad); }
.line { fill: none; stroke-width: 1.5; } .area { opacity: .16; }
.line.acknowledged { stroke: var(--acknowledged); } .area.acknowledged { fill: var(--acknowledged); }
.line.delivered { stroke: var(--delivered); } .area.delivered { fill: var(--delivered); }
.tick.info { stroke: var(--edge); } .tick.fail { stroke: var(--bad); } .column { fill: transparent; }
.column:hover { fill: var(--soft); fill-opacity: .18; }
@media (max-width: 40rem) { section .plot { overflow-x: auto; } svg { min-width: 40rem; } }
"""


def as_html(results: Sequence[tuple[str, History, Report]], title: str = "Chatter under faults") -> str:
    """The whole page: a summary, then each run with its timeline and what it violated."""
    passed = sum(report.passed for _, _, report in results)
    acknowledged = sum(report.acknowledged for _, _, report in results)
    violations = sum(len(report.violations) for _, _, report in results)
    return "".join([
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>",
        f"<h1>{escape(title)}</h1>",
        f"<p>{passed} of {len(results)} runs passed. {acknowledged:,} messages were acknowledged, "
        f"{violations:,} violations were found.</p>",
        '<p class="soft">The band is the time from a fault to its healing (dashed line), a dot where it was seen to bite. '
        "Below the curves: answers that meant “ask again”, and refusals.</p>",
        *_table(results),
        *(part for at, (name, history, report) in enumerate(results) for part in _run(at, name, history, report)),
        "</main></body></html>\n",
    ])  # fmt: skip


def _table(results: Sequence[tuple[str, History, Report]]) -> Iterator[str]:
    headings = ("Fault", "Acknowledged", "Delivered", "Retries", "Time to heal", "Violations", "Verdict")
    yield '<div class="scroll"><table><thead><tr>'
    yield "".join(f'<th scope="col">{heading}</th>' for heading in headings) + "</tr></thead><tbody>"
    for at, (name, _, report) in enumerate(results):
        numbers = (f"{report.acknowledged:,}", f"{report.applied:,}", f"{report.retries:,}", report.healing.in_words,
                   f"{len(report.violations):,}")  # fmt: skip
        yield f'<tr><th scope="row"><a href="#run-{at}">{escape(name)}</a></th>'
        yield "".join(f"<td>{number}</td>" for number in numbers)
        yield f'<td class="verdict {report.in_words}">{report.in_words}</td></tr>'
    yield "</tbody></table></div>"


def _run(at: int, name: str, history: History, report: Report) -> Iterator[str]:
    yield f'<section id="run-{at}"><header><h2>{escape(name)}</h2>'
    yield f'<span class="verdict {report.in_words}">{report.in_words}</span></header>'
    yield f'<p class="soft">{escape(_sentence(history, report))}</p>'
    yield f'<div class="plot">{timeline(name, history)}</div>'
    found = report.violations + report.unproven
    if found:
        counts = Counter(violation.invariant for violation in found)
        told = ", ".join(f"{invariant}: {count:,}" for invariant, count in counts.items())
        yield f"<p>{told}</p><ul>"
        yield "".join(_violation(violation) for violation in found[:TOLD])
        yield f"<li>and {len(found) - TOLD:,} more</li></ul>" if len(found) > TOLD else "</ul>"
    yield "</section>"


def _sentence(history: History, report: Report) -> str:
    """The run in numbers, and what was done to it."""
    parts = [
        f"{report.acknowledged:,} messages acknowledged in {report.attempts:,} attempts, {report.retries:,} of them retries"
    ]
    parts.append(f"{report.applied:,} entries delivered")
    faults = Counter(fault.name for fault in history.all(Fault))
    if faults:
        parts.append("faults: " + ", ".join(f"{name} × {count}" for name, count in faults.items()))
        parts.append(f"bites seen: {len(history.all(Bite)):,}")
    if report.healing.answers_s is not None:
        parts.append(f"last open answer {report.healing.answers_s:.1f} s after healing")
    if report.healing.sessions_s is not None:
        parts.append(f"last session complete {report.healing.sessions_s:.1f} s after")
    return "; ".join(parts) + "."


def _violation(violation: Violation) -> str:
    evidence = "\n".join(str(each) for each in violation.evidence)
    head = f"<b>{escape(violation.invariant)}</b> {escape(violation.text)}"
    if not evidence:
        return f"<li>{head}</li>"
    return f"<li>{head}<details><summary>evidence</summary><pre>{escape(evidence[:4000])}</pre></details></li>"
