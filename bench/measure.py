"""One measurement: a contender under a load, on stores that hold nothing else."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import ROOT, generator
from bench.contenders import Contender
from bench.loads import WARMING, Load, Times
from bench.processes import cpu_s, machine_cpu_s, resident_bytes
from dev.embedded import EmbeddedMongo, EmbeddedValkey

Sample = dict[str, dict[str, float]]


@contextmanager
def installed(contender: type[Contender]) -> Iterator[Contender]:
    """Fresh stores and a contender on them; every process is gone afterwards.

    The stores' files lie beside the checkout's own data, on its disk: where they lay in memory, syncing would be free.
    """
    (ROOT / ".data").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".data") as name:
        folder = Path(name)
        with EmbeddedValkey(folder / "valkey") as valkey, EmbeddedMongo(folder / "mongo") as mongo:
            one = contender(folder, valkey, mongo)
            try:
                one.start()
                yield one
            finally:
                one.stop()


def measure(contender: Contender, load: Load, times: Times) -> dict[str, Any]:
    """Put the load on the contender; what the generator, /proc and the database say."""
    rooms = contender.rooms(load.rooms, load.members)
    if load.mode == "catchup":
        contender.fill(rooms[0], times.history)
    if load.mode == "idle":
        _warm(contender, times)
    before = _memory(contender)
    samples: dict[str, Sample] = {}
    found: dict[str, Any] = {}

    def heard(event: dict[str, Any]) -> None:
        if event["event"] == "connected":
            found["connected"] = {"sockets": event["sockets"], "seconds": event["seconds"]}
        elif event["event"] in ("begin", "end"):
            samples[event["event"]] = _sample(contender, event["pid"])
        if event["event"] == "begin" and load.mode == "idle":
            time.sleep(times.hold * 0.8)
            found["memory"] = {role: taken - before[role] for role, taken in _memory(contender).items()}

    result = generator.run(load.plan(rooms, contender.ports, times), contender.folder, heard)
    del result["event"]
    return {
        "load": load.name,
        "contender": contender.name,
        "result": result,
        "cpu_s": _between(samples["begin"], samples["end"]),
        "resident_mib": {role: round(size / 2**20, 1) for role, size in _resident(contender).items()},
        "stored": _stored(contender, {room.conversation for room in rooms}, result),
        **found,
    }


def _warm(contender: Contender, times: Times) -> None:
    """Let sockets come and go, so that code and pools are loaded before memory is read."""
    rooms = contender.rooms(WARMING.rooms, WARMING.members)
    plan = WARMING.plan(rooms, contender.ports, replace(times, hold=0.2))
    generator.run(plan, contender.folder, lambda event: None)
    time.sleep(1.5)


def _memory(contender: Contender) -> dict[str, int]:
    return _resident(contender) | {"web": contender.web_memory()}


def _resident(contender: Contender) -> dict[str, int]:
    return {role: resident_bytes(pids) for role, pids in contender.roles.items()}


def _sample(contender: Contender, load: int) -> Sample:
    roles = contender.roles | {"load": [load]}
    used = {role: cpu_s(pids) for role, pids in roles.items()}
    # What others use at the same time falsifies what is measured, so it is known and the report says it.
    used["others"] = machine_cpu_s() - sum(used.values())
    return {"cpu": used, "clock": {"now": time.monotonic()}}


def _between(begin: Sample, end: Sample) -> dict[str, float]:
    used = {role: round(end["cpu"][role] - begin["cpu"][role], 2) for role in end["cpu"]}
    return used | {"elapsed": round(end["clock"]["now"] - begin["clock"]["now"], 3)}


def _stored(contender: Contender, conversations: set[str], result: dict[str, Any]) -> dict[str, int]:
    """Whether the database holds what was acknowledged, under numbers without holes and doubles."""
    numbers = {c: seqs for c, seqs in contender.numbers().items() if c in conversations}
    count = sum(map(len, numbers.values()))
    return {
        "entries": count,
        "missing": max(0, result["acknowledged"] - count),
        "holes": sum(max(seqs) - len(set(seqs)) for seqs in numbers.values()),
        "doubles": sum(len(seqs) - len(set(seqs)) for seqs in numbers.values()),
    }
