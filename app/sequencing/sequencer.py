"""Accept a command, and answer when its entry is stored for good."""

from collections.abc import Callable
from typing import Any

import orjson
import structlog
from gevent.event import AsyncResult
from gevent.timeout import Timeout
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app import tracing
from app.counts import SUBMISSIONS
from app.domain.entries import Proposal, Receipt
from app.domain.errors import ChatError, ClientIdReused, Degraded, Pending
from app.domain.ids import shard_of
from app.models.messages import from_document, messages
from app.sequencing import keys
from app.sequencing.appender import Appender
from app.sequencing.heads import find_head
from app.sequencing.outcomes import decode_outcome
from app.sequencing.scripts import Append, BacklogFull, ContentDiffers, NeedsSeed, Scripts, Sent
from app.stores import cause_of

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 0.5
GIVE_UP_AFTER_S = 8.0
OLDEST_ALLOWED_MS = 5_000
WAITING_LIMIT = 20_000

Place = tuple[str, str, str]


class Sequencer:
    """The accepting side of the log in one process. ``heard`` must be fed with this process's reply channel.

    While ``may_accept`` says no, every command is answered ``Degraded``.
    """

    def __init__(
        self,
        redis: Redis,
        process: str,
        shard_count: int,
        backlog_limit: int,
        may_accept: Callable[[], bool] = lambda: True,
    ) -> None:
        self._redis = redis
        self._scripts = Scripts(redis)
        self._appender = Appender(self._scripts)
        self._process = process
        self._shard_count = shard_count
        self._backlog_limit = backlog_limit
        self._may_accept = may_accept
        self._waiting: dict[Place, list[AsyncResult]] = {}
        self._waiting_count = 0

    def submit(self, proposal: Proposal) -> Receipt:
        """Append and wait for the commit.

        Answers the number the entry has for good, the same however often the same client id is submitted. Raises
        ``ClientIdReused``, ``NotFound`` (membership ended meanwhile), ``Invalid`` (MongoDB refused the content: a dead
        letter), ``Degraded`` (a store is away or behind: nothing was accepted, or it is unknown; ask again with the same
        client id) and ``Pending`` (accepted, not stored yet).
        """
        try:
            receipt = self._submit(proposal)
        except ChatError as refusal:
            SUBMISSIONS[proposal.kind, refusal.code] += 1
            raise
        SUBMISSIONS[proposal.kind, "accepted"] += 1
        return receipt

    def heard(self, notes: list[dict[str, Any]]) -> None:
        """Handle one note from this process's reply channel: wake whoever waits for these commands."""
        for note in notes:
            for told in self._waiting.get((note["conversation"], note["sender"], note["client_id"]), ()):
                told.set(decode_outcome(note))

    def _submit(self, proposal: Proposal) -> Receipt:
        if not self._may_accept():
            raise Degraded(retry_after=2)
        append = self._append_of(proposal)
        try:
            try:
                return self._append(proposal, append)
            except NeedsSeed:
                self._scripts.seed(append.shard, proposal.conversation, find_head(proposal.conversation))
                return self._append(proposal, append)
        except NeedsSeed:
            raise Degraded(retry_after=1) from None  # Redis was emptied again in between
        except BacklogFull as error:
            log.warning("backlog_full", shard=append.shard, entries=error.entries)
            raise Degraded(retry_after=3) from None
        except ContentDiffers as error:
            raise ClientIdReused(seq=error.seq) from None
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("append_failed", conversation=proposal.conversation, **cause_of(error))
            raise Degraded(retry_after=2) from error

    def _append_of(self, proposal: Proposal) -> Append:
        payload: dict[str, Any] = {"kind": proposal.kind, "body": proposal.body}
        if proposal.hidden_from:
            payload["hidden_from"] = proposal.hidden_from
        if proposal.target is not None:
            payload["target"] = proposal.target
        if proposal.forwarded:
            payload["forwarded"] = True
        if mark := tracing.mark():
            payload["trace"] = mark
        return Append(
            shard=shard_of(proposal.conversation, self._shard_count),
            conversation=proposal.conversation,
            sender=proposal.sender,
            client_id=proposal.client_id,
            hash=proposal.hash,
            payload=orjson.dumps(payload).decode(),
            reply_to=self._process,
            backlog_limit=self._backlog_limit,
            oldest_allowed_ms=OLDEST_ALLOWED_MS,
        )

    def _append(self, proposal: Proposal, append: Append) -> Receipt:
        """Append and wait; raises what the appender tells, too."""
        place = (proposal.conversation, proposal.sender, proposal.client_id)
        told = self._wait_at(place)
        try:
            self._appender.append(append, told)
            return self._outcome(proposal, told)
        finally:
            self._leave(place, told)

    def _outcome(self, proposal: Proposal, told: AsyncResult) -> Receipt:
        """Wait for the committer's answer; look for ourselves now and then, as an answer can be lost."""
        waited = 0.0
        while waited < GIVE_UP_AFTER_S:
            try:
                answer = told.get(timeout=LOOK_EVERY_S)
            except Timeout:
                waited += LOOK_EVERY_S
                answer = self._look(proposal)
            if isinstance(answer, Sent):
                return _receipt(proposal, answer)
            if isinstance(answer, Receipt):
                return answer
            if isinstance(answer, ChatError):
                raise answer
        raise Pending(retry_after=1)

    def _look(self, proposal: Proposal) -> Receipt | None:
        """What the sent key, or else MongoDB, says of this client id."""
        shard = shard_of(proposal.conversation, self._shard_count)
        value: Any = self._redis.get(keys.sent(shard, proposal.conversation, proposal.sender, proposal.client_id))
        sent = Sent.parse(value) if value else None
        if sent is not None:
            return _receipt(proposal, sent) if sent.committed else None
        query = {"c": proposal.conversation, "s": proposal.sender, "i": proposal.client_id}
        document = messages().find_one(query)
        if document is None:
            return None
        entry = from_document(document)
        if document["h"] != proposal.hash:
            raise ClientIdReused(seq=entry.seq)
        return Receipt(entry.conversation, entry.client_id, entry.seq, entry.ordinal, entry.created_at)

    def _wait_at(self, place: Place) -> AsyncResult:
        if self._waiting_count >= WAITING_LIMIT:
            raise Degraded(retry_after=2)
        self._waiting_count += 1
        told = AsyncResult()
        self._waiting.setdefault(place, []).append(told)
        return told

    def _leave(self, place: Place, told: AsyncResult) -> None:
        if not told.ready():
            told.set(None)  # nobody waits any more: what was not appended yet need not be
        self._waiting_count -= 1
        waiting = self._waiting[place]
        waiting.remove(told)
        if not waiting:
            del self._waiting[place]


def _receipt(proposal: Proposal, sent: Sent) -> Receipt:
    return Receipt(proposal.conversation, proposal.client_id, sent.seq, sent.ordinal, sent.created_at)
