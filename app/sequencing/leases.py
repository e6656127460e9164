"""Who commits which shard: take vacant leases, keep them, share them out, hand them back.

Worker processes claim a vacant shard at once. A web process waits until it stood vacant for a while, so that one
process alone works and a dead worker is replaced by itself; it hands back when a worker could take over.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import gevent
import structlog
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError, OperationFailure, PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.counts import LEASES
from app.models.messages import judged
from app.models.operations import LeaseEpoch
from app.sequencing import keys
from app.sequencing.committer import Announce, Committer
from app.sequencing.scripts import Fenced, Scripts
from app.sequencing.store import Store
from app.sequencing.teams import TeamsOf
from app.stores import cause_of, line_of

log = structlog.get_logger(__name__)

Role = Literal["worker", "web"]

LEASE_MS = 4_000
TICK_S = 0.5
RENEW_EVERY_S = 1.0
ROSTER_LIFE_S = 2.5  # less than a lease: who died has left the sharing before its shards fall vacant
WEB_CLAIMS_AFTER_S = 2.0
STOP_WITHIN_S = 5.0
CLAIMS_AT_ONCE = 16
UPSERT_TRIES = 5


@dataclass(slots=True)
class Held:
    """A lease this process holds and the greenlet that commits under it."""

    epoch: int
    valid_until: float
    greenlet: gevent.Greenlet
    stopping: bool = False


def next_epoch(shard: int) -> int:
    """The next epoch of a shard, from MongoDB, so that it survives the loss of Redis."""
    for _ in range(UPSERT_TRIES):
        try:
            document = LeaseEpoch._get_collection().find_one_and_update(
                {"_id": shard}, {"$inc": {"epoch": 1}}, upsert=True, return_document=ReturnDocument.AFTER
            )
        except DuplicateKeyError:
            continue  # two made the document at once; it is there now
        if document is not None:  # SecantusDB's answer to the same race
            return int(document["epoch"])
    raise OperationFailure(f"the epoch of shard {shard} could not be raised")


def _at_once(do: Callable[[int], None], shards: Iterable[int]) -> None:
    """For all of them, so that Redis is asked in one round trip. Raises the first error once all are done."""
    errors: list[Exception] = []

    def one(shard: int) -> None:
        try:
            do(shard)
        except Exception as error:
            errors.append(error)

    greenlets = [gevent.spawn(one, shard) for shard in shards]
    try:
        gevent.joinall(greenlets)
    finally:
        gevent.killall(greenlets)  # who asked was told to stop
    if errors:
        raise errors[0]


class Leases:
    """The leases of one process. ``start`` once; ``stop`` finishes the batches in flight and hands everything back."""

    def __init__(
        self,
        redis: Redis,
        process: str,
        role: Role,
        shard_count: int,
        store_of: Callable[[int], Store],
        announce: Announce,
    ) -> None:
        self._redis = redis
        self._line = line_of(redis)
        self._scripts = Scripts(redis)
        self._teams = TeamsOf(redis)
        self._process = process
        self._role = role
        self._shard_count = shard_count
        self._stores = {shard: store_of(shard) for shard in range(shard_count)}
        self._announce = announce
        self._held: dict[int, Held] = {}
        self._vacant_since: dict[int, float] = {}
        self._loop: gevent.Greenlet | None = None
        self._stopping = False
        self._renewed = 0.0
        self._judged = False
        self._warned = False
        self._unreachable = False

    @property
    def held(self) -> list[int]:
        """The shards this process holds now."""
        return sorted(self._held)

    def forget(self, conversation: str | None = None) -> None:
        """Who is in a conversation (None: in any) may have changed: its committer must look again."""
        for store in self._stores.values():
            store.forget(conversation)

    def start(self) -> None:
        self._loop = gevent.spawn(self._run)

    def stop(self) -> None:
        """Let batches in flight end (5 s at most), then hand every lease back."""
        self._stopping = True
        if self._loop is not None:
            self._loop.kill()
        self._give_up(list(self._held))
        try:
            self._redis.zrem(keys.COMMITTERS, f"{self._role}:{self._process}")
        except RedisError:
            pass

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._tick()
                self._unreachable = False
            except (RedisError, PyMongoError, OSError) as error:
                if not self._unreachable:  # said once: from then on the watch says how long
                    log.warning("leases_unreachable", **cause_of(error))
                self._unreachable = True
            except Exception:
                log.exception("leases_failed")
            gevent.sleep(TICK_S)

    def _tick(self) -> None:
        self._drop_expired()
        self._renew_in_time()
        share = self._fair_share()
        self._give_up(sorted(self._held)[share:])
        if self._may_commit():
            self._claim_vacant(share)

    def _may_commit(self) -> bool:
        """MongoDB judges by its indexes: before the migrations have made them, a retry would be stored twice."""
        if not self._judged:
            self._judged = judged()
            if not self._judged and not self._warned:
                self._warned = True
                log.warning("not_migrated", advice="run the migrations: nothing is committed before")
        return self._judged

    def _fair_share(self) -> int:
        """How many shards this process should hold at most, given who else is alive."""
        seconds, microseconds = (
            self._redis.time()
        )  # Redis's clock: servers' own may differ by more than a roster's life
        now = seconds + microseconds / 1_000_000
        pipeline = self._redis.pipeline(transaction=False)
        pipeline.zadd(keys.COMMITTERS, {f"{self._role}:{self._process}": now})
        pipeline.zremrangebyscore(keys.COMMITTERS, 0, now - 60)
        pipeline.zrangebyscore(keys.COMMITTERS, now - ROSTER_LIFE_S, "+inf")
        # A full Redis takes no beat; it is emptied only if its shards are claimed all the same.
        alive: Any = pipeline.execute(raise_on_error=False)[2]
        if isinstance(alive, RedisError):
            raise alive
        workers = [member for member in alive if member.startswith("worker:")]
        if self._role == "web" and workers:
            return 0
        peers = workers if self._role == "worker" else alive
        return math.ceil(self._shard_count / max(1, len(peers)))

    def _claim_vacant(self, share: int) -> None:
        """A few at a time: where MongoDB is slow to raise epochs, the first must not run out before the last is taken."""
        room = share - len(self._held)
        if room <= 0:
            return
        vacant = self._vacant()[:room]
        for start in range(0, len(vacant), CLAIMS_AT_ONCE):
            _at_once(self._claim, vacant[start : start + CLAIMS_AT_ONCE])
            self._renew_in_time()

    def _vacant(self) -> list[int]:
        """The shards without a holder, for as long as this process has the patience to wait for a better one."""
        shards = range(self._shard_count)
        # What one of a cluster's masters does not say counts as taken: shards on the others are not to wait for it.
        answers = self._line.ask([("EXISTS", keys.lease(shard)) for shard in shards])
        now = time.monotonic()
        patience = WEB_CLAIMS_AFTER_S if self._role == "web" else 0.0
        vacant = []
        for shard, taken in enumerate(answers):
            if taken or shard in self._held:
                self._vacant_since.pop(shard, None)
            elif now - self._vacant_since.setdefault(shard, now) >= patience:
                vacant.append(shard)
        return vacant

    def _claim(self, shard: int) -> None:
        epoch = next_epoch(shard)
        asked = time.monotonic()
        try:
            answer = self._scripts.lease(shard, self._process, epoch, LEASE_MS)
        except Fenced:
            return  # somebody else was quicker
        if not answer.held:
            return
        store = self._stores[shard]
        store.forget()
        holds = lambda: self._holds(shard, epoch)  # noqa: E731
        committer = Committer(shard, self._redis, store, self._announce, holds, self._teams(keys.stream(shard)))
        self._held[shard] = Held(epoch, asked + LEASE_MS / 1000, gevent.spawn(committer.run))
        self._vacant_since.pop(shard, None)
        LEASES["taken",] += 1
        log.info("lease_taken", shard=shard, epoch=epoch)

    def _renew_in_time(self) -> None:
        now = time.monotonic()
        if now - self._renewed >= RENEW_EVERY_S:
            self._renewed = now
            _at_once(self._renew, self._held)

    def _renew(self, shard: int) -> None:
        held = self._held[shard]
        asked = time.monotonic()
        try:
            answer = self._scripts.lease(shard, self._process, held.epoch, LEASE_MS)
        except Fenced as error:
            LEASES["fenced",] += 1
            log.warning("lease_fenced", shard=shard, epoch=held.epoch, newer=error.epoch)
            self._drop(shard)
            return
        if answer.held:
            held.valid_until = asked + LEASE_MS / 1000
        else:
            LEASES["lost",] += 1
            log.warning("lease_lost", shard=shard, epoch=held.epoch)
            self._drop(shard)

    def _holds(self, shard: int, epoch: int) -> bool:
        held = self._held.get(shard)
        return held is not None and held.epoch == epoch and not held.stopping and time.monotonic() < held.valid_until

    def _drop_expired(self) -> None:
        """A committer ends when its lease was not renewed in time. Renewing late would hold a shard nobody commits:
        it is claimed anew, with a committer of its own."""
        for shard, held in list(self._held.items()):
            if held.greenlet.dead or time.monotonic() >= held.valid_until:
                LEASES["expired",] += 1
                log.warning("lease_expired", shard=shard, epoch=held.epoch)
                self._drop(shard)

    def _drop(self, shard: int) -> None:
        """Stop committing; the batch in flight ends as it may, the store's indexes judge it."""
        self._held.pop(shard)

    def _give_up(self, shards: list[int]) -> None:
        """Finish the batches in flight and hand these leases back, so that others take them at once."""
        leaving = {shard: self._held[shard] for shard in shards}
        for held in leaving.values():
            held.stopping = True
        gevent.joinall([held.greenlet for held in leaving.values()], timeout=STOP_WITHIN_S)
        try:
            for shard, held in leaving.items():
                if self._held.get(shard) is held:  # else somebody else who waited has handed it back
                    self._drop(shard)
                    self._hand_back(shard, held)
        except RedisError:
            pass  # they run out by themselves

    def _hand_back(self, shard: int, held: Held) -> None:
        try:
            self._scripts.lease(shard, self._process, held.epoch, 0)
            LEASES["handed_back",] += 1
            log.info("lease_handed_back", shard=shard, epoch=held.epoch)
        except Fenced:
            pass
