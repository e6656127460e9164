"""From measurements to the numbers of the tables: medians, ratios, and whether a goal was met."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

Measurement = dict[str, Any]
Results = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a load. ``more``: more is better. ``goal``: how many times better than Node it is to be."""

    load: str
    title: str
    unit: str
    read: Callable[[Measurement], float]
    more: bool = True
    goal: float | None = None


def _result(name: str) -> Callable[[Measurement], float]:
    return lambda measurement: float(measurement["result"][name])


def _latency(kind: str, percentile: str) -> Callable[[Measurement], float]:
    return lambda measurement: float(measurement["result"][kind][percentile])


def _kib_per_socket(measurement: Measurement) -> float:
    return float(measurement["memory"]["web"] / measurement["connected"]["sockets"] / 1024)


def _connections_per_s(measurement: Measurement) -> float:
    return float(measurement["connected"]["sockets"] / measurement["connected"]["seconds"])


METRICS = (
    Metric("100x5-100", "acknowledged, one sender each", "/s", _result("acknowledged_per_s"), goal=5),
    Metric("100x5-100", "p99 send-to-ack, one sender each", "ms", _latency("ack", "p99_ms"), more=False),
    Metric("100x5-500", "acknowledged, five senders each", "/s", _result("acknowledged_per_s"), goal=5),
    Metric("100x5-500", "p99 send-to-ack, five senders each", "ms", _latency("ack", "p99_ms"), more=False),
    Metric("100x5-open", "p50 send-to-ack at 400/s", "ms", _latency("ack", "p50_ms"), more=False),
    Metric("100x5-open", "p99 send-to-ack at 400/s", "ms", _latency("ack", "p99_ms"), more=False, goal=2),
    Metric("100x5-open", "p99 send-to-deliver at 400/s", "ms", _latency("deliver", "p99_ms"), more=False),
    Metric("1x200", "deliveries to 200 members", "/s", _result("delivered_per_s"), goal=5),
    Metric("1x200", "acknowledged, 200 members", "/s", _result("acknowledged_per_s")),
    Metric("1x200", "p99 send-to-deliver, 200 members", "ms", _latency("deliver", "p99_ms"), more=False),
    Metric("catchup", "entries caught up with", "/s", _result("delivered_per_s")),
    Metric("idle", "memory of an idle socket", "KiB", _kib_per_socket, more=False, goal=2),
    Metric("idle", "connections", "/s", _connections_per_s),
)


def of(results: Results, load: str, contender: str) -> list[Measurement]:
    """The measurements of a contender under a load."""
    return [m for m in results["measurements"] if m["load"] == load and m["contender"] == contender]


def value(results: Results, metric: Metric, contender: str) -> float | None:
    """The median over the runs; None where it was not measured."""
    found = of(results, metric.load, contender)
    return median(map(metric.read, found)) if found else None


def times_better(results: Results, metric: Metric, reference: str) -> float | None:
    """How many times better than the reference Chatter is: below 1 it is worse."""
    ours, theirs = value(results, metric, "chatter"), value(results, metric, reference)
    if ours is None or theirs is None or ours <= 0 or theirs <= 0:
        return None
    return ours / theirs if metric.more else theirs / ours


FAULTS = ("losses", "duplicates", "order_violations", "holes", "contradictions", "doubled_numbers", "unanswered")


def faults(results: Results, contender: str) -> dict[str, int]:
    """What went against the promise, over all runs and loads of a contender."""
    found = [m for m in results["measurements"] if m["contender"] == contender]
    counts = {name: sum(m["result"][name] for m in found) for name in FAULTS}
    for name in ("missing", "holes", "doubles"):
        counts[f"stored_{name}"] = sum(m["stored"][name] for m in found)
    counts["errors"] = sum(sum(m["result"]["errors"].values()) for m in found)
    return counts


def cpu_us(measurement: Measurement) -> dict[str, float]:
    """CPU microseconds of each kind of process for one acknowledged message (for one entry, when catching up)."""
    result = measurement["result"]
    count = result["acknowledged_in_window"] or result["delivered_in_window"]
    if not count:
        return {}
    return {
        role: used / count * 1e6 for role, used in measurement["cpu_s"].items() if role not in ("elapsed", "others")
    }
