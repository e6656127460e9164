"""Entries as somebody may see them who went: without what was changed about them afterwards."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.entries import Entry
from app.domain.revisions import as_of
from app.domain.threads import Replies
from app.models.messages import count_replies, read_many


def entries_as_of(entries: Sequence[Entry], last: int) -> list[Entry]:
    """The entries of one conversation without what was changed about them after the number ``last``, by which their reader went."""
    changed = [entry for entry in entries if entry.fold is not None and entry.fold.current.rev > last]
    numbers = [(e.conversation, seq) for e in changed if e.fold for seq in e.fold.current.edits if seq <= last]
    bodies = {seq: edit.body for (_, seq), edit in read_many(numbers).items()} if numbers else {}
    seen = [as_of(entry, last, bodies) for entry in entries]
    answered = {entry.seq for entry in entries if entry.replies is not None and entry.replies.rev > last}
    counts = count_replies(entries[0].conversation, answered, last) if answered else {}
    return [
        replace(entry, replies=Replies(counts[entry.seq], last)) if counts.get(entry.seq) else entry for entry in seen
    ]
