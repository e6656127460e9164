"""Memberships as views need them, without MongoEngine's documents: a group may have a thousand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.notifications import Level, level_of
from app.domain.permissions import Role
from app.domain.saved import marks_of


@dataclass(frozen=True, slots=True)
class Seat:
    """A membership as it is stored."""

    conversation: str
    user: str
    role: Role
    from_seq: int
    until_seq: int | None
    delivered: int
    read: int
    read_ordinal: int
    notify: Level
    muted_until: datetime | None
    pinned_at: datetime | None
    archived_at: datetime | None
    hidden_at: datetime | None
    requested_at: datetime | None
    shown_read: int | None
    mentioned: int
    hidden_seqs: tuple[int, ...]
    saved: tuple[int, ...]
    saved_rev: int
    draft: str
    draft_rev: int
    marked_unread: bool


def seat_of(row: dict[str, Any]) -> Seat:
    """The membership in a stored document."""
    return Seat(
        row["conversation"],
        row["user"],
        row.get("role", "member"),
        row.get("from_seq", 1),
        row.get("until_seq"),
        row.get("delivered", 0),
        row.get("read", 0),
        row.get("read_ordinal", 0),
        level_of(row.get("notify")),
        row.get("muted_until"),
        row.get("pinned_at"),
        row.get("archived_at"),
        row.get("hidden_at"),
        row.get("requested_at"),
        row.get("shown_read"),
        row.get("mentioned", 0),
        tuple(row.get("hidden_seqs") or ()),
        tuple(one.seq for one in marks_of("", row.get("saved") or (), row.get("hidden_seqs") or ())),
        row.get("saved_rev") or 0,
        row.get("draft") or "",
        row.get("draft_rev") or 0,
        bool(row.get("marked_unread")),
    )
