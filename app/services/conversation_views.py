"""ConversationView (docs/wire.md), for many conversations and many viewers at once.

Everything that any of the views needs is read in a number of queries that does not depend on how many there are.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mongoengine.queryset.visitor import Q

from app.domain.commands import MAX_SEQ
from app.domain.entries import Entry
from app.domain.errors import NotAMember
from app.domain.group_settings import GroupSettings
from app.domain.revisions import as_of
from app.models import Contact, Conversation, Membership, User
from app.models.messages import read_many
from app.sequencing.heads import Heads
from app.services import people
from app.services.group_looks import Look, look_at, look_of
from app.services.last_entries import shows, visible_instead
from app.services.presence import Presence, PresenceView, hidden
from app.services.seats import Seat, seat_of
from app.services.visibility import Sight


class ConversationViews:
    def __init__(self, heads: Heads, presence: Presence, kept_days: Callable[[], int] = lambda: 0) -> None:
        """``kept_days``: how long messages are kept in all of this Chatter, 0 for ever."""
        self._heads = heads
        self._presence = presence
        self._kept_days = kept_days

    def load(self, conversations: Sequence[str], viewers: Collection[str]) -> "Picture":
        """Read what the views of these conversations take, as each of ``viewers`` would see them.

        The heads come first: what follows them shows at least what the log says up to there, so a client that goes on
        from a view's ``head`` misses no change, and nobody is shown a head from after they went.
        """
        heads = self._heads.of(list(conversations), exact=True) if conversations else {}
        documents = {c.id: c for c in Conversation.objects(id__in=list(conversations))}
        members: dict[str, list[Seat]] = defaultdict(list)
        rows = Membership._get_collection().find({"conversation": {"$in": list(documents)}}).sort("_id", 1)
        for seat in map(seat_of, rows):
            members[seat.conversation].append(seat)
        involved = {m.user for listed in members.values() for m in listed}
        users = people.load(involved)
        ends = {(id, head) for id, head in heads.items() if head and id in documents}
        mine = (m for id in documents for m in members[id] if m.user in viewers)
        ended = {(m.conversation, m.until_seq) for m in mine if m.until_seq is not None}
        ends |= ended
        over = _unread_and_over(documents, members, viewers)
        found = read_many(sorted(ends | over)) if ends or over else {}
        last = {place: found[place] for place in ends if place in found}
        return Picture(
            documents=documents,
            members=members,
            users=users,
            presence=self._presence.states(
                (id for id, user in users.items() if user.disabled_at is None),
                {id: user.last_seen for id, user in users.items()},
            ),
            blocks=_blocks(involved, viewers),
            sight=self._presence.visibility.between(involved, viewers, users),
            heads=heads,
            last=last,
            visible=visible_instead(last.values(), viewers),
            looks={(id, until): look_at(documents[id], until) for id, until in ended},
            kept_days=self._kept_days() if documents else 0,
            over={id: entry.ordinal for (id, seq), entry in found.items() if (id, seq) in over},
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """Loaded conversations, with everybody who is or was in them; ``blocks`` holds ``(who blocked, whom)`` as far as it
    concerns the viewers, ``sight`` what else they may see of each other; ``last`` the entries at the end of what each
    viewer may see, and ``visible`` what is shown there to those from whom it is withheld, or to all where it only revises
    another; ``looks`` how a group presented itself when somebody went;
    ``over`` the ordinals up to which messages are no longer kept, where a viewer did not read as far."""

    documents: dict[str, Conversation]
    members: dict[str, list[Seat]]
    users: dict[str, User]
    presence: dict[str, PresenceView]
    blocks: set[tuple[str, str]]
    sight: Sight
    heads: dict[str, int]
    last: dict[tuple[str, int], Entry]
    visible: dict[tuple[str, int, str], Entry]
    looks: dict[tuple[str, int], Look]
    kept_days: int = 0
    over: Mapping[str, int] = field(default_factory=dict)

    def lists(self, conversation: str, viewer: str) -> bool:
        """Does the conversation stand in the viewer's list? An empty one does for whoever opened it."""
        document = self.documents.get(conversation)
        if document is None:
            return False
        return self.heads.get(conversation, 0) > 0 or bool(document.created_by == viewer)

    def view(self, conversation: str, viewer: str) -> dict[str, Any]:
        """The ConversationView for ``viewer``; raises NotAMember, also for a request that they blocked."""
        document = self.documents.get(conversation)
        mine = self._membership(conversation, viewer)
        if document is None or mine is None or (mine.hidden_at and mine.requested_at):
            raise NotAMember
        head = self.heads.get(conversation, 0)
        if mine.until_seq is not None:
            head = min(head, mine.until_seq)
        entry = self.last.get((conversation, head))
        head_ordinal = entry.ordinal if entry else 0
        if entry is not None and not shows(entry, viewer):
            entry = self.visible.get((conversation, head, viewer))
        if entry is not None and mine.until_seq is not None:
            entry = as_of(entry, mine.until_seq, {})
        if entry is not None and entry.seq < mine.from_seq:
            entry = None  # the head was read before they came
        blocked = self._blocked(document, viewer)
        read = min(head_ordinal, max(mine.read_ordinal, self.over.get(conversation, 0)))
        look = self.looks.get((conversation, mine.until_seq or 0)) or look_of(document)
        return {
            "id": document.id,
            "kind": document.kind,
            "title": look.title or None,
            "avatar": f"/photos/{look.photo}" if look.photo else None,
            "description": look.description,
            "settings": GroupSettings.of(document.settings).to_wire(),
            "kept_days": self.kept_days,
            "expired": document.expired or 0,
            "expired_at": document.expired_at,
            "closed_by": document.closed_by if document.closed_seq == mine.until_seq else None,
            "frozen": document.frozen_at is not None,
            "created_by": document.created_by,
            "head": head,
            "head_ordinal": head_ordinal,
            "last": entry.seen_by(viewer) if entry else None,
            "members": [self._member(m, mine, document.kind) for m in self.members[conversation] if _is_with(m, mine)],
            "former": [
                people.person_view(m.user, self.users.get(m.user))
                for m in self.members[conversation]
                if not _is_with(m, mine) and _was_before(m, mine)
            ],
            **_pinned(document, mine),
            # Whom one blocked is not to make one's badge count: seen from here everything was read.
            "me": _place(mine, head_ordinal if blocked else max(read, mine.read_ordinal)),
            "blocked": blocked,
            "request": mine.requested_at is not None,
        }

    def _membership(self, conversation: str, user: str) -> Seat | None:
        return next((m for m in self.members.get(conversation, ()) if m.user == user), None)

    def _blocked(self, document: Conversation, viewer: str) -> bool:
        others = (m.user for m in self.members[document.id] if m.user != viewer)
        return document.kind == "direct" and any((viewer, other) in self.blocks for other in others)

    def _member(self, membership: Seat, mine: Seat, kind: str) -> dict[str, Any]:
        """A member as the viewer sees them; whoever went sees nothing of what they do now."""
        seen = (membership.user, mine.user) not in self.blocks and mine.until_seq is None
        seen = seen and self.sight.presence(membership.user, mine.user)
        last = MAX_SEQ if mine.until_seq is None else mine.until_seq
        photo = kind == "group" or self.sight.photo(membership.user, mine.user)
        return {
            "user": people.seen_view(membership.user, self.users.get(membership.user), photo=photo),
            "role": membership.role,
            "delivered": min(membership.delivered, last),
            "read": min(self._read(membership, mine.user), last),
            "presence": (self.presence.get(membership.user) if seen else None) or hidden(),
        }

    def _read(self, membership: Seat, viewer: str) -> int:
        """How far the member has read, as far as the viewer may know."""
        if membership.user == viewer:
            return membership.read
        if not self.sight.shown_receipts(viewer):
            return 0
        return membership.read if membership.shown_read is None else membership.shown_read


