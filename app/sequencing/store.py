"""Number accepted commands and store them: MongoDB decides, Redis proposed.

The rules (docs/message.md tells why): numbers are MongoDB's majority maximum + 1, in stream order; one ordered insert
per batch; the two unique indexes judge; after anything unclear, re-read, never assume. So every writer, a paused or
partitioned one too, appends a contiguous run after a committed predecessor and stops at the first error: holes cannot
occur, and of two writers one is told.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from bson.errors import InvalidDocument
from pymongo.errors import BulkWriteError, DocumentTooLarge, PyMongoError

from app.counts import REPAIRS
from app.domain.entries import COUNTED_KINDS, REVISION_KINDS, Entry, Proposal
from app.domain.errors import ClientIdReused, NotFound
from app.domain.ids import message_id
from app.domain.membership import MEMBERSHIP_KINDS
from app.models.messages import from_document, insert_in_order, messages, to_document
from app.sequencing.dead_letters import put_aside
from app.sequencing.inserts import Insert
from app.sequencing.log_state import LogState, Numbered, load
from app.sequencing.outcomes import Outcome, Refused, Stored
from app.sequencing.pins import carry_out as pin
from app.sequencing.projection import project
from app.sequencing.retention import carry_out as expire
from app.sequencing.targets import Targets, carry_out, changes_another
from app.sequencing.threads import carry_out as count
from app.sequencing.visibility import StoreUnclear, until_visible

log = structlog.get_logger(__name__)

DUPLICATE_KEY = 11000
CONTENT_REFUSED = frozenset({2, 9, 22, 52, 121, 10334, 17280, 17419, 17420})
"""MongoDB's codes for a document it will never take: bad values or names, too large, failing validation."""
KNOWN_CONVERSATIONS = 20_000


def now_ms() -> int:
    return time.time_ns() // 1_000_000


