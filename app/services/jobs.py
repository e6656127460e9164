"""A queue of jobs in MongoDB: asked for by web processes, done by workers, taken up by another where one dies."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from app.models import Job
from app.models.accounts import now

Kind = Literal["export", "deletion"]

HOLD_S = 15.0
"""So long after a holder last said that they live, another takes the job up."""
ATTEMPTS: dict[str, int] = {"export": 6}
"""Of which kind how many; the others are tried until they are done."""
RETRY_S = 20.0
"""The wait after the first failure; each further one doubles it, up to an hour."""
LONGEST_RETRY_S = 3_600.0
LOOKED_AT = 20


class JobLost(Exception):
    """Somebody else is at it: leave off, and change nothing more."""


class Jobs:
    """``clock`` gives the present in UTC."""

    def __init__(self, hold_s: float = HOLD_S, clock: Callable[[], datetime] = now) -> None:
        self.hold_s = hold_s
        self._clock = clock

    def schedule(self, kind: Kind, user: str, due_at: datetime | None = None) -> bool:
        """Ask for the job, not before ``due_at``; False where it is waiting or being done already."""
        present = self._clock()
        fresh = Job(id=_id(kind, user), kind=kind, user=user, due_at=due_at or present, created_at=present)
        over = {"_id": fresh.id, "state": {"$in": ["done", "failed"]}}
        try:
            _jobs().replace_one(over, fresh.to_mongo().to_dict(), upsert=True)
        except DuplicateKeyError:
            return False
        return True

    def hasten(self, kind: Kind, user: str) -> None:
        """Ask for the job, now: one that waits for later waits no more."""
        if not self.schedule(kind, user):
            waiting = {"_id": _id(kind, user), "state": "waiting"}
            _jobs().update_one(waiting, {"$set": {"due_at": self._clock()}})

    def find(self, kind: Kind, user: str) -> Job | None:
        """The job as it stands."""
        job: Job | None = Job.objects(id=_id(kind, user)).first()
        return job

    def drop(self, kind: Kind, user: str) -> bool:
        """Forget the job unless somebody is at it; was there one?"""
        return bool(_jobs().delete_one({"_id": _id(kind, user), "state": {"$ne": "running"}}).deleted_count)

    def claim(self, holder: str) -> Job | None:
        """A job that is due and nobody is at, held by ``holder`` from now on."""
        present = self._clock()
        due = {"state": "waiting", "due_at": {"$lte": present}}
        left = {"state": "running", "held_until": {"$lte": present}}
        for row in _jobs().find({"$or": [due, left]}).limit(LOOKED_AT):
            same = {"_id": row["_id"], "state": row["state"], "attempts": row["attempts"]}
            held = {"state": "running", "holder": holder, "held_until": present + timedelta(seconds=self.hold_s)}
            claimed = _jobs().find_one_and_update(
                same, {"$set": held, "$inc": {"attempts": 1}}, return_document=ReturnDocument.AFTER
            )
            if claimed is not None:
                job: Job = Job._from_son(claimed)
                return job
        return None

    def hold(self, job: Job, progress: int | None = None) -> None:
        """The holder lives, and is so far (percent). Raises JobLost."""
        held: dict[str, Any] = {"held_until": self._clock() + timedelta(seconds=self.hold_s)}
        if progress is not None:
            held["progress"] = progress
        self._change(job, held)

    def finish(self, job: Job, result: dict[str, Any] | None = None) -> None:
        """It is done; ``result`` is kept with it. Raises JobLost."""
        done = {"state": "done", "progress": 100, "finished_at": self._clock(), "result": result or {}}
        self._change(job, done)

    def postpone(self, job: Job, due_at: datetime) -> None:
        """Not before ``due_at``. Raises JobLost."""
        self._change(job, {"state": "waiting", "due_at": due_at, "attempts": 0})

    def give_back(self, job: Job) -> None:
        """The holder stops: somebody else may take it up at once. Raises JobLost."""
        self._change(job, {"state": "waiting", "due_at": self._clock(), "attempts": job.attempts - 1})

    def fail(self, job: Job) -> None:
        """It did not work: again later, or not any more. Raises JobLost."""
        if job.attempts >= ATTEMPTS.get(job.kind, job.attempts + 1):
            self._change(job, {"state": "failed", "finished_at": self._clock()})
        else:
            wait = timedelta(seconds=min(LONGEST_RETRY_S, RETRY_S * 2 ** min(20, job.attempts - 1)))
            self._change(job, {"state": "waiting", "due_at": self._clock() + wait})

    def finished(self, kind: Kind, before: datetime) -> list[Job]:
        """Jobs of this kind that ended before ``before``."""
        return list(Job.objects(kind=kind, state__in=("done", "failed"), finished_at__lt=before).limit(LOOKED_AT))

    def _change(self, job: Job, change: dict[str, Any]) -> None:
        mine = {"_id": job.id, "state": "running", "holder": job.holder, "attempts": job.attempts}
        if not _jobs().update_one(mine, {"$set": change}).matched_count:
            raise JobLost


def _id(kind: Kind, user: str) -> str:
    return f"{kind}:{user}"


def _jobs() -> Any:
    return Job._get_collection()
