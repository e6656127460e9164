"""Drain a shard's write-ahead stream: number, store, answer, announce, trim. In that order, always.

One committer runs per shard and lease; two at once (a paused holder) cost time and never order, because the store's
unique indexes judge. What arrives while a batch is being stored is the next batch (``rounds.py`` says when that is read).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import gevent
import orjson
import structlog
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.counts import BATCH_ENTRIES, BATCH_SECONDS, REPAIRS
from app.domain.entries import Entry, Proposal
from app.lines import raise_first
from app.sequencing import keys
from app.sequencing.log_state import LogState
from app.sequencing.outcomes import Outcome, Stored, encode_outcomes
from app.sequencing.recovery import START, RawEntry, anything_up_to, left_over
from app.sequencing.rounds import ROUND_ENTRIES
from app.sequencing.scripts import Scripts, Sent, Settled
from app.sequencing.store import Store
from app.sequencing.teams import Teams
from app.sequencing.visibility import StoreUnclear
from app.stores import cause_of, shared_line_of
from app.tracing import follow

log = structlog.get_logger(__name__)

BATCH_BYTES = 8_000_000
LOOK_EVERY_S = 1.0
SENT_LIFE_S = 72 * 3600
LOGGED_CONVERSATIONS = 5
RETRY_S = 0.2
RETRY_MAX_S = 2.0


@dataclass(frozen=True, slots=True)
class Announcement:
    """Entries of one conversation, in order, for those who are in it now."""

    conversation: str
    epoch: int
    members: frozenset[str]
    entries: tuple[Entry, ...]
    traces: tuple[str, ...] = ()


Announce = Callable[[Sequence[Announcement]], None]


@dataclass(frozen=True, slots=True)
class Accepted:
    """One line of the stream, understood."""

    stream_id: str
    proposal: Proposal
    reply_to: str
    trace: str = ""


class Committer:
    """The committer of one shard. ``run`` returns when ``holds_lease`` turns false."""

    def __init__(
        self,
        shard: int,
        redis: Redis,
        store: Store,
        announce: Announce,
        holds_lease: Callable[[], bool],
        teams: Teams | None = None,
    ) -> None:
        self._shard = shard
        self._redis = redis
        self._teams = teams or Teams(redis)
        self._line = shared_line_of(redis)
        self._scripts = Scripts(redis)
        self._store = store
        self._announce = announce
        self._holds_lease = holds_lease

    def run(self) -> None:
        """Recover what is left over, then follow the stream; start over whenever a store was away."""
        pause = RETRY_S
        while self._holds_lease():
            try:
                last = self._recover()
                pause = RETRY_S
                self._follow(last)
            except (RedisError, PyMongoError, StoreUnclear, OSError) as error:
                log.warning("commit_paused", shard=self._shard, **cause_of(error), detail=str(error)[:200])
                gevent.sleep(pause)
                pause = min(RETRY_MAX_S, pause * 2)
            except Exception:
                # Not a store's fault but ours: said aloud, and the shard keeps trying rather than standing still.
                log.exception("commit_failed", shard=self._shard)
                gevent.sleep(RETRY_MAX_S)

    def _recover(self) -> str:
        """Commit what stands in the stream; answers the id of its last entry, from which it is followed."""
        last = START
        for page in left_over(self._redis, self._shard, ROUND_ENTRIES):
            REPAIRS["recovered",] += len(page)
            log.info("recovering", shard=self._shard, entries=len(page))
            self._commit(page, seen_before=True)
            last = page[-1][0]
        return last

    def _follow(self, last: str) -> None:
        """Commit what comes after the id ``last``, until something turns up before it."""
        stream, looked = keys.stream(self._shard), time.monotonic()
        try:
            while self._holds_lease():
                entries = self._teams.read(stream, last)
                for page in _split(entries) if entries else ():
                    self._commit(page, seen_before=False)
                    last = page[-1][0]
                if not entries or time.monotonic() - looked >= LOOK_EVERY_S:
                    looked = time.monotonic()
                    if anything_up_to(self._redis, self._shard, last):
                        return  # Redis was emptied or set back: start over
        finally:
            self._teams.leave(stream)

    def _commit(self, page: list[RawEntry], *, seen_before: bool) -> None:
        began, began_ns = time.perf_counter(), time.time_ns()
        accepted = [_parse(id, fields) for id, fields in page]
        outcomes = self._store.commit([item.proposal for item in accepted], seen_before=seen_before)
        self._answer(accepted, outcomes)
        announcements = self._announcements(outcomes)
        if any(item.trace for item in accepted):
            announcements = _traced(announcements, accepted, outcomes, began_ns)
        self._announce(announcements)
        self._trim(accepted, outcomes)
        seconds = time.perf_counter() - began
        BATCH_ENTRIES.add(len(page))
        BATCH_SECONDS.add(seconds)
        log.info(
            "committed",
            shard=self._shard,
            entries=len(page),
            numbers={a.conversation: [e.seq for e in a.entries] for a in announcements[:LOGGED_CONVERSATIONS]},
            milliseconds=round(seconds * 1000, 1),
        )

    def _answer(self, accepted: list[Accepted], outcomes: list[Outcome]) -> None:
        """Tell the processes that accepted the commands. A lost answer is found again in the sent key."""
        by_process: dict[str, list[Outcome]] = {}
        for item, outcome in zip(accepted, outcomes, strict=True):
            by_process.setdefault(item.reply_to, []).append(outcome)
        notes = [
            ("PUBLISH", keys.replies(process), encode_outcomes(answers)) for process, answers in by_process.items()
        ]
        raise_first(self._line.ask(notes))

    def _announcements(self, outcomes: list[Outcome]) -> list[Announcement]:
        """One for each run of a conversation's entries that the same people hear."""
        stored: dict[str, dict[int, Stored]] = {}
        for outcome in outcomes:
            if isinstance(outcome, Stored):
                stored.setdefault(outcome.entry.conversation, {})[outcome.entry.seq] = outcome
        announcements = []
        for conversation, by_seq in stored.items():
            now = self._store.state(conversation)
            runs: list[tuple[LogState, list[Entry]]] = []
            for seq in sorted(by_seq):
                state = by_seq[seq].state or now
                if state is None:
                    continue
                if not runs or runs[-1][0].members is not state.members:
                    runs.append((state, []))
                runs[-1][1].append(by_seq[seq].entry)
            announcements += [Announcement(conversation, s.epoch, s.members, tuple(e)) for s, e in runs]
        return announcements

    def _trim(self, accepted: list[Accepted], outcomes: list[Outcome]) -> None:
        settled: list[Settled] = []
        heads: dict[str, int] = {}
        for item, outcome in zip(accepted, outcomes, strict=True):
            proposal, sent = item.proposal, None
            if isinstance(outcome, Stored):
                entry = outcome.entry
                sent = Sent(True, entry.seq, proposal.hash, entry.ordinal, entry.created_at)
                heads[proposal.conversation] = max(heads.get(proposal.conversation, 0), entry.seq)
            settled.append(Settled(proposal.conversation, proposal.sender, proposal.client_id, item.stream_id, sent))
        for conversation in {item.conversation for item in settled}:
            state = self._store.state(conversation)
            heads[conversation] = max(heads.get(conversation, 0), state.head if state else 0)
        self._scripts.acknowledge(self._shard, heads, settled, sent_life_s=SENT_LIFE_S)


