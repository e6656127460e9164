"""Conversations: opened, listed, changed for oneself, announced."""

from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Any, TypedDict

from pymongo import UpdateOne

from app.domain.errors import Forbidden, NotFound
from app.domain.ids import direct_key
from app.domain.notifications import Level
from app.models import Contact, Conversation, Membership
from app.models.accounts import now
from app.models.messages import read_many
from app.models.upserts import found_or_made, upsert_all
from app.sequencing.heads import Heads
from app.services import people
from app.services.contact_views import ContactViews
from app.services.conversation_views import ConversationViews
from app.services.introductions import Introductions, want
from app.services.limits import Limits
from app.services.presence import Presence
from app.services.publishing import Publisher

OVERVIEW_CONVERSATIONS = 5_000
TOLD_AT_ONCE = 50
MOST_HIDDEN = 1_000
"""Messages of one conversation that one may delete for oneself."""
LATEST_MS = 253_402_300_799_000
"""The end of the year 9999, which is as far as dates go: muted until then is muted for good."""


class ConversationChange(TypedDict, total=False):
    """What is absent stays as it is; ``notify``: what calls one; nothing does before ``muted_until`` (ms, None: not muted)."""

    notify: Level
    muted_until: int | None
    pinned: bool
    archived: bool
    unread: bool


