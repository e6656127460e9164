"""docs/operations/capacity.md, from the newest results: ``python -m bench.capacity`` writes it again.

Every number in it that was measured is read here, and every other one is an assumption that is named as such.
"""

import json
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import BENCH, ROOT
from bench.loads import LOADS
from bench.metrics import Results, cpu_us, of

PAGE = ROOT / "docs" / "operations" / "capacity.md"
TEMPLATE = BENCH / "capacity.md"
CONTENDER = "chatter"
WEB_PROCESSES = 2
"""Of the bench (``bench/chatter.py``): each hears what the other announces."""
BUSY = 0.6
"""Share of a core that a process may be busy with: above it, what comes in bursts waits."""
QUIET, FULL, LARGE = "100x5-open", "100x5-100", "1x200"
"""Loads: some messages a second in conversations of five; as many as there can be; a conversation of 200."""
FEW, MANY = LOADS[FULL].members, LOADS[LARGE].members
STORES_AND_WORKER = ("worker", "redis", "mongodb")
SOCKETS_LIMIT = int(re.findall(r"^worker_connections = ([0-9_]+)$", (ROOT / "gunicorn.conf.py").read_text(), re.M)[0])


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU for one message, as measured at two rates (messages a second). ``web``: without delivering it.

    In a quiet hour a message costs more, because fewer share a round.
    """

    quiet_rate: float
    full_rate: float
    quiet: Mapping[str, float]
    full: Mapping[str, float]
    delivery: float
    """Of a web process, for each who hears it."""
    idle_socket_us_per_s: float
    idle_socket_kib: float
    web_process_mib: float
    worker_mib: float
    connections_per_s: float

    def cores(self, role: str, rate: float) -> float:
        """Busy at this rate: as in the quiet load below its rate, as in the full one above its, a line in between."""
        low, high = self.quiet[role] * self.quiet_rate, self.full[role] * self.full_rate
        if rate <= self.quiet_rate:
            return rate * self.quiet[role] / 1e6
        if rate >= self.full_rate:
            return rate * self.full[role] / 1e6
        return (low + (high - low) * (rate - self.quiet_rate) / (self.full_rate - self.quiet_rate)) / 1e6

    def hearing(self, rate: float) -> float:
        """The share of a core that a web process spends at most on hearing what all say: its part of what is not delivering."""
        return self.cores("web", rate) / WEB_PROCESSES

    def web(self, heard_by: float) -> float:
        """Of all web processes together under full load, for a message that so many hear."""
        return self.full["web"] + self.delivery * heard_by


@dataclass(frozen=True, slots=True)
class Demand:
    """Assumptions about people."""

    people: int
    connected: float = 0.10
    messages_a_day: float = 40
    busiest_hour: float = 0.12
    heard_by: float = 5

    @property
    def sockets(self) -> float:
        return self.people * self.connected

    @property
    def messages_per_s(self) -> float:
        """In the busiest hour."""
        return self.people * self.messages_a_day * self.busiest_hour / 3600


@dataclass(frozen=True, slots=True)
class Need:
    """What a demand asks for."""

    web_processes: int
    web_gib: float
    workers: int
    redis_cores: float
    mongodb_cores: float
    hearing: float
    """The share of its core that each web process spends at most on hearing of messages of which it has nobody."""


def costs(results: Results) -> Cost:
    """The medians over the runs."""

    def cpu(load: str, role: str) -> float:
        return median(cpu_us(m)[role] for m in of(results, load, CONTENDER))

    def rate(load: str) -> float:
        return median(float(m["result"]["acknowledged_per_s"]) for m in of(results, load, CONTENDER))

    delivery = (cpu(LARGE, "web") - cpu(FULL, "web")) / (MANY - FEW)

    def all_roles(load: str) -> dict[str, float]:
        return {"web": cpu(load, "web") - delivery * FEW} | {role: cpu(load, role) for role in STORES_AND_WORKER}

    idle, full = of(results, "idle", CONTENDER), of(results, FULL, CONTENDER)
    return Cost(
        quiet_rate=rate(QUIET),
        full_rate=rate(FULL),
        quiet=all_roles(QUIET),
        full=all_roles(FULL),
        delivery=delivery,
        idle_socket_us_per_s=median(
            m["cpu_s"]["web"] / m["cpu_s"]["elapsed"] / m["connected"]["sockets"] * 1e6 for m in idle
        ),
        idle_socket_kib=median(m["memory"]["web"] / m["connected"]["sockets"] / 1024 for m in idle),
        # gunicorn's master counts, too.
        web_process_mib=median(m["resident_mib"]["web"] for m in full) / WEB_PROCESSES,
        worker_mib=median(m["resident_mib"]["worker"] for m in full),
        connections_per_s=median(m["connected"]["sockets"] / m["connected"]["seconds"] for m in idle) / WEB_PROCESSES,
    )


def need(cost: Cost, demand: Demand) -> Need:
    """How much of each; web processes are added until what each spends on hearing the others is paid for, too."""
    rate = demand.messages_per_s
    own = (rate * demand.heard_by * cost.delivery + demand.sockets * cost.idle_socket_us_per_s) / 1e6
    hearing = cost.hearing(rate)
    if hearing >= BUSY:
        raise ValueError("one channel for all is full: no number of web processes is enough")
    processes = max(WEB_PROCESSES, math.ceil(own / (BUSY - hearing)), math.ceil(demand.sockets / SOCKETS_LIMIT))
    return Need(
        web_processes=processes,
        web_gib=(processes * cost.web_process_mib + demand.sockets * cost.idle_socket_kib / 1024) / 1024,
        workers=max(2, math.ceil(cost.cores("worker", rate) / BUSY)),
        redis_cores=cost.cores("redis", rate),
        mongodb_cores=cost.cores("mongodb", rate),
        hearing=hearing,
    )


def page(results: Results, name: str) -> str:
    """The whole page: the template with what was computed."""
    cost = costs(results)
    core = BUSY * 1e6
    machine = results["machine"]
    demands = [Demand(people) for people in (1_000, 10_000, 100_000, 1_000_000)]
    words = {
        "FILE": name,
        "DATE": results["date"],
        "COMMIT": results["commit"],
        "MACHINE": f"{machine['cores']} cores ({machine['cpu']}), {machine['memory_gib']} GiB",
        "BUSY": f"{BUSY:.0%}",
        "QUIET_RATE": f"{cost.quiet_rate:,.0f}",
        "FULL_RATE": f"{cost.full_rate:,.0f}",
        "WEB_5": f"{core / cost.web(FEW):,.0f}",
        "WEB_200": f"{core / cost.web(MANY) * MANY:,.0f}",
        "WEB_SOCKETS": f"{min(SOCKETS_LIMIT, core / cost.idle_socket_us_per_s):,.0f}",
        "SOCKET_KIB": f"{cost.idle_socket_kib:.1f}",
        "WEB_MIB": f"{cost.web_process_mib:.0f}",
        "CONNECTIONS": f"{cost.connections_per_s:.0f}",
        "WORKER": f"{core / cost.full['worker']:,.0f}",
        "WORKER_MIB": f"{cost.worker_mib:.0f}",
        "REDIS": f"{core / cost.full['redis']:,.0f}",
        "MONGODB": f"{core / cost.full['mongodb']:,.0f}",
        "CEILING": f"{core / (cost.full['web'] / WEB_PROCESSES):,.0f}",
        "COSTS": _costs(cost),
        "NEEDS": "\n".join(_row(cost, demand) for demand in demands),
        "CONNECTED": f"{demands[0].connected:.0%}",
        "A_DAY": f"{demands[0].messages_a_day:g}",
        "BUSIEST": f"{demands[0].busiest_hour:.0%}",
        "HEARD_BY": f"{demands[0].heard_by:g}",
        "MILLION_RATE": f"{demands[-1].messages_per_s:,.0f}",
        "MILLION_SOCKETS": f"{demands[-1].sockets:,.0f}",
        "MILLION_HEARING": f"{need(cost, demands[-1]).hearing:.0%}",
        "MILLION_BACK": f"{demands[-1].sockets / need(cost, demands[-1]).web_processes / cost.connections_per_s / 60:.0f}",
    }
    text = TEMPLATE.read_text()
    for word, value in words.items():
        text = text.replace(f"[[{word}]]", value)
    return text


def _costs(cost: Cost) -> str:
    names = {"web": "web", "worker": "worker", "redis": "Redis", "mongodb": "MongoDB (the stand-in)"}
    rows = [f"| {name} | {cost.quiet[role]:,.0f} | {cost.full[role]:,.0f} |" for role, name in names.items()]
    return "\n".join([*rows, f"| web, for each who hears it | {cost.delivery:,.1f} | {cost.delivery:,.1f} |"])


def _row(cost: Cost, demand: Demand) -> str:
    found = need(cost, demand)
    cells = (
        f"{demand.people:,}",
        f"{demand.sockets:,.0f}",
        f"{demand.messages_per_s:,.1f}",
        f"{found.web_processes}, {found.web_gib:.1f} GiB",
        f"{found.workers}",
        f"{found.redis_cores:.2f}",
        f"{found.mongodb_cores:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def newest() -> Path:
    """The committed results of the last full run."""
    return sorted((BENCH / "results").glob("*.json"))[-1]


def write_page() -> Path:
    """Write the page from the newest results; returns its path."""
    path = newest()
    PAGE.write_text(page(json.loads(path.read_text()), path.name))
    return PAGE


def main() -> int:
    print(write_page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
