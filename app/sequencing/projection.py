"""Carry out what an entry says about a group's members: the memberships follow the log.

Called right after the entry is stored and before anything is numbered after it, so an entry behind a removal exists
only once the membership has ended. It may run again, and late: ``changed_seq`` is the number of the last entry that
changed a membership, and an older one changes it no more.
"""

from typing import Any

from pymongo import UpdateOne

from app.domain.entries import Entry
from app.domain.membership import change_of
from app.models.accounts import now
from app.models.conversations import Conversation, Membership
from app.models.upserts import upsert_all


def project(entry: Entry) -> None:
    """Make memberships and title what ``entry`` says. Raises PyMongoError; running it again is safe."""
    change = change_of(entry.kind, entry.sender, entry.body)
    writes = [write for user in change.joined for write in _join(entry, user)]
    if change.gone is not None:
        writes.append(_change(entry, change.gone, {"until_seq": entry.seq}))
    writes += [_change(entry, user, {"role": role}) for user, role in change.roles]
    if writes:
        upsert_all(Membership._get_collection(), writes)
    conversations = Conversation._get_collection()
    if change.gone is not None:
        conversations.update_one({"_id": entry.conversation}, {"$max": {"epoch": entry.seq}})
    if change.title is not None:
        conversations.update_one(
            {"_id": entry.conversation, **_older("titled_seq", entry.seq)},
            {"$set": {"title": change.title, "titled_seq": entry.seq}},
        )


def _change(entry: Entry, user: str, values: dict[str, Any]) -> UpdateOne:
    place = {"conversation": entry.conversation, "user": user, **_older("changed_seq", entry.seq)}
    return UpdateOne(place, {"$set": values | {"changed_seq": entry.seq}})


def _join(entry: Entry, user: str) -> list[UpdateOne]:
    """Somebody who was here before comes back; somebody new gets a place; who is here keeps theirs."""
    place = {
        "role": "member",
        "from_seq": entry.seq,
        "delivered": entry.seq - 1,
        "read": entry.seq - 1,
        "read_ordinal": entry.ordinal,
        "changed_seq": entry.seq,
    }
    who = {"conversation": entry.conversation, "user": user}
    returned = who | {"until_seq": {"$ne": None}} | _older("changed_seq", entry.seq)
    return [
        UpdateOne(returned, {"$set": place, "$unset": {"until_seq": "", "hidden_at": "", "archived_at": ""}}),
        UpdateOne(who, {"$setOnInsert": place | {"created_at": now()}}, upsert=True),
    ]


def _older(field: str, seq: int) -> dict[str, Any]:
    return {"$or": [{field: None}, {field: {"$lt": seq}}]}
