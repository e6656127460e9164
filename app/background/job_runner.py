"""Does jobs, a few at a time, and says meanwhile that it lives."""

from collections.abc import Callable, Mapping

import gevent
import structlog
from gevent.pool import Pool
from pymongo.errors import PyMongoError
from redis.exceptions import RedisError

from app.domain.errors import ChatError
from app.models import Job
from app.services.jobs import JobLost, Jobs

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
AT_ONCE = 2
STOP_WITHIN_S = 3.0

Handler = Callable[[Job], None]
"""Does the whole job and finishes it. May be run again after it was broken off anywhere."""


class JobRunner:
    """``handlers`` maps a kind of job to what does it; ``process`` names this one."""

    def __init__(self, jobs: Jobs, process: str, handlers: Mapping[str, Handler]) -> None:
        self._jobs = jobs
        self._process = process
        self._handlers = handlers
        self._pool = Pool(AT_ONCE)
        self._looking: gevent.Greenlet | None = None

    def start(self) -> None:
        self._looking = gevent.spawn(self._look)

    def stop(self) -> None:
        """Leave off; what is not done goes to another worker at once."""
        if self._looking is not None:
            self._looking.kill()
        self._pool.kill(timeout=STOP_WITHIN_S)

    def _look(self) -> None:
        while True:
            gevent.sleep(LOOK_EVERY_S)
            try:
                while self._pool.free_count() and (job := self._jobs.claim(self._process)):
                    self._pool.spawn(self._do, job)
            except (PyMongoError, OSError) as error:
                log.warning("jobs_not_looked_at", cause=type(error).__name__)

    def _do(self, job: Job) -> None:
        log.info("job_started", kind=job.kind, user=job.user, attempt=job.attempts)
        work = gevent.getcurrent()
        alive = gevent.spawn(self._say_alive, job, work)
        try:
            self._handlers[job.kind](job)
            log.info("job_done", kind=job.kind, user=job.user)
        except JobLost:
            log.info("job_lost", kind=job.kind, user=job.user)
        except gevent.GreenletExit:
            self._leave(job, self._jobs.give_back)
        except (ChatError, PyMongoError, RedisError, OSError) as error:
            log.warning("job_broken_off", kind=job.kind, user=job.user, cause=type(error).__name__)
            self._leave(job, self._jobs.fail)
        except Exception:
            log.exception("job_failed", kind=job.kind, user=job.user)
            self._leave(job, self._jobs.fail)
        finally:
            alive.kill(block=False)

    def _say_alive(self, job: Job, work: gevent.Greenlet) -> None:
        while True:
            gevent.sleep(self._jobs.hold_s / 3)
            try:
                self._jobs.hold(job)
            except JobLost as lost:
                work.kill(lost, block=False)
                return
            except (PyMongoError, OSError) as error:
                log.warning("job_not_held", kind=job.kind, user=job.user, cause=type(error).__name__)

    def _leave(self, job: Job, how: Callable[[Job], None]) -> None:
        try:
            how(job)
        except (JobLost, PyMongoError, OSError):
            log.info("job_left", kind=job.kind, user=job.user)
