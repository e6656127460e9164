"""``make bench``: every load on every contender, in turn, and the tables and plots of what came out."""

import argparse
import json
import os
import platform
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import BENCH, ROOT, generator
from bench.capacity import write_page
from bench.contenders import Contender, contenders
from bench.loads import FULL, LOADS, QUICK, Load, Times
from bench.measure import installed, measure
from bench.metrics import METRICS, Measurement, faults
from bench.report import write_report

FILES = 16_384


def main() -> int:
    """Measure what the command line asks for; 1 where Chatter broke its promise."""
    arguments = _arguments()
    _raise_file_limit()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl+C: end what was started, report what there is
    generator.build()
    chosen = {name: kind for name, kind in contenders().items() if name in arguments.contenders}
    loads = [LOADS[name] for name in arguments.loads]
    times = QUICK if arguments.quick else FULL
    results = _surroundings(arguments, times)
    measurements = results["measurements"] = []
    try:
        for measurement in (_quickly if arguments.quick else _in_turn)(chosen, loads, times, results["runs"]):
            measurements.append(measurement)
    finally:
        if measurements:  # an interrupted run is reported as far as it came
            _write(results, arguments)
    broken = {name: count for name, count in faults(results, "chatter").items() if count}
    if broken:
        print(f"Chatter broke its promise: {broken}", file=sys.stderr)
    return 1 if broken else 0


def _in_turn(chosen: dict[str, type[Contender]], loads: list[Load], times: Times, runs: int) -> Iterator[Measurement]:
    """Each load ``runs`` times, the contenders alternating, each time on new stores and new processes."""
    for load in loads:
        for run in range(runs):
            for kind in _rotated(list(chosen.values()), run):
                with installed(kind) as contender:
                    yield _measured(contender, load, times, run)


def _quickly(chosen: dict[str, type[Contender]], loads: list[Load], times: Times, runs: int) -> Iterator[Measurement]:
    """All loads on one installation of each contender: a smoke test, no measurement."""
    for kind in chosen.values():
        with installed(kind) as contender:
            for run in range(runs):
                for load in loads:
                    yield _measured(contender, load, times, run)


def _measured(contender: Contender, load: Load, times: Times, run: int) -> Measurement:
    measurement = measure(contender, load, times) | {"run": run}
    said = [f"{m.title} {m.read(measurement):,.1f} {m.unit}" for m in METRICS if m.load == load.name]
    print(f"{load.name:11} {contender.name:8} {'; '.join(said)}", flush=True)
    return measurement


def _rotated(items: list[Any], by: int) -> list[Any]:
    by %= len(items)
    return items[by:] + items[:by]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a second or two each: a smoke test, no measurement")
    parser.add_argument("--runs", type=int, help="runs of each load on each contender (3; quick: 1)")
    parser.add_argument("--loads", nargs="+", choices=list(LOADS), default=list(LOADS), metavar="LOAD")
    parser.add_argument("--contenders", nargs="+", choices=list(contenders()), default=list(contenders()))
    parser.add_argument("--remark", default="", help="a sentence for the report, such as who else used the machine")
    parser.add_argument("--out", type=Path, help="where RESULTS.md and results/ go (bench/; quick: .data/bench)")
    return parser.parse_args()


def _surroundings(arguments: argparse.Namespace, times: Times) -> dict[str, Any]:
    cpu = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    memory_kib = int(Path("/proc/meminfo").read_text().split()[1])
    node = _said("node", "--version") or "no Node"
    commit = _said("git", "rev-parse", "--short", "HEAD") + (
        "+" if _said("git", "status", "--porcelain", "app") else ""
    )
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit,
        "command": shlex.join(
            ["make", "bench", f"BENCH_ARGS={shlex.join(sys.argv[1:])}"] if sys.argv[1:] else ["make", "bench"]
        ),
        "runs": arguments.runs or (1 if arguments.quick else 3),
        "remark": arguments.remark,
        "times": asdict(times),
        "machine": {
            "cores": os.cpu_count(),
            "cpu": cpu[0].partition(":")[2].strip() if cpu else platform.machine(),
            "memory_gib": round(memory_kib / 2**20),
            "versions": f"Python {platform.python_version()}, Node {node.lstrip('v')}",
            "load_average": f"{os.getloadavg()[0]:.1f}",
        },
    }


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _write(results: dict[str, Any], arguments: argparse.Namespace) -> None:
    folder = arguments.out or (ROOT / ".data" / "bench" if arguments.quick else BENCH)
    (folder / "results").mkdir(parents=True, exist_ok=True)
    path = folder / "results" / f"{results['date']}.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    print(f"{path}\n{write_report(results, folder)}")
    if folder == BENCH:  # a full run: the page about capacity follows it
        write_page()


def _raise_file_limit() -> None:
    """Two thousand sockets on each side: more than a shell allows its processes by default."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    sys.exit(main())