class Conversations:
    def __init__(
        self,
        heads: Heads,
        presence: Presence,
        publisher: Publisher,
        limits: Limits,
        kept_days: Callable[[], int] = lambda: 0,
    ) -> None:
        self._heads = heads
        self._presence = presence
        self._publisher = publisher
        self._limits = limits
        self._views = ConversationViews(heads, presence, kept_days)
        self._introductions = Introductions(publisher, ContactViews(presence))

    def open_direct(self, user: str, other: str) -> dict[str, Any]:
        """*The* conversation of ``user`` with ``other`` (with oneself: a note to self), made if there is none.

        Whoever asks, and if both ask at once, it is the same one. Answers its view; raises NotFound where ``other``
        is nobody or gone, RateLimited.
        """
        people.living(other)
        known = Conversation.objects(direct_key=direct_key(user, other)).first()
        if known is None:
            self._limits.check("conversation_open", user)
        conversation = known or _upsert_direct(user, other)
        _upsert_members(conversation.id, (user, other), hidden={other} if _blocks(other, user) else set())
        _show(conversation.id, [user])
        view = self.view(user, conversation.id)
        if known is None:
            self._publisher.to_users([user], "conversation_added", {"conversation": view})
        return view

    def overview(self, user: str) -> list[dict[str, Any]]:
        """The views of all the user's conversations, in a number of queries that does not grow with them.

        Groups they went from are among them, as they were then.
        """
        places = Membership.objects(user=user, hidden_at=None).limit(OVERVIEW_CONVERSATIONS)
        mine = list(places.scalar("conversation"))
        picture = self._views.load(mine, [user])
        return [picture.view(conversation, user) for conversation in mine if picture.lists(conversation, user)]

    def view(self, user: str, conversation: str) -> dict[str, Any]:
        """One conversation as ``user`` sees it, who is or was in it; raises NotAMember."""
        return self._views.load([conversation], [user]).view(conversation, user)

    def change(self, user: str, conversation: str, change: ConversationChange) -> dict[str, Any]:
        """Mute, pin, archive, mark as unread or choose what calls one, for oneself; answers the new view, and tells one's other devices.

        Raises NotAMember.
        """
        updates: dict[str, Any] = {}
        if "notify" in change:
            updates["set__notify"] = change["notify"]
        if "muted_until" in change:
            updates["set__muted_until"] = _moment(change["muted_until"])
        if "pinned" in change:
            updates["set__pinned_at"] = now() if change["pinned"] else None
        if "archived" in change:
            updates["set__archived_at"] = now() if change["archived"] else None
        if "unread" in change:
            updates["set__marked_unread"] = change["unread"]
        if updates:
            Membership.objects(conversation=conversation, user=user).update_one(**updates)
        view = self.view(user, conversation)
        if updates:
            self._publisher.to_users([user], "conversation_added", {"conversation": view})
        return view

    def hide(self, user: str, conversation: str, *seqs: int) -> dict[str, Any]:
        """Delete messages for ``user`` alone, for good, all of them or none; answers the view and tells their other devices.

        Raises NotAMember, NotFound (one is no message, or not for them), Forbidden (more than one may).
        """
        view = self.view(user, conversation)
        new = sorted(set(seqs) - set(view["me"]["hidden"]))
        if not new:
            return view
        found = read_many([(conversation, seq) for seq in new])
        shown = [e for e in found.values() if e.kind == "text" and user not in e.hidden_from]
        if len(shown) < len(new) or new[0] < view["me"]["from_seq"] or new[-1] > view["head"]:
            raise NotFound
        room = MOST_HIDDEN - len(new)
        place = {"conversation": conversation, "user": user, f"hidden_seqs.{room}": {"$exists": False}}
        marks = {"$addToSet": {"hidden_seqs": {"$each": new}}}
        if room < 0 or not Membership._get_collection().update_one(place, marks).matched_count:
            raise Forbidden(f"Of one chat you can delete {MOST_HIDDEN:,} messages for yourself. These would be more.")
        view = self.view(user, conversation)
        self._publisher.to_users([user], "conversation_added", {"conversation": view})
        return view

    def introduce(self, conversation: Conversation, sender: str) -> None:
        """Make the two people of a direct conversation contacts of each other, and tell both. May run twice.

        Called before the first message is appended; not for the side that blocked the other. Whoever takes no first
        messages from ``sender`` gets a request: they alone hear of it, and become no contact before they answer.
        """
        if conversation.direct_key is None:
            return
        people_in_it = conversation.direct_key.split(":")
        if conversation.introduced_at is not None:
            want(sender, people_in_it)
            return
        if self._requests(conversation, sender):
            return
        new = self._introductions.enter(people_in_it, "message", wanted_by=sender)
        _show(conversation.id, [who for who in people_in_it if who == sender or not _blocks(who, sender)])
        Conversation.objects(id=conversation.id).update_one(set__introduced_at=now())
        asked = Membership.objects(conversation=conversation.id, requested_at__ne=None)
        if asked.update(unset__requested_at=True):
            self._publisher.access_changed(conversation.id)
        self._introductions.tell(new)  # last: the contact that is told of names the conversation

    def _requests(self, conversation: Conversation, sender: str) -> bool:
        """Has ``sender`` to ask before the other takes their messages? Then they do: the other hears of a request."""
        (other,) = set(conversation.direct_key.split(":")) - {sender} or {sender}
        if other == sender or conversation.created_by == other or _blocks(other, sender):
            return False
        if self._presence.visibility.between([other], [sender]).writes_first(other, sender):
            return False
        self._introductions.add(sender, other, "message")
        _show(conversation.id, [sender, other])
        place = Membership.objects(conversation=conversation.id, user=other, requested_at=None)
        if place.update_one(set__requested_at=now()):
            self._publisher.access_changed(conversation.id)
        return True

    def answered(self, conversation: str, user: str) -> None:
        """``user`` writes to somebody who had become a contact of theirs unasked: now they are a wanted one."""
        direct = Conversation.objects.get(id=conversation)
        people_in_it = direct.direct_key.split(":")
        want(user, people_in_it)
        self._publisher.access_changed(conversation)
        self._presence.retell(user, people_in_it)

    def announce_added(self, conversation: str, to_users: Iterable[str]) -> None:
        """Tell each of these members of the conversation, each with their own view of it.

        Where they are many only those who are here: the others ask when they come, and a view of a thousand members
        for a thousand people would be most of a gigabyte.
        """
        audience = list(dict.fromkeys(to_users))
        if len(audience) > TOLD_AT_ONCE:
            audience = self._presence.heard(audience)
        picture = self._views.load([conversation], audience)
        places = picture.members.get(conversation, ())
        present = {m.user for m in places if m.until_seq is None and m.hidden_at is None}
        for user in audience:
            if user in present:
                self._publisher.to_users(
                    [user], "conversation_added", {"conversation": picture.view(conversation, user)}
                )

    def wanted(self, user: str, other: str) -> None:
        """``user`` added ``other``: what was a request of theirs is an answered one."""
        conversation = _direct(user, other)
        if conversation is None:
            return
        if Membership.objects(conversation=conversation.id, user=user, requested_at__ne=None, hidden_at=None).first():
            self.introduce(conversation, user)
            self.announce_added(conversation.id, (user, other))

    def forget_introduction(self, user: str, other: str) -> None:
        """The next message between the two introduces them again (one removed the other from their contacts)."""
        conversation = _direct(user, other)
        if conversation is not None:
            Conversation.objects(id=conversation.id).update_one(unset__introduced_at=True)
            self._publisher.access_changed(conversation.id)

    def catch_up(self, user: str, other: str) -> None:
        """Count everything in the conversation with ``other`` as seen, without a receipt they could notice."""
        conversation = _direct(user, other)
        if conversation is None:
            return
        picture = self._views.load([conversation.id], [user])
        entry = picture.last.get((conversation.id, picture.heads.get(conversation.id, 0)))
        if entry is not None:
            mine = Membership.objects(conversation=conversation.id, user=user)
            mine.update_one(max__read_ordinal=entry.ordinal)

    def block_changed(self, user: str, other: str) -> None:
        """``user`` blocked or unblocked ``other``: every process asks again, and the user's own devices hear of it."""
        conversation = _direct(user, other)
        if conversation is None:
            return
        if _blocks(user, other):
            if conversation.created_by != user:
                # Nothing of it ever reached the user, and now nothing will.
                unseen = Membership.objects(conversation=conversation.id, user=user, delivered=0)
                unseen.update_one(set__hidden_at=now())
                if unseen.filter(requested_at__ne=None).first():
                    self._publisher.to_users([user], "conversation_removed", {"conversation": conversation.id})
        elif Contact.objects(owner=user, user=other, removed_at=None).first():
            _show(conversation.id, [user])
        self._publisher.access_changed(conversation.id)
        if Membership.objects(conversation=conversation.id, user=user, hidden_at=None).first():
            self.announce_added(conversation.id, [user])