def _unread_and_over(
    documents: Mapping[str, Conversation], members: Mapping[str, Sequence[Seat]], viewers: Collection[str]
) -> set[tuple[str, int]]:
    """Where messages are no longer kept that a viewer did not read: they are not to wait for it. By conversation, the last of them."""
    return {
        (id, document.expired)
        for id, document in documents.items()
        if any(seat.user in viewers and seat.read < (document.expired or 0) for seat in members.get(id, ()))
    }


def _is_with(membership: Seat, mine: Seat) -> bool:
    """Is this person in the conversation: now, or, for a viewer who went, when they did?"""
    if mine.until_seq is None:
        return membership.until_seq is None
    here_then = membership.until_seq is None or membership.until_seq >= mine.until_seq
    return here_then and membership.from_seq <= mine.until_seq


def _was_before(membership: Seat, mine: Seat) -> bool:
    return mine.until_seq is None or membership.from_seq <= mine.until_seq


def _place(membership: Seat, read_ordinal: int) -> dict[str, Any]:
    return {
        "role": membership.role,
        "from_seq": membership.from_seq,
        "until_seq": membership.until_seq,
        "delivered": membership.delivered,
        "read": membership.read,
        "read_ordinal": read_ordinal,
        "mentioned": membership.mentioned if membership.until_seq is None else 0,
        "notify": membership.notify,
        "muted_until": _milliseconds(membership.muted_until),
        "pinned": membership.pinned_at is not None,
        "archived": membership.archived_at is not None,
        "unread": membership.marked_unread,
        "hidden": list(membership.hidden_seqs),
        "saved": list(membership.saved),
        "saved_rev": membership.saved_rev,
        "draft": membership.draft,
        "draft_rev": membership.draft_rev,
    }


def _pinned(document: Conversation, mine: Seat) -> dict[str, Any]:
    """What is pinned of what the viewer may see; nothing where they went: that would be what others did after."""
    pins = (document.pins or ()) if mine.until_seq is None else ()
    shown = [pin for pin in pins if pin["seq"] >= mine.from_seq and mine.user not in pin["hidden_from"]]
    return {"pins": [{"seq": pin["seq"], "by": pin["by"]} for pin in shown], "pins_rev": document.pins_seq or 0}


def _milliseconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None


def _blocks(involved: Collection[str], viewers: Collection[str]) -> set[tuple[str, str]]:
    """Who among ``involved`` blocked a viewer, or was blocked by one."""
    everybody, watching = list(involved), list(viewers)
    either = Q(owner__in=everybody, user__in=watching) | Q(owner__in=watching, user__in=everybody)
    return set(Contact.objects(either, blocked_at__ne=None).scalar("owner", "user"))
