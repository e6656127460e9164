"""Delivered and read: one pair of cursors per member, which never go back."""

from typing import Any

from pymongo import ReturnDocument
from redis import Redis

from app.domain.commands import Read
from app.domain.errors import NotAMember
from app.models import Membership
from app.models.messages import read_many
from app.sequencing.heads import Heads
from app.services.access import Access
from app.services.publishing import Publisher
from app.services.scripts import Scripts

RECEIPTS_MEMBERS = 256
"""In a larger group one's own devices alone hear of it: everybody's every reading told to everybody is their square."""
CURSORS = ("delivered", "read", "read_ordinal")


class Receipts:
    def __init__(self, redis: Redis, access: Access, heads: Heads, publisher: Publisher) -> None:
        self._scripts = Scripts(redis)
        self._access = access
        self._heads = heads
        self._publisher = publisher

    def advance(self, user: str, command: Read) -> dict[str, Any]:
        """Move the user's cursors forward, to the head at most, and tell the conversation if they moved.

        Answers ``{conversation, delivered, read, read_ordinal}`` as they stand now; raises NotAMember. Towards a
        person the user blocked nothing moves and nothing is told: they must not learn that somebody looked.
        """
        facts = self._access.member(user, command.conversation)
        asked_read, asked_delivered = command.read or 0, max(command.read or 0, command.delivered or 0)
        head = self._head(command.conversation, asked_delivered)
        asked_read, asked_delivered = min(asked_read, head), min(asked_delivered, head)
        if facts.blocked_by(user):
            self._scripts.dequeue(user, command.conversation, asked_delivered)
            return self._unmoved(user, command.conversation)
        ordinal = _ordinal(command.conversation, asked_read)
        before = _raise_cursors(user, command.conversation, asked_delivered, asked_read, ordinal)
        after = {
            "delivered": max(before["delivered"], asked_delivered),
            "read": max(before["read"], asked_read),
            "read_ordinal": max(before["read_ordinal"], ordinal),
        }
        if (after["delivered"], after["read"]) != (before["delivered"], before["read"]):
            cursors = {
                "conversation": command.conversation,
                "user": user,
                "delivered": after["delivered"],
                "read": after["read"],
            }
            if len(facts.members) > RECEIPTS_MEMBERS:
                self._publisher.to_users([user], "cursors", cursors)
            else:
                self._publisher.to_conversation(command.conversation, facts.epoch, "cursors", cursors)
        self._scripts.dequeue(user, command.conversation, after["delivered"])
        return {"conversation": command.conversation, **after}

    def _head(self, conversation: str, asked: int) -> int:
        """The head; MongoDB is asked only where Redis knows no number as high as ``asked``."""
        head = self._heads.of([conversation])[conversation]
        return head if asked <= head else self._heads.of([conversation], exact=True)[conversation]

    def _unmoved(self, user: str, conversation: str) -> dict[str, Any]:
        """The cursors as they stand; seen from here everything counts as read, as in the conversation's view."""
        place = _place(user, conversation)
        head = self._heads.of([conversation])[conversation]
        return {
            "conversation": conversation,
            "delivered": place["delivered"],
            "read": place["read"],
            "read_ordinal": max(place["read_ordinal"], _ordinal(conversation, head)),
        }


def _raise_cursors(user: str, conversation: str, delivered: int, read: int, read_ordinal: int) -> dict[str, int]:
    """Raise each cursor in one atomic step; answers them as they stood before."""
    before = Membership._get_collection().find_one_and_update(
        {"conversation": conversation, "user": user, "until_seq": None},
        {"$max": {"delivered": delivered, "read": read, "read_ordinal": read_ordinal}},
        return_document=ReturnDocument.BEFORE,
    )
    if before is None:
        raise NotAMember
    return {name: before.get(name) or 0 for name in CURSORS}


def _place(user: str, conversation: str) -> dict[str, int]:
    place = Membership.objects(conversation=conversation, user=user, until_seq=None).first()
    if place is None:
        raise NotAMember
    return {name: getattr(place, name) for name in CURSORS}


def _ordinal(conversation: str, seq: int) -> int:
    if not seq:
        return 0
    entry = read_many([(conversation, seq)]).get((conversation, seq))
    return entry.ordinal if entry else 0
