"""How a group presents itself: now, and to those who went as it was when they did."""

from dataclasses import dataclass

from app.domain.membership import change_of
from app.models import Conversation
from app.models.messages import read_changes, read_many


@dataclass(frozen=True, slots=True)
class Look:
    """``photo`` is its id; all are "" where there is none."""

    title: str
    description: str
    photo: str


def look_of(group: Conversation) -> Look:
    """As it is now."""
    return Look(group.title or "", group.description or "", group.avatar or "")


def look_at(group: Conversation, until: int) -> Look:
    """As it was at the number ``until``; the log is asked only where something changed since."""
    changed = max(group.titled_seq or 0, group.described_seq or 0, group.pictured_seq or 0)
    if changed <= until:
        return look_of(group)
    first = read_many([(group.id, 1)]).get((group.id, 1))
    title, description, photo = first.body if first else "", "", ""
    for entry in read_changes(group.id, 0, until):
        change = change_of(entry.kind, entry.sender, entry.body)
        title = title if change.title is None else change.title
        description = description if change.description is None else change.description
        photo = photo if change.photo is None else change.photo
    return Look(title, description, photo)
