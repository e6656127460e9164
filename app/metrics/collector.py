"""What there is to measure, made of what was counted (``app/counts.py``, ``app/meter.py``) at the moment somebody asks."""

from collections.abc import Iterable, Iterator, Mapping

import structlog
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector as BaseCollector
from redis.exceptions import RedisError

from app import counts
from app.core import Core
from app.health import Backlog, backlogs
from app.logs import errors_seen
from app.patience import Late, within

log = structlog.get_logger(__name__)

BACKLOG_WITHIN_S = 2.0

COUNTERS: tuple[tuple[str, str, tuple[str, ...], Mapping[tuple[str, ...], float]], ...] = (
    ("chatter_commands", "Commands of sockets, by what became of them.", ("command", "code"), counts.COMMANDS),
    ("chatter_submissions", "What was to be written to a log, by any way.", ("kind", "code"), counts.SUBMISSIONS),
    ("chatter_deliveries", "Facts handed to sockets: one for each socket.", (), counts.DELIVERIES),
    ("chatter_pushes", "Web Push messages, by what became of them.", ("outcome",), counts.PUSHES),
    ("chatter_http_requests", "Answered requests.", ("route", "status"), counts.REQUESTS),
    ("chatter_http_request_seconds", "Time spent on requests.", ("route",), counts.REQUEST_SECONDS),
    ("chatter_rate_limited", "Refusals by a limit.", ("limit",), counts.LIMITED),
    ("chatter_store_failures", "What a store did not answer.", ("store", "cause"), counts.STORE_FAILURES),
    ("chatter_lease_events", "What became of leases of shards.", ("event",), counts.LEASES),
    ("chatter_repairs", "Entries recovered or renumbered.", ("kind",), counts.REPAIRS),
    ("chatter_dead_letters", "Commands that MongoDB refused for their content.", (), counts.DEAD_LETTERS),
    ("chatter_expired", "Messages that are no longer kept.", (), counts.EXPIRED),
)
SPREADS = (
    ("chatter_commit_seconds", "From an entry's number to its announcement.", counts.COMMIT_SECONDS),
    ("chatter_batch_seconds", "From a batch's reading to its trimming.", counts.BATCH_SECONDS),
    ("chatter_batch_entries", "Entries in a batch.", counts.BATCH_ENTRIES),
)


class Collector(BaseCollector):
    """Everything of one process."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def collect(self) -> Iterator[Metric]:
        """Raises nothing for a store that is away: what it alone knows is left out."""
        yield from _counted()
        yield from self._totals()
        yield from self._held()
        yield _gauge(
            "chatter_store_up",
            "Whether a store answered when it was asked last.",
            ("store",),
            (((store,), not away) for store, away in self._core.watch.away.items()),
        )
        yield from self._backlog()

    def _totals(self) -> Iterator[Metric]:
        totals = self._core.meter.totals
        yield CounterMetricFamily("chatter_entries", "Entries stored and announced.", value=totals["entries"])
        yield CounterMetricFamily("chatter_errors_logged", "Errors in this process's log.", value=errors_seen())

    def _held(self) -> Iterator[Metric]:
        core = self._core
        holds = core.meter.gauges()
        shards = range(core.settings.shard_count)
        held = (((str(shard),), shard in holds["shards"]) for shard in shards)
        yield _gauge("chatter_lease_held", "Whether this process commits the shard.", ("shard",), held)
        if "sockets" in holds:
            yield GaugeMetricFamily("chatter_sockets", "Open sockets.", value=holds["sockets"])
        process = GaugeMetricFamily("chatter_process", "Who answers.", labels=("server", "process", "role"))
        process.add_metric((core.settings.server_id, core.process, core.meter.about["role"]), 1)
        yield process

    def _backlog(self) -> Iterator[Metric]:
        core = self._core
        waiting: list[Backlog] = []
        try:
            waiting = within(BACKLOG_WITHIN_S, lambda: backlogs(core.redis, core.settings.shard_count))
        except (Late, RedisError, OSError) as error:
            log.warning("backlog_unknown", cause=type(error).__name__)
        entries = (((str(one.shard),), one.entries) for one in waiting)
        yield _gauge("chatter_backlog_entries", "Entries that wait to be stored.", ("shard",), entries)
        ages = (((str(one.shard),), one.age_ms / 1000) for one in waiting)
        yield _gauge("chatter_backlog_age_seconds", "How long the oldest of them waits.", ("shard",), ages)


def _counted() -> Iterator[Metric]:
    for name, about, labels, count in COUNTERS:
        counter = CounterMetricFamily(name, about, labels=labels)
        for values, value in (count or ({} if labels else {(): 0})).items():
            counter.add_metric(values, value)
        yield counter
    for name, about, spread in SPREADS:
        total, buckets = 0, []
        for bound, times in zip((*spread.bounds, "+Inf"), spread.times, strict=True):
            total += times
            buckets.append((str(bound), float(total)))
        yield HistogramMetricFamily(name, about, buckets=buckets, sum_value=spread.sum)


def _gauge(
    name: str, about: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], float]]
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, about, labels=labels)
    for of, value in values:
        gauge.add_metric(of, float(value))
    return gauge
