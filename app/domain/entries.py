"""What a log holds, and the facts about it that go to clients."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.domain.folds import Fold
from app.domain.threads import Replies

EntryKind = Literal[
    "text",
    "created",
    "added",
    "joined",
    "removed",
    "left",
    "role",
    "titled",
    "edited",
    "deleted",
    "reacted",
    "unreacted",
    "pinned",
    "unpinned",
    "described",
    "pictured",
    "settings",
    "closed",
    "expired",
    "withheld",
]
PAGE_BYTES = 256_000
"""Most bytes of text in one message to a client: small beside what a connection may hold (``app/realtime/outgoing.py``)."""
COUNTED_KINDS = frozenset({"text"})
"""Kinds that count as unread: they move the ordinal on; the others carry their predecessor's."""
REVISION_KINDS = frozenset({"edited", "deleted", "reacted", "unreacted"})
"""Kinds that change a text instead of standing beside it (``app/domain/revisions.py``)."""
PIN_KINDS = frozenset({"pinned", "unpinned"})
"""Kinds that put a text among the conversation's pins, or take it away (``app/domain/pins.py``)."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry that was accepted and has no number yet: what the write-ahead stream carries.

    ``hidden_from``: users who must not see the content (they blocked the sender); they get a ``withheld`` entry.
    ``target``: the number of the entry it is about, or replies to. ``forwarded``: a text that was said elsewhere.
    """

    conversation: str
    sender: str
    client_id: str
    kind: EntryKind
    body: str
    hash: str
    hidden_from: tuple[str, ...] = ()
    target: int | None = None
    forwarded: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a conversation's log, as stored. ``created_at`` is the server's time in ms and never goes back.

    ``fold``: what later entries made of it; ``body`` is the current one. ``forwarded``: a text that was said elsewhere.
    ``root``: where its thread begins, of a reply and of the deletion of one; ``replies``: of a root, how many it has.
    ``expired``: what it said is no longer kept (``app/domain/retention.py``).
    """

    conversation: str
    seq: int
    ordinal: int
    kind: EntryKind
    sender: str
    client_id: str
    body: str
    created_at: int
    hidden_from: tuple[str, ...] = ()
    target: int | None = None
    fold: Fold | None = None
    forwarded: bool = False
    root: int | None = None
    replies: Replies | None = None
    expired: bool = False

    def to_wire(self) -> dict[str, Any]:
        """The entry as clients see it; the conversation stands once beside the list, not in every entry."""
        wire = {
            "seq": self.seq,
            "ordinal": self.ordinal,
            "kind": self.kind,
            "sender": self.sender,
            "client_id": self.client_id,
            "body": self.body,
            "created_at": self.created_at,
        }
        if self.target is not None:
            wire["target"] = self.target
        if self.forwarded:
            wire["forwarded"] = True
        if self.expired:
            wire["expired"] = True
        if self.root is not None:
            wire["root"] = self.root
        if self.replies is not None:
            wire |= self.replies.to_wire()
        if self.fold is not None:
            wire |= self.fold.current.to_wire()
        return wire

    @property
    def differs(self) -> bool:
        """Is it not the same for all who read it? Then nobody may be told ``to_wire``."""
        forked = self.fold is not None and bool(self.fold.forks)
        return bool(self.hidden_from) or forked or (self.replies is not None and self.replies.differs)

    def seen_by(self, user: str) -> dict[str, Any]:
        """The entry as ``user`` may see it: withheld entries keep their number and lose everything else."""
        if user not in self.hidden_from:
            counted = self.replies.to_wire(user) if self.replies is not None else {}
            if self.fold is None or user not in self.fold.forks:
                return self.to_wire() | counted
            fork = self.fold.forks[user]
            return replace(self, body=fork.body, fold=Fold(fork, "") if fork.rev else None).to_wire() | counted
        return {
            "seq": self.seq,
            "ordinal": self.ordinal,
            "kind": "withheld",
            "sender": "",
            "client_id": "",
            "body": "",
            "created_at": self.created_at,
        }


def within_bytes(entries: Sequence[Entry], limit: int = PAGE_BYTES) -> Iterator[list[Entry]]:
    """Runs of entries in order whose texts and reactions have at most ``limit`` bytes together; an entry that has more is alone."""
    page: list[Entry] = []
    size = 0
    for entry in entries:
        length = len(entry.body.encode()) + (0 if entry.fold is None else entry.fold.size)
        if page and size + length > limit:
            yield page
            page, size = [], 0
        page.append(entry)
        size += length
    if page:
        yield page


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an accepted command: the number its entry has for good."""

    conversation: str
    client_id: str
    seq: int
    ordinal: int
    created_at: int

    def to_wire(self) -> dict[str, Any]:
        return {
            "conversation": self.conversation,
            "client_id": self.client_id,
            "seq": self.seq,
            "ordinal": self.ordinal,
            "created_at": self.created_at,
        }