def _direct(user: str, other: str) -> Conversation | None:
    conversation: Conversation | None = Conversation.objects(direct_key=direct_key(user, other)).first()
    return conversation


def _upsert_direct(user: str, other: str) -> Conversation:
    """The unique index on ``direct_key`` decides between two that open at once, and both get the same document."""
    key = direct_key(user, other)
    fresh = Conversation(kind="direct", direct_key=key, created_by=user).to_mongo().to_dict()
    del fresh["direct_key"]
    found = found_or_made(Conversation._get_collection(), {"direct_key": key}, fresh)
    conversation: Conversation = Conversation._from_son(found)
    return conversation


def _upsert_members(conversation: str, users: Iterable[str], hidden: Collection[str]) -> None:
    place = {"role": "member", "from_seq": 1, "delivered": 0, "read": 0, "read_ordinal": 0, "created_at": now()}
    writes = [
        UpdateOne(
            {"conversation": conversation, "user": user},
            {"$setOnInsert": place | ({"hidden_at": now()} if user in hidden else {})},
            upsert=True,
        )
        for user in sorted(set(users))
    ]
    upsert_all(Membership._get_collection(), writes)


def _show(conversation: str, users: Iterable[str]) -> None:
    hidden = Membership.objects(conversation=conversation, user__in=list(users), hidden_at__ne=None)
    hidden.update(unset__hidden_at=True)


def _blocks(owner: str, user: str) -> bool:
    return Contact.objects(owner=owner, user=user, blocked_at__ne=None).first() is not None


def _moment(milliseconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(min(milliseconds, LATEST_MS) / 1000, UTC) if milliseconds is not None else None
