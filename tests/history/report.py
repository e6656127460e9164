"""What runs of the fault harness say, as a table for a terminal, for a README, and as a page with time lines."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from tests.history.records import Apply, Fail, Fault, Healed, History, Info, Ok, Record
from tests.history.verdict import Report

Result = tuple[str, History, Report]

WIDTH, HEIGHT = 720, 90
STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--dim:#68717f;--line:#d9dee6;--page:#fbfbfc;--ok:#2d6cdf;--seen:#8a94a3;--hurt:#d9480f22;--bad:#c92a2a}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ee;--dim:#98a2b1;--line:#2b323d;--page:#14171c;--ok:#6ea1ff;--seen:#7b8798;--hurt:#ff922b33;--bad:#ff8787}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:right;padding:.25rem .6rem;border-bottom:1px solid var(--line)}
td:first-child,th:first-child{text-align:left}h2{font-size:1rem;margin:2rem 0 .3rem}.bad{color:var(--bad)}.dim{color:var(--dim)}svg{width:100%;height:auto}
"""
COLUMNS = ("fault", "acknowledged", "retried", "seen", "healed after", "violations", "verdict")


def _row(name: str, report: Report) -> tuple[str, ...]:
    """Cells of ``COLUMNS``; the healing is the later of the last answer and the last session."""
    times = (report.healing.answers_s, report.healing.sessions_s)
    healed = "never" if None in times else f"{max(time for time in times if time is not None):.1f} s"
    verdict = "holds" if report.passed else ("BROKEN" if report.violations else "no proof")
    counts = (report.acknowledged, report.retries, report.applied)
    return (name, *(f"{count:,}" for count in counts), healed, str(len(report.violations)), verdict)


def as_text(results: Sequence[Result]) -> str:
    """A table, and what was violated below it."""
    rows = [COLUMNS, *(_row(name, report) for name, _, report in results)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = ["  ".join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
             for row in rows]  # fmt: skip
    for name, _, report in results:
        lines += [f"{name}: {v.invariant} {v.text} {v.evidence or ''}".rstrip() for v in _all(report)[:20]]
    return "\n".join(lines) + "\n"


def as_markdown(results: Sequence[Result]) -> str:
    """The table for a README."""
    rows = ["| " + " | ".join(COLUMNS) + " |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
    rows += ["| " + " | ".join(_row(name, report)) + " |" for name, _, report in results]
    return "\n".join(rows) + "\n"


def as_html(results: Sequence[Result]) -> str:
    """One page that needs nothing else: the table, and a time line for each fault."""
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _row(name, report)) + "</tr>"
        for name, _, report in results
    )
    plots = "".join(_section(name, history, report) for name, history, report in results)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Chatter under faults</title>'
        f"<style>{STYLE}</style><h1>Chatter under faults</h1>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        '<p class="dim">Blue: acknowledged a second. Grey: seen by devices a second, on its own scale. Shaded: the fault. '
        f"Ticks: attempts without a definite answer.</p>{plots}</html>"
    )


def _all(report: Report) -> list:  # type: ignore[type-arg]
    return [*report.violations, *report.unproven]


def _section(name: str, history: History, report: Report) -> str:
    broken = "".join(f'<li class="bad">{escape(f"{v.invariant}: {v.text}")}</li>' for v in _all(report)[:20])
    return f"<h2>{escape(name)}</h2>{_plot(history)}<ul>{broken}</ul>"


def _plot(history: History) -> str:
    begin = history.begins
    seconds = max(1, int(history.ends - begin) + 1)
    x = WIDTH / seconds
    starts, ends = history.all(Fault), history.all(Healed)
    band = ""
    if starts and ends:
        left, right = (starts[0].t - begin) * x, (ends[-1].t - begin) * x
        band = f'<rect x="{left:.1f}" y="0" width="{right - left:.1f}" height="{HEIGHT}" fill="var(--hurt)"/>'
    lines = _line(_per_second(history.all(Apply), begin), seconds, x, "--seen")
    lines += _line(_per_second(history.all(Ok), begin), seconds, x, "--ok")
    unclear = _per_second([*history.all(Info), *history.all(Fail)], begin)
    ticks = "".join(f'<line x1="{s * x:.1f}" x2="{s * x:.1f}" y1="{HEIGHT - 6}" y2="{HEIGHT}" stroke="var(--bad)"/>'
                    for s in sorted(unclear))  # fmt: skip
    return f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="time line">{band}{lines}{ticks}</svg>'


def _per_second(records: Sequence[Record], begin: float) -> Counter[int]:
    return Counter(int(record.t - begin) for record in records)


def _line(counts: Counter[int], seconds: int, x: float, colour: str) -> str:
    top = max(counts.values(), default=1)
    points = " ".join(f"{s * x:.1f},{HEIGHT - 4 - counts[s] / top * (HEIGHT - 10):.1f}" for s in range(seconds))
    return f'<polyline points="{points}" fill="none" stroke="var({colour})" stroke-width="1.5"/>'
