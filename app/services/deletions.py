"""Deleting one's account: asked for, a week to change one's mind, then done by the worker (``erasure.py``)."""

from datetime import datetime, timedelta

from app.domain.errors import Conflict, NotFound
from app.models import User
from app.models.accounts import now
from app.services.administrators import somebody_stays
from app.services.jobs import Jobs

WAIT = timedelta(days=7)
LAST = "You are the only administrator of this Chatter. Make somebody else one first."
TOO_LATE = "The account is being deleted already."


class Deletions:
    """``wait`` is how long one has to change one's mind."""

    def __init__(self, jobs: Jobs, wait: timedelta = WAIT) -> None:
        self._jobs = jobs
        self._wait = wait

    def ask(self, user: str) -> datetime:
        """Delete the account in a week, whoever it is that confirmed it; when that is. Asking again changes nothing.

        Raises NotFound, and Conflict where they are the only administrator.
        """
        due = now() + self._wait
        # The job first: without the date on the account it does nothing, and with it nothing must be missing.
        self._jobs.schedule("deletion", user, due)
        User.objects(id=user, disabled_at=None, deletion_at=None).update_one(set__deletion_at=due)
        account = User.objects(id=user, disabled_at=None).first()
        if account is None:
            raise NotFound
        # Looked at afterwards: of two who ask at the same moment at least one stays.
        if account.role == "admin" and not somebody_stays():
            self.keep(user)
            raise Conflict(LAST)
        moment: datetime = account.deletion_at
        return moment

    def keep(self, user: str) -> None:
        """Keep the account after all. Raises Conflict where it is too late; where nothing was asked, nothing happens."""
        # One conditional write decides between this and the worker's beginning; the job finds nothing to do then.
        living = User.objects(id=user, disabled_at=None)
        if not living.update_one(unset__deletion_at=True, full_result=True).matched_count:
            raise Conflict(TOO_LATE)

    def at_once(self, user: str) -> None:
        """Delete the account now, disabled or not, as whoever runs this Chatter decided. May run twice. Raises NotFound."""
        # The date first: a job that is due at once would find nothing to do without it.
        if not User.objects(id=user).update_one(set__deletion_at=now(), full_result=True).matched_count:
            raise NotFound
        self._jobs.hasten("deletion", user)
