"""The entries that a batch's revisions and replies are about: fetched together, and changed once those are stored.

Carried out right after the insert and before anything is numbered behind that batch (``app/sequencing/store.py``): as for
members, what a dead committer left over stands behind the hint ``Conversation.head``. A target's ``rev`` is the number of
the last entry applied to it; an older one does nothing, so carrying out again is harmless.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from app.domain.entries import PIN_KINDS, REVISION_KINDS, Entry, Proposal
from app.domain.folds import Fold
from app.domain.ids import message_id
from app.domain.retention import KIND as RETENTION_KIND
from app.domain.revisions import hidden_from, revise
from app.domain.threads import root_of
from app.models.folds import fold_update
from app.models.messages import messages, read_many

MOST_TRIES = 5

Place = tuple[str, int]


class Targets:
    """What the targets of one batch are as of the entry that was numbered last."""

    def __init__(self, proposals: Iterable[Proposal]) -> None:
        self._wanted: set[Place] = {(p.conversation, p.target) for p in proposals if p.target is not None}
        self._known: dict[Place, Entry] = read_many(sorted(self._wanted))

    def of(self, proposal: Proposal) -> Entry | None:
        """What the proposal is about; None where it is about nothing, or about what is not there."""
        return None if proposal.target is None else self._known.get((proposal.conversation, proposal.target))

    def hidden_from(self, proposal: Proposal) -> tuple[str, ...]:
        """From whom its entry is hidden: a revision or a pin also from whoever must not see its target."""
        target = self.of(proposal) if proposal.kind in REVISION_KINDS | PIN_KINDS else None
        return proposal.hidden_from if target is None else hidden_from(proposal.hidden_from, target)

    def root_of(self, proposal: Proposal) -> int | None:
        """Where the thread begins that its entry belongs to, or changes."""
        target = self.of(proposal)
        return None if target is None else root_of(proposal.kind, target.seq, target.root)

    def number(self, entry: Entry) -> None:
        """The batch goes on after ``entry``: later ones may be about it, or about what it changed."""
        if (entry.conversation, entry.seq) in self._wanted:
            self._known[entry.conversation, entry.seq] = entry
        if entry.kind in REVISION_KINDS and entry.target is not None:
            place = (entry.conversation, entry.target)
            self._known[place] = revise(self._known[place], entry)


def changes_another(document: dict[str, Any]) -> bool:
    """Does this stored entry change what is stored of another, of what is pinned, or of what is kept?"""
    return document["k"] in REVISION_KINDS | PIN_KINDS | {RETENTION_KIND} or "a" in document


def carry_out(revisions: Sequence[Entry]) -> None:
    """Make the targets what these stored entries say; all of a conversation's up to its last one must have been.

    Raises PyMongoError; running it again, or by two at once, is safe.
    """
    for _ in range(MOST_TRIES if revisions else 0):
        targets = read_many(sorted({(entry.conversation, entry.target or 0) for entry in revisions}))
        writes = [write for target in targets.values() for write in _writes(target, revisions)]
        if not writes or messages().bulk_write(writes, ordered=True).matched_count == len(writes):
            return
    if revisions:
        raise PyMongoError("the targets of revisions are changed by somebody else all the time")


def _writes(target: Entry, revisions: Sequence[Entry]) -> list[UpdateOne]:
    """The update of one target, if there is anything new; the texts of a deleted one are wiped first.

    One that is no longer kept stays as it is: a committer that slept meanwhile must not say it again.
    """
    if target.expired:
        return []
    place = (target.conversation, target.seq)
    mine = sorted((e for e in revisions if (e.conversation, e.target) == place), key=lambda entry: entry.seq)
    after = target
    for entry in mine:
        after = revise(after, entry)
    if after.fold is None or (target.fold and after.fold.current.rev == target.fold.current.rev):
        return []
    id = message_id(target.conversation, target.seq)
    before = {"_id": id, "r": target.fold.current.rev} if target.fold else {"_id": id, "r": {"$exists": False}}
    edits = {*(target.fold.current.edits if target.fold else ()), *(e.seq for e in mine if e.kind == "edited")}
    return [*_wipe(target.conversation, edits, after.fold), UpdateOne(before, fold_update(after.fold))]


def _wipe(conversation: str, edits: set[int], fold: Fold) -> list[UpdateOne]:
    """The texts of a deleted one's edits go; those that a fork was made of stay with whoever still sees that."""
    if fold.current.deleted_at is None:
        return []
    kept = {seq for fork in fold.forks.values() for seq in fork.edits}
    return [UpdateOne({"_id": message_id(conversation, seq)}, {"$set": {"b": ""}}) for seq in sorted(edits - kept)]
