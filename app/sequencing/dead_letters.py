"""Accepted commands that MongoDB refuses for their content: put aside, so that they block nothing."""

import structlog
from mongoengine.errors import OperationError

from app.counts import DEAD_LETTERS
from app.domain.entries import Proposal
from app.domain.errors import ChatError, Invalid
from app.models.messages import DeadLetter

log = structlog.get_logger(__name__)


def put_aside(proposal: Proposal, reason: str) -> ChatError:
    """Keep it for the operator; answers what its sender is told. Raises PyMongoError and MongoEngine's errors."""
    DEAD_LETTERS[()] += 1
    log.error("dead_letter", conversation=proposal.conversation, sender=proposal.sender, reason=reason[:200])
    place = {"conversation": proposal.conversation, "sender": proposal.sender, "client_id": proposal.client_id}
    try:
        DeadLetter.objects(**place).update_one(
            upsert=True, set__kind=proposal.kind, set__reason=reason[:500], set__payload=proposal.body[:16_000]
        )
    except OperationError:
        DeadLetter.objects(**place).update_one(upsert=True, set__kind=proposal.kind, set__reason=reason[:500])
    return Invalid("That could not be stored. It was put aside for the operator.")
