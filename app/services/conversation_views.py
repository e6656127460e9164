"""ConversationView (docs/wire.md), for many conversations and many viewers at once.

Everything that any of the views needs is read in a number of queries that does not depend on how many there are.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mongoengine.queryset.visitor import Q

from app.domain.commands import MAX_SEQ
from app.domain.entries import REVISION_KINDS, Entry
from app.domain.errors import NotAMember
from app.domain.revisions import as_of
from app.models import Contact, Conversation, Membership, User
from app.models.messages import read_changes, read_many, read_range
from app.sequencing.heads import Heads
from app.services import people
from app.services.presence import Presence, PresenceView, hidden
from app.services.visibility import Sight

LOOK_BACK = 100


class ConversationViews:
    def __init__(self, heads: Heads, presence: Presence) -> None:
        self._heads = heads
        self._presence = presence

    def load(self, conversations: Sequence[str], viewers: Collection[str]) -> "Picture":
        """Read what the views of these conversations take, as each of ``viewers`` would see them.

        The heads come first: what follows them shows at least what the log says up to there, so a client that goes on
        from a view's ``head`` misses no change, and nobody is shown a head from after they went.
        """
        heads = self._heads.of(list(conversations), exact=True) if conversations else {}
        documents = {c.id: c for c in Conversation.objects(id__in=list(conversations))}
        members: dict[str, list[Membership]] = defaultdict(list)
        for membership in Membership.objects(conversation__in=list(documents)).order_by("id"):
            members[membership.conversation].append(membership)
        involved = {m.user for listed in members.values() for m in listed}
        users = people.load(involved)
        ends = {(id, head) for id, head in heads.items() if head and id in documents}
        ended = {(m.conversation, m.until_seq) for id in documents for m in members[id] if _ended(m, viewers)}
        ends |= ended
        last = read_many(sorted(ends)) if ends else {}
        return Picture(
            documents=documents,
            members=members,
            users=users,
            presence=self._presence.states(id for id, user in users.items() if user.disabled_at is None),
            blocks=_blocks(involved, viewers),
            sight=self._presence.visibility.between(involved, viewers, users),
            heads=heads,
            last=last,
            visible=_visible(last.values(), viewers),
            titles={
                (id, until): _title_at(id, until) for id, until in ended if (documents[id].titled_seq or 0) > until
            },
        )


@dataclass(frozen=True, slots=True)
class Picture:
    """Loaded conversations, with everybody who is or was in them; ``blocks`` holds ``(who blocked, whom)`` as far as it
    concerns the viewers; ``sight`` what else they may see of each other; ``last`` the entries at the end of what each
    viewer may see, and ``visible`` what is shown there to those from whom it is withheld, or to all where it only revises
    another; ``titles`` what a group was called when somebody went, where it is not now."""

    documents: dict[str, Conversation]
    members: dict[str, list[Membership]]
    users: dict[str, User]
    presence: dict[str, PresenceView]
    blocks: set[tuple[str, str]]
    sight: Sight
    heads: dict[str, int]
    last: dict[tuple[str, int], Entry]
    visible: dict[tuple[str, int, str], Entry]
    titles: dict[tuple[str, int], str]

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
        if entry is not None and not _shows(entry, viewer):
            entry = self.visible.get((conversation, head, viewer))
        if entry is not None and mine.until_seq is not None:
            entry = as_of(entry, mine.until_seq, {})
        if entry is not None and entry.seq < mine.from_seq:
            entry = None  # the head was read before they came
        blocked = self._blocked(document, viewer)
        return {
            "id": document.id,
            "kind": document.kind,
            "title": self.titles.get((conversation, mine.until_seq)) or document.title or None,
            "avatar": f"/photos/{document.avatar}" if document.avatar else None,
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
            # Whom one blocked is not to make one's badge count: seen from here everything was read.
            "me": _place(mine, head_ordinal if blocked else mine.read_ordinal),
            "blocked": blocked,
            "request": mine.requested_at is not None,
        }

    def _membership(self, conversation: str, user: str) -> Membership | None:
        return next((m for m in self.members.get(conversation, ()) if m.user == user), None)

    def _blocked(self, document: Conversation, viewer: str) -> bool:
        others = (m.user for m in self.members[document.id] if m.user != viewer)
        return document.kind == "direct" and any((viewer, other) in self.blocks for other in others)

    def _member(self, membership: Membership, mine: Membership, kind: str) -> dict[str, Any]:
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

    def _read(self, membership: Membership, viewer: str) -> int:
        """How far the member has read, as far as the viewer may know."""
        if membership.user == viewer:
            return int(membership.read)
        if not self.sight.shown_receipts(viewer):
            return 0
        return int(membership.read if membership.shown_read is None else membership.shown_read)


def _visible(last: Iterable[Entry], viewers: Collection[str]) -> dict[tuple[str, int, str], Entry]:
    """By conversation, number and viewer, the newest entry that is shown to them where the one of that number is not.

    Looks back a page, and behind a page of nothing but revisions for the newest text.
    """
    found: dict[tuple[str, int, str], Entry] = {}
    for entry in last:
        blind = [viewer for viewer in viewers if not _shows(entry, viewer)]
        page = read_range(entry.conversation, max(0, entry.seq - 1 - LOOK_BACK), entry.seq - 1) if blind else []
        if page and page[0].seq > 1 and all(earlier.kind in REVISION_KINDS for earlier in page):
            page = _newest_text(page[0])
        for viewer in blind:
            shown = [earlier for earlier in page if _shows(earlier, viewer)]
            if shown:
                found[entry.conversation, entry.seq, viewer] = shown[-1]
    return found


def _shows(entry: Entry, viewer: str) -> bool:
    """Does it stand in the viewer's thread by itself?"""
    return viewer not in entry.hidden_from and entry.kind not in REVISION_KINDS


