"""Messages that a person keeps for later: marks in their own memberships, beside the log, which nobody else sees."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from app.domain.entries import Entry
from app.domain.errors import Conflict, Forbidden, NotAMember, NotFound
from app.domain.saved import MOST_SAVED, Mark, marks_of
from app.models import Membership
from app.models.messages import read_many
from app.services.as_of import entries_as_of
from app.services.conversations import Conversations
from app.services.publishing import Publisher

TRIES = 5
"""Two of one's devices may save at once."""


class Saved:
    def __init__(self, conversations: Conversations, publisher: Publisher) -> None:
        self._conversations = conversations
        self._publisher = publisher

    def change(self, user: str, conversation: str, seqs: Sequence[int], *, active: bool) -> dict[str, Any]:
        """Save these messages for ``user``, or let go of them: of all or of none; answers the view and tells their other
        devices.

        Raises NotAMember, NotFound (one to be saved is no message, deleted, or not for them), Forbidden (more than one may),
        Conflict (their other devices go on changing the same).
        """
        view = self._conversations.view(user, conversation)
        if active:
            _expect_visible(user, view, seqs)
        place = {"conversation": conversation, "user": user}
        for _ in range(TRIES):
            row = Membership._get_collection().find_one(place, {"saved": 1, "saved_rev": 1})
            if row is None:
                raise NotAMember
            kept = _changed(user, row.get("saved") or [], seqs, active=active)
            if kept is None:
                return view
            rev = row.get("saved_rev")
            update = {"$set": {"saved": kept, "saved_rev": (rev or 0) + 1}}
            if Membership._get_collection().update_one({**place, "saved_rev": rev}, update).matched_count:
                break
        else:
            raise Conflict
        view = self._conversations.view(user, conversation)
        self._publisher.to_users([user], "conversation_added", {"conversation": view})
        return view

    def page(self, user: str, before: Mark | None, limit: int) -> dict[str, Any]:
        """At most ``limit`` saved messages, the last that was saved first, of those before the mark ``before``.

        ``{saved: [{conversation, saved_at, entry}…], next}``; ``next`` is where the next page begins, None where this is the
        last. What one may not see any more is left out.
        """
        rows = {row["conversation"]: row for row in _places(user)}
        marks = sorted((mark for row in rows.values() for mark in _marks(row)), reverse=True)
        rest = [mark for mark in marks if before is None or mark < before]
        page = rest[:limit]
        entries = _seen(user, rows, page)
        return {
            "saved": [
                {"conversation": mark.conversation, "saved_at": mark.at, "entry": entry.seen_by(user)}
                for mark in page
                if (entry := entries.get((mark.conversation, mark.seq))) is not None
            ],
            "next": page[-1].place if len(rest) > limit else None,
        }


def _marks(row: dict[str, Any]) -> list[Mark]:
    return marks_of(row["conversation"], row["saved"], row.get("hidden_seqs") or ())


def _places(user: str) -> list[dict[str, Any]]:
    """The stored memberships in which something is saved."""
    wanted = {"conversation": 1, "saved": 1, "hidden_seqs": 1, "from_seq": 1, "until_seq": 1}
    query = {"user": user, "hidden_at": None, "saved.0": {"$exists": True}}
    return list(Membership._get_collection().find(query, wanted))


def _expect_visible(user: str, view: dict[str, Any], seqs: Sequence[int]) -> None:
    """Raises NotFound where one of these is no message that ``user`` sees."""
    wanted = sorted(set(seqs))
    entries = read_many([(view["id"], seq) for seq in wanted])
    within = view["me"]["from_seq"] <= wanted[0] and wanted[-1] <= view["head"]
    gone = any(_is_nothing(user, entry) for entry in entries.values())
    if len(entries) < len(wanted) or not within or gone or set(wanted) & set(view["me"]["hidden"]):
        raise NotFound


def _is_nothing(user: str, entry: Entry) -> bool:
    if entry.kind != "text" or entry.expired or user in entry.hidden_from:
        return True
    return entry.fold is not None and entry.fold.seen_by(user).deleted_at is not None


def _changed(
    user: str, saved: list[dict[str, int]], seqs: Iterable[int], *, active: bool
) -> list[dict[str, int]] | None:
    """What is saved in a conversation after the change; None where nothing changes. Raises Forbidden."""
    known = {one["s"] for one in saved}
    if not active:
        gone = known & set(seqs)
        return [one for one in saved if one["s"] not in gone] if gone else None
    new = sorted(set(seqs) - known)
    if not new:
        return None
    if sum(len(row["saved"]) for row in _places(user)) + len(new) > MOST_SAVED:
        raise Forbidden(f"You can save {MOST_SAVED:,} messages. Let go of some before you save more.")
    begin = max(time.time_ns() // 1_000_000, max((one["t"] for one in saved), default=0) + 1)
    return [*saved, *({"s": seq, "t": begin + n} for n, seq in enumerate(new))]


def _seen(user: str, rows: dict[str, dict[str, Any]], marks: Sequence[Mark]) -> dict[tuple[str, int], Entry]:
    """The entries of these marks as ``user`` may see them now; what they may not see any more is missing."""
    found = read_many([(mark.conversation, mark.seq) for mark in marks])
    seen: dict[tuple[str, int], Entry] = {}
    for (conversation, seq), entry in found.items():
        row = rows[conversation]
        last = row.get("until_seq")
        if user in entry.hidden_from or seq < row.get("from_seq", 1) or (last is not None and seq > last):
            continue
        (seen[conversation, seq],) = [entry] if last is None else entries_as_of([entry], last)
    return seen
