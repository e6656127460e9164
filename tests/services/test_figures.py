"""What processes count becomes a document a minute and one an hour, once, whoever writes them and how often."""

from itertools import pairwise
from typing import Any

import pytest

from app.meter import Meter
from app.models import FigureSample
from app.sequencing import keys
from app.services import figures as module
from app.services.figures import GRAINS, Figures
from tests.services.world import World


class Clock:
    """Redis's time, which a test sets; everything else is the real server's."""

    def __init__(self, redis: Any, seconds: int) -> None:
        self._redis, self.seconds = redis, seconds

    def time(self) -> tuple[int, int]:
        return self.seconds, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._redis, name)


@pytest.fixture
def clock(world: World) -> Clock:
    return Clock(world.redis, 1_800_000_000)


@pytest.fixture
def figures(world: World, clock: Any) -> Figures:
    return Figures(clock, world.presence, 4)


def meter(world: World, clock: Clock, process: str = "p1", errors: list[int] | None = None) -> Meter:
    about = {"role": "web", "server": "one"}
    return Meter(world.redis, process, about, lambda: (errors or [0])[0], lambda: clock.seconds)


def test_what_two_processes_counted_is_one_minute(world: World, clock: Clock, figures: Figures) -> None:
    one, two = meter(world, clock, "p1", [3]), meter(world, clock, "p2")
    one.gauges = lambda: {"sockets": 5}
    two.gauges = lambda: {"sockets": 7}
    one.committed(10, 40)
    two.committed(20, 1_500)
    one.tell()
    two.tell()
    one.tell()  # what was told is not told again
    clock.seconds += 80
    one.tell()
    two.tell()
    assert figures.sample() == 1
    assert figures.sample() == 0
    (sample,) = FigureSample.objects
    counted = (sample.entries, sample.batches, sample.waited_ms, sample.slow, sample.errors, sample.sockets)
    assert counted == (30, 2, 1_540, 1, 3, 12)
    assert world.redis.ttl(keys.figures(1_800_000_000 // 60)) > 3_600


def test_a_minute_is_not_written_before_it_is_over(world: World, clock: Clock, figures: Figures) -> None:
    clock.seconds = 1_800_000_000  # the beginning of a minute
    counting = meter(world, clock)
    counting.committed(1, 1)
    counting.tell()
    clock.seconds += 60 + module.OVER_AFTER_S - 1
    figures.sample()
    assert FigureSample.objects(id=f"m:{1_800_000_000 // 60:09d}").first() is None
    clock.seconds += 1
    figures.sample()
    assert FigureSample.objects.get(id=f"m:{1_800_000_000 // 60:09d}").entries == 1


def test_minutes_without_a_worker_are_written_by_the_next(world: World, clock: Clock, figures: Figures) -> None:
    counting = meter(world, clock)
    for _ in range(10):
        counting.committed(6, 10)
        counting.tell()
        clock.seconds += 60
    clock.seconds += 3_000
    figures.sample()
    assert sum(sample.entries or 0 for sample in FigureSample.objects(id__startswith="m:")) == 60


def test_an_hour_is_the_sum_of_its_minutes(world: World, clock: Clock, figures: Figures) -> None:
    counting = meter(world, clock)
    for _ in range(61):
        counting.committed(2, 10)
        counting.tell()
        clock.seconds += 60
    clock.seconds += 600
    figures.sample()
    hour = FigureSample.objects.get(id=f"h:{1_800_000_000 // 3_600:09d}")
    assert (hour.entries, hour.batches) == (120, 60)


def test_what_is_old_goes_and_the_rest_stays(world: World, clock: Clock, figures: Figures) -> None:
    minute, hour = clock.seconds // 60, clock.seconds // 3_600
    for id in (
        f"m:{minute - 51 * 60:09d}",
        f"m:{minute - 49 * 60:09d}",
        f"h:{hour - 401 * 24:09d}",
        f"h:{hour - 399 * 24:09d}",
    ):
        FigureSample(id=id, entries=1).save()
    figures.sample()
    left = {sample.id for sample in FigureSample.objects}
    assert f"m:{minute - 49 * 60:09d}" in left
    assert f"h:{hour - 399 * 24:09d}" in left
    assert f"m:{minute - 51 * 60:09d}" not in left
    assert f"h:{hour - 401 * 24:09d}" not in left


def test_plots_have_their_points_and_gaps(world: World, clock: Clock, figures: Figures) -> None:
    for span, grain in GRAINS.items():
        points = figures.series(span)
        assert len(points) == grain.points
        assert all(point["per_second"] is None and point["waited_ms"] is None for point in points)
        steps = {after["at"] - before["at"] for before, after in pairwise(points)}
        assert steps == {grain.minutes * 60_000}
    counting = meter(world, clock)
    counting.committed(120, 30)
    counting.tell()
    clock.seconds += 80
    figures.sample()
    (busy,) = [point for point in figures.series("hour") if point["per_second"]]
    assert (busy["per_second"], busy["waited_ms"], busy["at"]) == (2.0, 30, 1_800_000_000_000)
    known = [point["per_second"] for point in figures.series("day") if point["per_second"] is not None]
    assert known == [2.0]


def test_live_figures_count_who_lives(world: World, clock: Clock, figures: Figures) -> None:
    living, silent = meter(world, clock, "living"), meter(world, clock, "silent")
    living.gauges = lambda: {"sockets": 2, "shards": [0, 1]}
    silent.tell()
    clock.seconds += module.SILENT_AFTER_S + 1
    living.tell()
    world.people("Ada", "Ben")
    live = figures.live()
    assert [(one["process"], one["shards"]) for one in live["processes"]] == [("living", [0, 1])]
    assert (live["people"], live["sockets"], live["backlog"]) == (2, 2, 0)
    assert live["versions"]["Redis"]
    assert live["storage"]["redis"] > 0
    assert not world.redis.hexists(keys.PROCESSES, "silent")
    living.stop()
    assert figures.live()["processes"] == []