def _newest_text(entry: Entry) -> list[Entry]:
    """The last text before ``entry``, if any: the first entry that has its ordinal."""

    def ordinal(seq: int) -> int:
        return read_many([(entry.conversation, seq)])[entry.conversation, seq].ordinal

    seq = 1 + bisect_left(range(1, entry.seq), entry.ordinal, key=ordinal)
    return list(read_many([(entry.conversation, seq)]).values())


def _title_at(conversation: str, until: int) -> str:
    """What a group was called at the number ``until``."""
    titled = [entry for entry in read_changes(conversation, 0, until) if entry.kind == "titled"]
    named = titled[-1] if titled else read_many([(conversation, 1)]).get((conversation, 1))
    return named.body if named else ""


def _ended(membership: Membership, viewers: Collection[str]) -> bool:
    return membership.until_seq is not None and membership.user in viewers


def _is_with(membership: Membership, mine: Membership) -> bool:
    """Is this person in the conversation: now, or, for a viewer who went, when they did?"""
    if mine.until_seq is None:
        return membership.until_seq is None
    here_then = membership.until_seq is None or membership.until_seq >= mine.until_seq
    return here_then and bool(membership.from_seq <= mine.until_seq)


def _was_before(membership: Membership, mine: Membership) -> bool:
    return mine.until_seq is None or bool(membership.from_seq <= mine.until_seq)


def _place(membership: Membership, read_ordinal: int) -> dict[str, Any]:
    return {
        "role": membership.role,
        "from_seq": membership.from_seq,
        "until_seq": membership.until_seq,
        "delivered": membership.delivered,
        "read": membership.read,
        "read_ordinal": read_ordinal,
        "muted_until": _milliseconds(membership.muted_until),
        "pinned": membership.pinned_at is not None,
        "archived": membership.archived_at is not None,
    }


def _milliseconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment else None


def _blocks(involved: Collection[str], viewers: Collection[str]) -> set[tuple[str, str]]:
    """Who among ``involved`` blocked a viewer, or was blocked by one."""
    everybody, watching = list(involved), list(viewers)
    either = Q(owner__in=everybody, user__in=watching) | Q(owner__in=watching, user__in=everybody)
    return set(Contact.objects(either, blocked_at__ne=None).scalar("owner", "user"))
