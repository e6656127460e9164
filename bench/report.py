"""RESULTS.md, from a results file. ``python -m bench.report FILE`` writes it again."""

import json
import sys
from pathlib import Path
from statistics import median

from bench import BENCH
from bench.loads import LOADS
from bench.metrics import METRICS, Metric, Results, cpu_us, faults, of, times_better, value
from bench.plots import write_plots

ROLES = ("web", "worker", "redis", "mongodb", "load")
GENERATOR_BUSY = 0.9
OTHERS_BUSY = 0.15
"""Shares of one core."""
LATE_SENDS = 5


def write_report(results: Results, folder: Path = BENCH) -> Path:
    """Write the table and the plots; returns the table's path."""
    write_plots(results, folder / "results")
    path = folder / "RESULTS.md"
    parts = (_head(results), _goals(results), _all(results), _cpu(results), _promise(results), _doubts(results))
    path.write_text("\n\n".join(part for part in parts if part) + "\n")
    return path


def _head(results: Results) -> str:
    machine = results["machine"]
    runs = f"median of {results['runs']} runs" if results["runs"] > 1 else "a single run"
    return "\n".join(
        [
            "# Results",
            "",
            f"{results['date']}, commit {results['commit']}, {runs} of {results['times']['duration']} s each. "
            f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB; {machine['versions']}. "
            f"Load average before: {machine['load_average']}. {results['remark']}".rstrip(),
            "",
            f"Command: `{results['command']}`. [README.md](README.md) says what is measured and how to read it.",
            "",
            "![Chatter against each reference](results/ratios.svg)",
        ]
    )


def _number(number: float | None, unit: str) -> str:
    if number is None:
        return "–"
    text = f"{number:,.0f}" if number >= 100 else f"{number:,.1f}" if number >= 10 else f"{number:,.2f}"
    return f"{text} {unit}" if unit != "/s" else f"{text}/s"


def _ratio(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}x"


def _row(results: Results, metric: Metric) -> str:
    ours, node, flask = (_number(value(results, metric, name), metric.unit) for name in ("chatter", "node", "flask"))
    to_node, to_flask = (_ratio(times_better(results, metric, name)) for name in ("node", "flask"))
    return f"| {metric.title} | {ours} | {node} | {flask} | {to_node} | {to_flask} |"


def _goals(results: Results) -> str:
    lines = ["## Goals, against the Node reference", "", "| | goal | measured | |", "|---|---|---|---|"]
    for metric in METRICS:
        ratio = times_better(results, metric, "node")
        if metric.goal is None or ratio is None:
            continue
        verdict = "met" if ratio >= metric.goal else "**missed**"
        lines.append(f"| {metric.title} | {metric.goal:g}x better | {_ratio(ratio)} | {verdict} |")
    broken = {name: count for name, count in faults(results, "chatter").items() if count}
    lines.append(
        "| nothing lost, doubled or out of order in Chatter | 0 | "
        + (", ".join(f"{count} {name}" for name, count in broken.items()) or "0")
        + f" | {'**missed**' if broken else 'met'} |"
    )
    return "\n".join(lines)


def _all(results: Results) -> str:
    lines = [
        "## Everything",
        "",
        "The last two columns say how many times better Chatter is (below 1: worse).",
        "",
        "| | Chatter | Node | Flask-SocketIO | against Node | against Flask-SocketIO |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join(lines + [_row(results, metric) for metric in METRICS])


def _cpu(results: Results) -> str:
    lines = [
        "## CPU",
        "",
        "Microseconds of each kind of process for one acknowledged message (catching up: for one entry); median. "
        "`load` is the generator itself.",
        "",
        "| load | contender | " + " | ".join(ROLES) + " |",
        "|---|---|" + "---|" * len(ROLES),
    ]
    for load in LOADS:
        for contender in ("chatter", "node", "flask"):
            used = [cpu for m in of(results, load, contender) if (cpu := cpu_us(m))]
            if used:
                cells = [f"{median(cpu.get(role, 0) for cpu in used):,.0f}" for role in ROLES]
                lines.append(f"| {load} | {contender} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _promise(results: Results) -> str:
    lines = ["## What went wrong", "", "Counted over all runs and loads.", ""]
    columns = {name: faults(results, name) for name in ("chatter", "node", "flask") if _measured(results, name)}
    lines += ["| | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for fault in next(iter(columns.values())):
        lines.append(f"| {fault.replace('_', ' ')} | " + " | ".join(f"{c[fault]:,}" for c in columns.values()) + " |")
    return "\n".join(lines)


def _measured(results: Results, contender: str) -> bool:
    return any(m["contender"] == contender for m in results["measurements"])


def _doubts(results: Results) -> str:
    """What may have been measured instead: the generator, or whoever else used the machine."""
    busy, others = [], []
    for m in results["measurements"]:
        elapsed = max(m["cpu_s"]["elapsed"], 0.001)
        load, late = m["cpu_s"]["load"] / elapsed, m["result"]["late_sends"]
        if load > GENERATOR_BUSY or late > LATE_SENDS:
            busy.append(f"{m['load']} {m['contender']}: {load:.0%} of a core, {late:,} late sends")
        others.append(m["cpu_s"].get("others", 0) / elapsed)
    lines = [
        "## How far to trust it",
        "",
        f"Other processes used {median(others):.0%} of a core in the median measurement, {max(others):.0%} in the worst. "
        + ("They took part: **measure again on a quiet machine.**" if max(others) > OTHERS_BUSY else ""),
    ]
    if busy:
        lines += ["", "The generator was busy or late: " + "; ".join(busy) + "."]
    return "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    print(write_report(json.loads(Path(sys.argv[1]).read_text())))
