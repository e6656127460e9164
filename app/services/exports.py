"""A copy of everything that is one's own: asked for, made in the background, fetched, thrown away after a day."""

from datetime import timedelta
from typing import Any

from gridfs import GridFS, GridOut, NoFile
from mongoengine.connection import get_db

from app.domain.errors import Conflict, NotFound
from app.domain.ids import new_id
from app.models import Job
from app.models.accounts import now
from app.sequencing.heads import Heads
from app.services.export_archive import write_archive
from app.services.jobs import JobLost, Jobs
from app.services.limits import Limits

COLLECTION = "exports"
KEPT = timedelta(hours=24)


class Exports:
    def __init__(self, jobs: Jobs, heads: Heads, limits: Limits) -> None:
        self._jobs = jobs
        self._heads = heads
        self._limits = limits

    def ask(self, user: str) -> dict[str, Any]:
        """Have a copy made; one that was there is thrown away. Raises Conflict (one is being made), RateLimited."""
        job = self._jobs.find("export", user)
        if job is not None and job.state in ("waiting", "running"):
            raise Conflict("A copy is being made already.")
        self._limits.check("export", user)
        _remove_all(user)  # first: once it is scheduled, the new one may be there at any moment
        if not self._jobs.schedule("export", user):
            raise Conflict("A copy is being made already.")
        return self.status(user)

    def status(self, user: str) -> dict[str, Any]:
        """``{state, progress, bytes, expires_at}``; ``state`` "none" where there is none, or no longer."""
        job = self._jobs.find("export", user)
        if job is None or _expired(job):
            return {"state": "none", "progress": 0, "bytes": None, "expires_at": None}
        done = job.state == "done"
        return {
            "state": job.state,
            "progress": job.progress,
            "bytes": job.result["bytes"] if done else None,
            "expires_at": int((job.finished_at + KEPT).timestamp() * 1000) if done else None,
        }

    def open(self, user: str) -> GridOut:
        """The user's copy, to be read in pieces. Raises NotFound where there is none, or no longer."""
        job = self._jobs.find("export", user)
        if job is None or job.state != "done" or _expired(job):
            raise NotFound
        try:
            return _files().get(job.result["file"])
        except NoFile:
            raise NotFound from None

    def discard(self, user: str) -> None:
        """Throw the user's copy away. Raises Conflict while one is being made."""
        self._jobs.drop("export", user)
        job = self._jobs.find("export", user)
        if job is not None and job.state == "running":
            raise Conflict("A copy is being made already.")
        _remove_all(user)

    def forget(self, user: str) -> None:
        """Throw away all that there is of the user's, finished or not."""
        self._jobs.drop("export", user)
        _remove_all(user)

    def make(self, job: Job) -> None:
        """Do the job: what an earlier attempt left is thrown away. Raises JobLost, PyMongoError."""
        _remove_all(job.user)
        file = _files().new_file(_id=new_id(), user=job.user)
        told = -1

        def so_far(percent: int) -> None:
            nonlocal told
            if percent != told:
                told = percent
                self._jobs.hold(job, percent)

        try:
            write_archive(job.user, file, self._heads, so_far)
            file.close()
        except BaseException:
            file.abort()
            raise
        try:
            self._jobs.finish(job, {"file": file._id, "bytes": file.length})
        except JobLost:
            _files().delete(file._id)
            raise

    def sweep(self) -> int:
        """Throw away the copies that have been there for a day; how many."""
        over = self._jobs.finished("export", now() - KEPT)
        for job in over:
            _remove_all(job.user)
            self._jobs.drop("export", job.user)
        return len(over)


def _expired(job: Job) -> bool:
    return job.finished_at is not None and job.finished_at + KEPT < now()


def _remove_all(user: str) -> None:
    files = _files()
    for file in files.find({"user": user}):
        files.delete(file._id)


def _files() -> GridFS:
    return GridFS(get_db(), COLLECTION)