def _split(entries: list[RawEntry]) -> list[list[RawEntry]]:
    """Batches of at most ``BATCH_BYTES`` of payload."""
    pages: list[list[RawEntry]] = [[]]
    size = 0
    for entry in entries:
        size += len(entry[1]["payload"])
        if size > BATCH_BYTES and pages[-1]:
            pages.append([])
            size = len(entry[1]["payload"])
        pages[-1].append(entry)
    return pages


def _traced(
    announcements: list[Announcement], accepted: list[Accepted], outcomes: list[Outcome], began_ns: int
) -> list[Announcement]:
    """The announcements with the marks of what is told in them, after a step for each entry."""
    marks: dict[tuple[str, int], str] = {}
    for item, outcome in zip(accepted, outcomes, strict=True):
        if isinstance(outcome, Stored):
            about = {"conversation": outcome.entry.conversation, "seq": outcome.entry.seq, "batch": len(accepted)}
            marks[outcome.entry.conversation, outcome.entry.seq] = follow("commit", item.trace, began_ns, **about)
    return [
        replace(one, traces=tuple(filter(None, (marks[one.conversation, entry.seq] for entry in one.entries))))
        for one in announcements
    ]


def _parse(stream_id: str, fields: dict[str, str]) -> Accepted:
    payload = orjson.loads(fields["payload"])
    proposal = Proposal(
        conversation=fields["conversation"],
        sender=fields["sender"],
        client_id=fields["client_id"],
        kind=payload["kind"],
        body=payload["body"],
        hash=fields["hash"],
        hidden_from=tuple(payload.get("hidden_from", ())),
        target=payload.get("target"),
        forwarded=payload.get("forwarded", False),
    )
    return Accepted(stream_id, proposal, fields["reply_to"], payload.get("trace", ""))
