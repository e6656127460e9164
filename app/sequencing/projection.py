"""Carry out what an entry says about a group's members: the memberships follow the log.

Called right after the entry is stored and before anything is numbered after it, so an entry behind a removal exists
only once the membership has ended. It may run again, and late: ``changed_seq`` is the number of the last entry that
changed a membership, and an older one changes it no more.
"""

from collections.abc import Sequence
from typing import Any

from pymongo import InsertOne, UpdateMany, UpdateOne

from app.domain.entries import Entry
from app.domain.membership import Change, change_of
from app.models.accounts import now
from app.models.conversations import Conversation, GroupLink, Membership
from app.models.upserts import Write, upsert_all


def project(entry: Entry) -> None:
    """Make memberships, title and the like what ``entry`` says. Raises PyMongoError; running it again is safe."""
    change = change_of(entry.kind, entry.sender, entry.body)
    writes: list[Write] = _join(entry, change.joined) if change.joined else []
    if change.gone is not None:
        writes.append(_change(entry, change.gone, {"until_seq": entry.seq}))
    writes += [_change(entry, user, {"role": role}) for user, role in change.roles]
    if writes:
        upsert_all(Membership._get_collection(), writes)
    conversations = Conversation._get_collection()
    if change.gone is not None:
        conversations.update_one({"_id": entry.conversation}, {"$max": {"epoch": entry.seq}})
    if change.closed:
        _end_all(entry)
    for field, values in _presented(entry, change).items():
        conversations.update_one(
            {"_id": entry.conversation, **_older(field, entry.seq)}, {"$set": values | {field: entry.seq}}
        )


def _presented(entry: Entry, change: Change) -> dict[str, dict[str, Any]]:
    """What the conversation itself says now, under the field that holds the number of the last change of it."""
    presented: dict[str, dict[str, Any]] = {}
    if change.title is not None:
        presented["titled_seq"] = {"title": change.title}
    if change.description is not None:
        presented["described_seq"] = {"description": change.description}
    if change.photo is not None:
        presented["pictured_seq"] = {"avatar": change.photo}
    if change.settings is not None:
        changed = change.settings.changed()
        presented["settings_seq"] = {f"settings.{name}": value for name, value in changed.items()}
        if "keep_days" in changed:
            presented["settings_seq"]["keep_at"] = entry.created_at
    if change.closed:
        presented["closed_seq"] = {"closed_by": entry.body or entry.sender}
    return presented


def _end_all(entry: Entry) -> None:
    """Everybody's membership ends with the group, and so do its links."""
    place = {"conversation": entry.conversation, "until_seq": None, **_older("changed_seq", entry.seq)}
    values = {"until_seq": entry.seq, "changed_seq": entry.seq}
    Membership._get_collection().update_many(place, {"$set": values})
    links = GroupLink._get_collection()
    links.update_many({"conversation": entry.conversation, "revoked_at": None}, {"$set": {"revoked_at": now()}})


def _change(entry: Entry, user: str, values: dict[str, Any]) -> UpdateOne:
    place = {"conversation": entry.conversation, "user": user, **_older("changed_seq", entry.seq)}
    return UpdateOne(place, {"$set": values | {"changed_seq": entry.seq}})


def _join(entry: Entry, users: Sequence[str]) -> list[Write]:
    """Somebody who was here before comes back; somebody new gets a place; who is here keeps theirs."""
    place = {
        "role": "member",
        "from_seq": entry.seq,
        "delivered": entry.seq - 1,
        "read": entry.seq - 1,
        "read_ordinal": entry.ordinal,
        "changed_seq": entry.seq,
    }
    here = {"conversation": entry.conversation, "user": {"$in": list(users)}}
    returned = here | {"until_seq": {"$ne": None}} | _older("changed_seq", entry.seq)
    created = place | {"conversation": entry.conversation, "created_at": now()}
    return [
        UpdateMany(returned, {"$set": place, "$unset": {"until_seq": "", "hidden_at": "", "archived_at": ""}}),
        *(InsertOne(created | {"user": user}) for user in users),
    ]


def _older(field: str, seq: int) -> dict[str, Any]:
    return {"$or": [{field: None}, {field: {"$lt": seq}}]}
