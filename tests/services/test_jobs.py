"""Jobs: one of a kind for a person, done by one worker at a time, taken up by another where one falls silent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import gevent
import pytest

from app.background.job_runner import JobRunner
from app.models import Job
from app.models.accounts import now
from app.services.jobs import ATTEMPTS, JobLost, Jobs
from tests.services.world import World, eventually


class Clock:
    def __init__(self) -> None:
        self.at = now()

    def __call__(self):  # type: ignore[no-untyped-def]
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def jobs(world: World, clock: Clock) -> Jobs:
    return Jobs(hold_s=30, clock=clock)


def test_one_of_a_kind_for_a_person_however_many_ask(jobs: Jobs) -> None:
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(lambda _: jobs.schedule("export", "ada"), range(16)))
    assert asked.count(True) == 1 and Job.objects.count() == 1
    assert jobs.schedule("export", "ben") and jobs.schedule("deletion", "ada")


def test_one_of_many_workers_gets_it(jobs: Jobs) -> None:
    jobs.schedule("export", "ada")
    with ThreadPoolExecutor(8) as pool:
        claimed = [job for job in pool.map(lambda n: jobs.claim(f"worker-{n}"), range(16)) if job]
    assert len(claimed) == 1
    assert not jobs.schedule("export", "ada"), "it is being done"


def test_it_is_not_done_before_it_is_due(jobs: Jobs, clock: Clock) -> None:
    jobs.schedule("deletion", "ada", clock() + timedelta(days=7))
    clock.forward(6.9 * 86_400)
    assert jobs.claim("worker") is None
    clock.forward(0.2 * 86_400)
    assert jobs.claim("worker") is not None


def test_whoever_falls_silent_loses_it_to_another_and_can_change_nothing_more(jobs: Jobs, clock: Clock) -> None:
    jobs.schedule("export", "ada")
    first = jobs.claim("first")
    assert first is not None
    clock.forward(29)
    assert jobs.claim("second") is None
    jobs.hold(first, 40)
    clock.forward(29)
    assert jobs.claim("second") is None, "the first said that it lives"
    clock.forward(2)
    second = jobs.claim("second")
    assert second is not None and second.attempts == 2
    for late in (lambda: jobs.hold(first, 50), lambda: jobs.finish(first), lambda: jobs.fail(first)):
        with pytest.raises(JobLost):
            late()
    jobs.finish(second, {"bytes": 1})
    assert Job.objects.get(id=first.id).state == "done"
    assert jobs.schedule("export", "ada"), "and again"


def test_what_fails_is_tried_again_later_and_in_the_end_no_more(jobs: Jobs, clock: Clock) -> None:
    jobs.schedule("export", "ada")
    for attempt in range(1, ATTEMPTS["export"] + 1):
        job = jobs.claim("worker")
        assert job is not None and job.attempts == attempt
        jobs.fail(job)
        assert jobs.claim("worker") is None
        clock.forward(3_600)
    assert Job.objects.get(id=job.id).state == "failed"
    assert jobs.claim("worker") is None


def test_a_runner_that_is_stopped_hands_over_at_once(world: World) -> None:
    jobs = Jobs(hold_s=30)
    begun: list[str] = []

    def forever(job: Job) -> None:
        begun.append(job.holder)
        gevent.sleep(60)

    first = JobRunner(jobs, "first", {"export": forever})
    jobs.schedule("export", "ada")
    first.start()
    eventually(lambda: begun)
    first.stop()
    second = JobRunner(jobs, "second", {"export": lambda job: jobs.finish(job)})
    second.start()
    eventually(lambda: Job.objects.get(id="export:ada").state == "done")
    second.stop()
    assert begun == ["first"]


def test_a_runner_that_lost_its_job_leaves_off(world: World) -> None:
    jobs = Jobs(hold_s=3)
    ended: list[str] = []

    def forever(job: Job) -> None:
        try:
            gevent.sleep(60)
        finally:
            ended.append(job.holder)

    jobs.schedule("export", "ada")
    runner = JobRunner(jobs, "first", {"export": forever})
    runner.start()
    eventually(lambda: Job.objects(id="export:ada", holder="first").first())
    Job.objects(id="export:ada").update_one(set__holder="second")
    eventually(lambda: ended)
    runner.stop()
    assert Job.objects.get(id="export:ada").holder == "second"
