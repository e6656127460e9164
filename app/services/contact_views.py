"""ContactView (docs/wire.md), many at once."""

from collections.abc import Iterable
from typing import Any

from app.domain.ids import direct_key
from app.models import Contact, Conversation
from app.services import people
from app.services.presence import Presence, hidden


class ContactViews:
    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    def build(self, owner: str, contacts: Iterable[Contact]) -> list[dict[str, Any]]:
        """The views of ``owner``'s contacts, in the given order, in a bounded number of queries."""
        mine = list(contacts)
        ids = [contact.user for contact in mine]
        users = people.load(ids)
        present = self._presence.of((user.id for user in users.values() if user.disabled_at is None), owner)
        conversations = _direct_conversations(owner, ids)
        sight = self._presence.visibility.between(ids, [owner])
        return [
            {
                "user": people.seen_view(contact.user, users.get(contact.user), photo=sight.photo(contact.user, owner)),
                "alias": contact.alias or None,
                "source": contact.source,
                "blocked": contact.blocked_at is not None,
                "presence": present.get(contact.user) or hidden(),
                "conversation": conversations.get(contact.user),
            }
            for contact in mine
        ]


def _direct_conversations(owner: str, others: list[str]) -> dict[str, str]:
    """other -> the direct conversation with them, where ``owner`` knows of one: opened it, or something is in it."""
    keys = {direct_key(owner, other): other for other in others}
    found = Conversation.objects(direct_key__in=list(keys)).only("id", "direct_key", "created_by", "introduced_at")
    return {keys[c.direct_key]: c.id for c in found if c.created_by == owner or c.introduced_at is not None}