class Store:
    """The write side of the log for one shard, a batch at a time. ``insert`` may put other shards' beside it."""

    def __init__(self, clock: Callable[[], int] = now_ms, insert: Insert = insert_in_order) -> None:
        self._clock = clock
        self._insert_documents = insert
        self._states: OrderedDict[str, LogState] = OrderedDict()
        self._changes = 0

    def state(self, conversation: str) -> LogState | None:
        """What is known of a conversation; None when it does not exist."""
        state = self._states.get(conversation)
        if state is None:
            changes, state = self._changes, load(conversation)
            if state is None:
                return None
            if changes != self._changes:
                return state  # what was read may be older than the change
            self._states[conversation] = state
            if len(self._states) > KNOWN_CONVERSATIONS:
                self._states.popitem(last=False)
        else:
            self._states.move_to_end(conversation)
        return state

    def forget(self, conversation: str | None = None) -> None:
        """Drop what is known of one conversation, or of all."""
        self._changes += 1
        if conversation is None:
            self._states.clear()
        else:
            self._states.pop(conversation, None)

    def commit(self, proposals: Sequence[Proposal], *, seen_before: bool = False) -> list[Outcome]:
        """Store proposals in this order; the answer has one outcome for each, in the same order.

        ``seen_before``: they may have been stored at an earlier try (recovery), so look first.
        Raises ``StoreUnclear``; calling again with the same proposals is safe.
        """
        outcomes: dict[int, Outcome] = {}
        try:
            if seen_before:
                outcomes = self._already_stored(proposals)
            waiting = [i for i in range(len(proposals)) if i not in outcomes]
            while waiting:
                waiting = self._insert(proposals, waiting, outcomes)
        except PyMongoError as error:
            self.forget()
            raise StoreUnclear(type(error).__name__) from error
        return [outcomes[i] for i in range(len(proposals))]

    def _insert(self, proposals: Sequence[Proposal], waiting: list[int], outcomes: dict[int, Outcome]) -> list[int]:
        """One ordered insert of what waits; answers what must be numbered anew, or may be numbered only now."""
        numbered, later = self._number_all(proposals, waiting, outcomes)
        if not numbered:
            return later
        documents = [to_document(one.entry, proposals[one.index].hash) for one in numbered]
        try:
            self._insert_documents(documents)
            stored, conflict = len(documents), None
        except BulkWriteError as error:
            if error.details.get("writeConcernErrors") or not error.details.get("writeErrors"):
                raise
            conflict = error.details["writeErrors"][0]
            stored = conflict["index"]
        except (InvalidDocument, DocumentTooLarge) as error:
            stored, conflict = 0, None
            self._insert_first(proposals, numbered[0], outcomes, error)
        for one in numbered[:stored]:
            outcomes[one.index] = self._stored(proposals[one.index], one)
        self._carry_out([one.entry for one in numbered[:stored]])
        if conflict is not None:
            failed = numbered[stored]
            self._judge(proposals[failed.index], failed, conflict, outcomes)
            if conflict.get("code") == DUPLICATE_KEY:
                self._look_for(
                    proposals, [one.index for one in numbered[stored:] if one.index not in outcomes], outcomes
                )
        return sorted(i for i in [*later, *(one.index for one in numbered)] if i not in outcomes)

    def _carry_out(self, stored: Sequence[Entry]) -> None:
        """What was stored about texts changes them, what is pinned, threads, and what is kept."""
        carry_out([entry for entry in stored if entry.kind in REVISION_KINDS])
        pin(stored)
        count(stored)
        expire(stored)

    def _number_all(
        self, proposals: Sequence[Proposal], waiting: list[int], outcomes: dict[int, Outcome]
    ) -> tuple[list[Numbered], list[int]]:
        """Number what waits; refuse what may not be written.

        What stands behind a change of its conversation's members, or behind somebody who is none, waits for the next
        round: the first is carried out before it.
        """
        numbered: list[Numbered] = []
        later: list[int] = []
        states: dict[str, LogState] = {}
        changed: set[str] = set()
        targets = self._targets(proposals, waiting)
        for i in waiting:
            proposal = proposals[i]
            if proposal.conversation in changed:
                later.append(i)
                continue
            state = states.get(proposal.conversation)
            if state is not None and not state.knows(proposal.sender):
                changed.add(proposal.conversation)  # not in the one at hand: the next round looks again
                later.append(i)
                continue
            state = state or self._state_for(proposal)
            refusal = (
                NotFound() if state is None else state.refusal(proposal, targets.of(proposal) if targets else None)
            )
            if state is None or refusal is not None:
                outcomes[i] = Refused(proposal, refusal or NotFound())
                continue
            entry = self._number(proposal, state, targets)
            if targets:
                targets.number(entry)
            states[proposal.conversation] = after = state.after(entry)
            numbered.append(Numbered(i, entry, after))
            if entry.kind in MEMBERSHIP_KINDS:
                changed.add(proposal.conversation)
        return numbered, later

    def _targets(self, proposals: Sequence[Proposal], waiting: list[int]) -> Targets | None:
        """What the proposals are about, after whatever a dead committer left over in those conversations; None: nothing."""
        aimed = [proposals[i] for i in waiting if proposals[i].target is not None]
        for proposal in aimed:
            self.state(proposal.conversation)
        return Targets(aimed) if aimed else None

    def _state_for(self, proposal: Proposal) -> LogState | None:
        state = self.state(proposal.conversation)
        stranger = state is not None and proposal.kind != "joined" and not state.knows(proposal.sender)
        if stranger or (state is not None and state.frozen):
            # Somebody may have been added, or the conversation unfrozen, and the note of it lost.
            self.forget(proposal.conversation)
            state = self.state(proposal.conversation)
        return state

    def _stored(self, proposal: Proposal, one: Numbered) -> Stored:
        """It is in the log now; what it says about members is carried out before anything comes after it."""
        if one.entry.kind in MEMBERSHIP_KINDS:
            project(one.entry)
        if proposal.conversation in self._states:  # else it was forgotten meanwhile, because something changed
            self._states[proposal.conversation] = one.state
        return Stored(proposal, one.entry, fresh=True, state=one.state)

    def _judge(
        self, proposal: Proposal, failed: Numbered, conflict: dict[str, Any], outcomes: dict[int, Outcome]
    ) -> None:
        """Decide what the first failed document of a batch means."""
        self.forget(proposal.conversation)
        if conflict.get("code") in CONTENT_REFUSED:
            outcomes[failed.index] = Refused(proposal, put_aside(proposal, str(conflict.get("errmsg", "refused"))))
        elif conflict.get("code") != DUPLICATE_KEY:
            raise StoreUnclear(f"write error {conflict.get('code')}")  # a full disk, an interruption: not the content
        elif "_id" in conflict.get("keyPattern", {}):
            self._await_visible(failed.entry)
            REPAIRS["renumbered",] += 1
            log.info("number_conflict", conversation=proposal.conversation, seq=failed.entry.seq)
        else:
            outcomes[failed.index] = self._stored_earlier(proposal)

    def _number(self, proposal: Proposal, state: LogState, targets: Targets | None) -> Entry:
        return Entry(
            conversation=proposal.conversation,
            seq=state.head + 1,
            ordinal=state.ordinal + (proposal.kind in COUNTED_KINDS),
            kind=proposal.kind,
            sender=proposal.sender,
            client_id=proposal.client_id,
            body=proposal.body,
            created_at=max(self._clock(), state.created_at),
            hidden_from=targets.hidden_from(proposal) if targets else proposal.hidden_from,
            target=proposal.target,
            forwarded=proposal.forwarded,
            root=targets.root_of(proposal) if targets else None,
        )

    def _already_stored(self, proposals: Sequence[Proposal]) -> dict[int, Outcome]:
        """Outcomes of those proposals that an earlier try stored."""
        by_sender: dict[tuple[str, str], list[str]] = {}
        for proposal in proposals:
            by_sender.setdefault((proposal.conversation, proposal.sender), []).append(proposal.client_id)
        found: dict[tuple[str, str, str], dict[str, Any]] = {}
        for (conversation, sender), client_ids in by_sender.items():
            query = {"c": conversation, "s": sender, "i": {"$in": client_ids}}
            found |= {(d["c"], d["s"], d["i"]): d for d in messages().find(query)}
        outcomes = {
            i: self._known(p, found[p.conversation, p.sender, p.client_id])
            for i, p in enumerate(proposals)
            if (p.conversation, p.sender, p.client_id) in found
        }
        self._catch_up({document["c"] for document in found.values() if changes_another(document)})
        return outcomes

    def _catch_up(self, conversations: set[str]) -> None:
        """Whoever stored what changes others may not have carried it out; loading does, all of it and in order."""
        for conversation in conversations:
            self.forget(conversation)
            self.state(conversation)

    def _look_for(self, proposals: Sequence[Proposal], rest: list[int], outcomes: dict[int, Outcome]) -> None:
        """Somebody else is at it too, and may have stored more of this batch: one look instead of as many conflicts."""
        for n, outcome in self._already_stored([proposals[i] for i in rest]).items():
            outcomes[rest[n]] = outcome
            self.forget(outcome.proposal.conversation)

    def _stored_earlier(self, proposal: Proposal) -> Outcome:
        """The outcome of a client id MongoDB says is taken, read at majority: until it is visible nothing is sure."""
        query = {"c": proposal.conversation, "s": proposal.sender, "i": proposal.client_id}
        document = until_visible(query)
        self._catch_up({document["c"]} if changes_another(document) else set())
        return self._known(proposal, document)

    def _await_visible(self, entry: Entry) -> None:
        """Another writer has this number: wait until it is committed, or our next maximum would be too low again."""
        until_visible({"_id": message_id(entry.conversation, entry.seq)})

    def _known(self, proposal: Proposal, document: dict[str, Any]) -> Outcome:
        """The outcome of a proposal whose client id is stored, by whomever: they may not have got further than that."""
        entry = from_document(document)
        if document["h"] != proposal.hash:
            return Refused(proposal, ClientIdReused(seq=entry.seq))
        if entry.kind in MEMBERSHIP_KINDS:
            project(entry)
            self.forget(entry.conversation)
        return Stored(proposal, entry, fresh=False)

    def _insert_first(
        self, proposals: Sequence[Proposal], one: Numbered, outcomes: dict[int, Outcome], why: Exception
    ) -> None:
        """The driver refused to encode the batch and sent nothing: find the culprit by sending the first alone."""
        proposal = proposals[one.index]
        try:
            self._insert_documents([to_document(one.entry, proposal.hash)])
            outcomes[one.index] = self._stored(proposal, one)
            self._carry_out([one.entry])
        except (InvalidDocument, DocumentTooLarge):
            outcomes[one.index] = Refused(proposal, put_aside(proposal, str(why)))
        except BulkWriteError as error:
            if not error.details.get("writeErrors"):
                raise
            self._judge(proposal, one, error.details["writeErrors"][0], outcomes)
