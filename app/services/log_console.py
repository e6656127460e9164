"""The log as its operator sees it: who commits which shard, which processes live, what was put aside, is a log whole.

Never what is said: of a dead letter who wrote it, where, and why it was refused.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from bson.errors import InvalidId
from redis import Redis

from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.ids import is_id
from app.models import Conversation, DeadLetter
from app.sequencing import keys
from app.sequencing.dead_letters import proposal_of
from app.sequencing.heads import Heads
from app.sequencing.verification import Verdict, verify
from app.services.figures import Figures
from app.services.messages import Messages

PAGE = 50
MOST_ENTRIES = 200_000
"""A longer log takes too long for a page: each entry is read twice."""
TOO_LONG = f"It has more than {MOST_ENTRIES:,} entries. Verify it with: flask --app wsgi doctor --conversation"
NOT_WHOLE = "Not all of it was kept: it is too large, or of an older version. It can only be discarded."


@dataclass(frozen=True, slots=True)
class Lease:
    """Who commits a shard: a process (None: nobody), under which epoch."""

    shard: int
    process: str | None
    epoch: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter. ``whole``: it can be tried again."""

    id: str
    conversation: str
    sender: str
    kind: str
    reason: str
    characters: int
    at: datetime
    whole: bool


class LogConsole:
    def __init__(self, redis: Redis, heads: Heads, messages: Messages, figures: Figures, shard_count: int) -> None:
        self._redis = redis
        self._heads = heads
        self._messages = messages
        self._figures = figures
        self._shard_count = shard_count

    def leases(self) -> list[Lease]:
        """Each shard's, in one round trip. Raises RedisError."""
        pipeline = self._redis.pipeline(transaction=False)
        for shard in range(self._shard_count):
            pipeline.get(keys.lease(shard))
            pipeline.hget(keys.lease_meta(shard), "epoch")
        told = pipeline.execute()
        return [
            Lease(shard, holder.rpartition(":")[0] if holder else None, int(epoch or 0))
            for shard, (holder, epoch) in enumerate(zip(told[::2], told[1::2], strict=True))
        ]

    def processes(self) -> list[dict[str, Any]]:
        """What each living process said of itself last: ``{process, role, server, sockets?, shards?, at, ago}``, seconds."""
        return self._figures.processes()

    def letters(self, after: str | None = None) -> tuple[list[Letter], str | None]:
        """A page of dead letters, the newest first, and the cursor of the next one. Raises Invalid."""
        query = {"_id": {"$lt": _object_id(after)}} if after is not None else {}
        found = list(DeadLetter.objects(__raw__=query).order_by("-id").limit(PAGE + 1))
        page = [_letter(one) for one in found[:PAGE]]
        return page, page[-1].id if len(found) > PAGE else None

    def retry(self, conversation: str, letter: str) -> int:
        """Have it judged and stored after all, as it was accepted; the number it got. Raises NotFound, Conflict (it is not there
        whole), and what posting raises: then it stays where it is."""
        found = _find(conversation, letter)
        proposal = proposal_of(found)
        if proposal is None:
            raise Conflict(NOT_WHOLE)
        receipt = self._messages.resubmit(proposal)
        found.delete()
        return receipt.seq

    def discard(self, conversation: str, letter: str) -> None:
        """It is never stored. Raises NotFound."""
        _find(conversation, letter).delete()

    def verify(self, conversation: str) -> Verdict:
        """Hold its log against the rules. Raises NotFound, Conflict (too long), RedisError, PyMongoError."""
        if not is_id(conversation) or Conversation.objects(id=conversation).first() is None:
            raise NotFound("There is no such conversation.")
        if self._heads.of([conversation], exact=True)[conversation] > MOST_ENTRIES:
            raise Conflict(TOO_LONG)
        return verify(conversation, self._redis, self._shard_count)


def _find(conversation: str, letter: str) -> DeadLetter:
    found: DeadLetter | None = DeadLetter.objects(id=_object_id(letter), conversation=conversation).first()
    if found is None:
        raise NotFound("There is no such letter.")
    return found


def _letter(found: DeadLetter) -> Letter:
    stamp = found.created_at
    return Letter(
        id=str(found.id),
        conversation=found.conversation,
        sender=found.sender,
        kind=found.kind or "",
        reason=(found.reason or "")[:200],
        characters=len(found.payload or ""),
        at=datetime.fromtimestamp(stamp / 1000, UTC) if stamp else found.id.generation_time,
        whole=proposal_of(found) is not None,
    )


def _object_id(text: str) -> ObjectId:
    try:
        return ObjectId(text)
    except InvalidId:
        raise Invalid("That is no dead letter.") from None
