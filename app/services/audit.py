"""What administrators did: written down before it is carried out, and again with how it ended. Nobody changes it, and it goes
when it is old enough."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from bson import ObjectId
from bson.errors import InvalidId
from mongoengine.errors import OperationError
from pymongo.errors import PyMongoError

from app.domain.errors import ChatError, Invalid
from app.models import AuditEvent
from app.models.accounts import now
from app.services import cursors

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person's id, or ``COMMAND_LINE``; and from which network address."""

    id: str
    address: str


COMMAND_LINE = Actor("command line", "")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; what is None is not asked about. ``since`` counts, ``until`` does not."""

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Audit:
    """``kept_days``: so long an event stays."""

    def __init__(self, kept_days: int) -> None:
        self.kept_days = kept_days

    @contextmanager
    def carrying_out(self, actor: Actor, action: str, subject: str, **details: Any) -> Iterator[dict[str, Any]]:
        """Around what changes something: nothing happens that could not be written down first.

        What the caller puts into the yielded dictionary is kept with ``details``. Raises what happens inside, and before
        it PyMongoError where the log cannot be written.
        """
        event = AuditEvent(
            actor=actor.id,
            action=action,
            subject=subject,
            address=actor.address,
            details=details,
            outcome="begun",
        ).save(force_insert=True)
        told = dict(details)
        try:
            yield told
        except ChatError as error:
            _end(event, "refused", {**told, "reason": error.message})
            raise
        except BaseException as error:
            _end(event, "failed", {**told, "reason": type(error).__name__})
            raise
        _end(event, "done", told)

    def page(self, wanted: Wanted, cursor: str | None = None) -> tuple[list[AuditEvent], str | None]:
        """A page of events, the newest first, and the cursor of the next one. Raises Invalid."""
        asked: list[dict[str, Any]] = [
            {name: value}
            for name, value in (("actor", wanted.actor), ("action", wanted.action), ("subject", wanted.subject))
            if value is not None
        ]
        if wanted.since is not None:
            asked.append({"at": {"$gte": wanted.since}})
        if wanted.until is not None:
            asked.append({"at": {"$lt": wanted.until}})
        if cursor is not None:
            asked.append(cursors.after(cursor, "at", _object_id))
        query = {"$and": asked} if asked else {}
        found = AuditEvent.objects(__raw__=query).order_by("-at", "-id").limit(cursors.PAGE + 1)
        return cursors.cut(list(found), "at")

    def sweep(self) -> int:
        """Delete the events that were kept for long enough, however they ended; how many."""
        return int(AuditEvent.objects(at__lt=now() - timedelta(days=self.kept_days)).delete() or 0)


def _end(event: AuditEvent, outcome: str, details: dict[str, Any]) -> None:
    """That it began is written down already; how it ended must not undo what was done."""
    log.info("administered", actor=event.actor, action=event.action, subject=event.subject, outcome=outcome)
    try:
        AuditEvent.objects(id=event.id, outcome="begun").update_one(set__outcome=outcome, set__details=details)
    except (PyMongoError, OperationError) as error:
        log.warning("outcome_not_written", action=event.action, subject=event.subject, cause=type(error).__name__)


def _object_id(text: str) -> ObjectId:
    try:
        return ObjectId(text)
    except InvalidId:
        raise Invalid("That is no page of this list.") from None
