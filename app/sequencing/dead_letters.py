"""Accepted commands that MongoDB refuses for their content: put aside, so that they block nothing."""

from dataclasses import asdict
from typing import Any

import structlog
from mongoengine.errors import OperationError

from app.counts import DEAD_LETTERS
from app.domain.entries import Proposal
from app.domain.errors import ChatError, Invalid
from app.models.accounts import now
from app.models.messages import DeadLetter

log = structlog.get_logger(__name__)

MOST_CHARACTERS = 64_000
"""No entry has more; what is larger is not kept whole, and never tried again."""


def put_aside(proposal: Proposal, reason: str) -> ChatError:
    """Keep it for the operator, whole; answers what its sender is told. Raises PyMongoError and MongoEngine's errors."""
    DEAD_LETTERS[()] += 1
    log.error("dead_letter", conversation=proposal.conversation, sender=proposal.sender, reason=reason[:200])
    place = {"conversation": proposal.conversation, "sender": proposal.sender, "client_id": proposal.client_id}
    told = {
        "set__kind": proposal.kind,
        "set__reason": reason[:500],
        "set_on_insert__created_at": int(now().timestamp() * 1000),
    }
    try:
        DeadLetter.objects(**place).update_one(
            upsert=True, set__payload=proposal.body[:MOST_CHARACTERS], set__proposal=_without_body(proposal), **told
        )
    except OperationError:
        DeadLetter.objects(**place).update_one(upsert=True, **told)
    return Invalid("That could not be stored. It was put aside for the operator.")


def proposal_of(letter: DeadLetter) -> Proposal | None:
    """What was put aside, as it was accepted; None where it is not there whole: nothing else may be written in its place."""
    if not letter.proposal or letter.payload is None:
        return None
    kept: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in letter.proposal.items()
    }
    return Proposal(**kept, body=letter.payload)


def _without_body(proposal: Proposal) -> dict[str, Any] | None:
    """All of it that is no text; None where not all of the text can be kept."""
    if len(proposal.body) > MOST_CHARACTERS:
        return None
    return {name: value for name, value in asdict(proposal).items() if name != "body"}
