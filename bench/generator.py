"""The load generator: built on demand, run with a plan, listened to."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import BENCH
from bench.processes import Failed

SOURCE = BENCH / "load"
PROGRAM = SOURCE / "load"
COMPILE = ("cc", "-O2", "-std=gnu11", "-Wall", "-Wextra", "-o")


def build() -> None:
    """Compile the generator where its source is newer than the program."""
    sources = sorted(SOURCE.glob("*.c"))
    newest = max(path.stat().st_mtime for path in [*sources, SOURCE / "load.h"])
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < newest:
        subprocess.run([*COMPILE, str(PROGRAM), *map(str, sources), "-lm"], check=True)


def run(plan: str, folder: Path, heard: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Carry a plan out; ``heard`` gets each event when it happens. Returns the result; raises Failed."""
    path = folder / "plan.txt"
    path.write_text(plan)
    with subprocess.Popen([str(PROGRAM), str(path)], stdout=subprocess.PIPE, text=True) as process:
        result: dict[str, Any] = {}
        try:
            for line in process.stdout or ():
                event = json.loads(line)
                heard(event | {"pid": process.pid})
                result = event
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0 or result.get("event") != "result":
        raise Failed(f"The load generator ended with {process.returncode}.")
    return result
