"""Delivered and read: one pair of cursors per member, which never go back."""

from typing import Any

from pymongo import ReturnDocument
from redis import Redis

from app.domain.commands import Read
from app.domain.errors import NotAMember
from app.models import Membership
from app.models.messages import read_many
from app.sequencing.heads import Heads
from app.services.access import Access, Facts
from app.services.publishing import Publisher
from app.services.scripts import Scripts
from app.services.visibility import Sight, Visibility

RECEIPTS_MEMBERS = 256
"""In a larger group one's own devices alone hear of it: everybody's every reading told to everybody is their square."""
CURSORS = ("delivered", "read", "read_ordinal")


class Receipts:
    def __init__(
        self, redis: Redis, access: Access, heads: Heads, publisher: Publisher, visibility: Visibility
    ) -> None:
        self._scripts = Scripts(redis)
        self._access = access
        self._heads = heads
        self._publisher = publisher
        self._visibility = visibility

    def advance(self, user: str, command: Read) -> dict[str, Any]:
        """Move the user's cursors forward, to the head at most, and tell the conversation if they moved.

        Answers ``{conversation, delivered, read, read_ordinal}`` as they stand now; raises NotAMember. Towards a
        person the user blocked nothing moves and nothing is told: they must not learn that somebody looked; nor do
        those whose request it is, while the user's own count goes on.
        """
        facts = self._access.member(user, command.conversation)
        asked_read, asked_delivered = command.read or 0, max(command.read or 0, command.delivered or 0)
        head = self._head(command.conversation, asked_delivered)
        asked_read, asked_delivered = min(asked_read, head), min(asked_delivered, head)
        # What came before their place is not theirs to have read: a request that they deleted, say, while this was on its way.
        first = facts.places[user].from_seq
        asked_read, asked_delivered = (seq if seq >= first else 0 for seq in (asked_read, asked_delivered))
        if facts.blocked_by(user):
            self._scripts.dequeue(user, command.conversation, asked_delivered)
            return self._unmoved(user, command.conversation)
        ordinal = _ordinal(command.conversation, asked_read)
        if user in facts.requested:
            return _seen_silently(user, command.conversation, ordinal)
        sight = self._visibility.among(facts.members)
        if not sight.shown_receipts(user):
            _keep_shown(user, command.conversation)
        before = _raise_cursors(user, command.conversation, asked_delivered, asked_read, ordinal)
        after = {
            "delivered": max(before["delivered"], asked_delivered),
            "read": max(before["read"], asked_read),
            "read_ordinal": max(before["read_ordinal"], ordinal),
        }
        if (after["delivered"], after["read"]) != (before["delivered"], before["read"]):
            if sight.shown_receipts(user) and after["read"] > before["read"]:
                _show_again(user, command.conversation)
            self._tell(user, facts, sight, after)
        self._scripts.dequeue(user, command.conversation, after["delivered"])
        return {"conversation": command.conversation, **after}

    def _tell(self, user: str, facts: Facts, sight: Sight, after: dict[str, int]) -> None:
        """Tell the conversation; those who may not know how far the user has read hear what was delivered alone."""
        cursors = {"conversation": facts.conversation, "user": user, "delivered": after["delivered"]}
        if len(facts.members) > RECEIPTS_MEMBERS:
            self._publisher.to_users([user], "cursors", {**cursors, "read": after["read"]})
            return
        seeing = [member for member in sorted(facts.members) if sight.receipts(user, member)]
        if len(seeing) == len(facts.members):
            self._publisher.to_conversation(
                facts.conversation, facts.epoch, "cursors", {**cursors, "read": after["read"]}
            )
            return
        self._publisher.to_users(seeing, "cursors", {**cursors, "read": after["read"]})
        blind = sorted(facts.members - set(seeing))
        self._publisher.to_users(blind, "cursors", {**cursors, "read": 0})

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
        {
            "$max": {"delivered": delivered, "read": read, "read_ordinal": read_ordinal},
            **({"$unset": {"marked_unread": ""}} if read else {}),
        },
        return_document=ReturnDocument.BEFORE,
    )
    if before is None:
        raise NotAMember
    return {name: before.get(name) or 0 for name in CURSORS}


def _seen_silently(user: str, conversation: str, ordinal: int) -> dict[str, Any]:
    """The user's own count goes on; answers their cursors."""
    Membership.objects(conversation=conversation, user=user).update_one(max__read_ordinal=ordinal)
    return {"conversation": conversation, **_place(user, conversation)}


def _keep_shown(user: str, conversation: str) -> None:
    """From here on others are told no further than they were: before the cursor moves, and once."""
    place = {"conversation": conversation, "user": user}
    found = Membership._get_collection().find_one(place, {"read": 1, "shown_read": 1})
    if found is not None and found.get("shown_read") is None:
        Membership._get_collection().update_one(
            {**place, "shown_read": None}, {"$set": {"shown_read": found.get("read") or 0}}
        )


def _show_again(user: str, conversation: str) -> None:
    """What was read while receipts were off is told with the first message that is read after."""
    place = {"conversation": conversation, "user": user, "shown_read": {"$ne": None}}
    Membership._get_collection().update_one(place, {"$unset": {"shown_read": ""}})


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
