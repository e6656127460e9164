"""One load on Chatter while py-spy watches a web process and the worker: what costs most, so that tuning starts there.

    python -m bench.profile 100x5-500

writes ``bench/profiles/<load>-<role>.txt``: the functions by their own time, and by the time below them. py-spy costs
some speed itself, so the numbers of this run are no results.
"""

import argparse
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from bench import BENCH, generator
from bench.chatter import Chatter
from bench.loads import LOADS, Load, Times
from bench.measure import installed
from bench.processes import Failed, family

PY_SPY = BENCH / ".packages" / "bin" / "py-spy"
PROFILES = BENCH / "profiles"
SAMPLES_PER_S = 200
TOP = 45
SECONDS = 8
WAITING = "acquire_with_timeout"
"""A thread of gevent's pool that waits for work looks busy to py-spy."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("load", nargs="?", default="100x5-500", choices=list(LOADS))
    parser.add_argument("--native", action="store_true", help="see into C extensions, more slowly")
    arguments = parser.parse_args()
    if not PY_SPY.exists():
        print("py-spy is missing: `make bench-profile` installs it.", file=sys.stderr)
        return 1
    generator.build()
    PROFILES.mkdir(exist_ok=True)
    load = LOADS[arguments.load]
    with installed(Chatter) as chatter:
        said = _record(chatter, load, arguments.native)
    print(f"{load.name}: {said['acknowledged_per_s']:,.0f} acknowledged/s, {said['delivered_per_s']:,.0f} delivered/s")
    return 0


def _record(chatter: Any, load: Load, native: bool) -> dict[str, Any]:
    times = Times(warmup=2, duration=SECONDS + 2, hold=SECONDS + 2, history=10_000)
    rooms = chatter.rooms(load.rooms, load.members)
    if load.mode == "catchup":
        chatter.fill(rooms[0], times.history)
    watched = {"web": family(chatter.roles["web"][0])[-1], "worker": chatter.roles["worker"][0]}
    spies: dict[str, subprocess.Popen[bytes]] = {}

    def heard(event: dict[str, Any]) -> None:
        if event["event"] == "begin" and not spies:
            for role, pid in watched.items():
                spies[role] = _spy(pid, chatter.folder / f"{role}.folded", native)

    if load.mode == "idle":  # what costs there is connecting
        heard({"event": "begin"})
    try:
        said = generator.run(load.plan(rooms, chatter.ports, times), chatter.folder, heard)
    finally:
        for spy in spies.values():
            spy.wait(SECONDS + 20)
    for role in watched:
        _write(load, role, chatter.folder / f"{role}.folded", said)
    return said


def _spy(pid: int, output: Path, native: bool) -> "subprocess.Popen[bytes]":
    arguments = ["record", "--pid", str(pid), "--duration", str(SECONDS), "--rate", str(SAMPLES_PER_S)]
    arguments += ["--format", "raw", "--output", str(output), "--function"]
    return subprocess.Popen([str(PY_SPY), *arguments, *(["--native"] if native else [])], stdout=subprocess.DEVNULL)


def _write(load: Load, role: str, folded: Path, said: dict[str, Any]) -> None:
    if not folded.exists():
        raise Failed(f"py-spy recorded nothing of the {role}: it may need root, or CAP_SYS_PTRACE.")
    own, below = Counter[str](), Counter[str]()
    total = 0
    for line in folded.read_text().splitlines():
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        if frames[-1].startswith(WAITING):
            continue
        total += int(count)
        own[frames[-1]] += int(count)
        below.update({frame: int(count) for frame in set(frames)})
    head = (
        f"{load.name}, the {role}, {time.strftime('%Y-%m-%d')}: {total} busy samples of {SECONDS * SAMPLES_PER_S} "
        f"in {SECONDS} s; {said['acknowledged_per_s']:,.0f} acknowledged/s, {said['delivered_per_s']:,.0f} delivered/s"
    )
    text = "\n".join([head, "", *_table("itself", own, total), "", *_table("with what it calls", below, total)])
    (PROFILES / f"{load.name}-{role}.txt").write_text(text.replace(str(BENCH.parent) + "/", "") + "\n")


def _table(title: str, counts: "Counter[str]", total: int) -> list[str]:
    return [f"share {title}"] + [f"{count / max(total, 1):6.1%} {name}" for name, count in counts.most_common(TOP)]


if __name__ == "__main__":
    sys.exit(main())
