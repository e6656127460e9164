"""Entries as somebody may see them who went: without what was changed about them afterwards."""

from collections.abc import Sequence

from app.domain.entries import Entry
from app.domain.revisions import as_of
from app.models.messages import read_many


def entries_as_of(entries: Sequence[Entry], last: int) -> list[Entry]:
    """The entries without what was changed about them after the number ``last``, by which their reader went."""
    changed = [entry for entry in entries if entry.fold is not None and entry.fold.current.rev > last]
    numbers = [(e.conversation, seq) for e in changed if e.fold for seq in e.fold.current.edits if seq <= last]
    bodies = {seq: edit.body for (_, seq), edit in read_many(numbers).items()} if numbers else {}
    return [as_of(entry, last, bodies) for entry in entries]
