"""Somebody whom one does not know wrote first: let them, or have it gone. They learn of neither before one accepts."""

from typing import Any

from app.domain.commands import Read
from app.domain.errors import NotFound
from app.models import Conversation, Membership
from app.models.accounts import now
from app.models.messages import read_many
from app.sequencing.heads import Heads
from app.services.conversations import Conversations
from app.services.publishing import Publisher
from app.services.receipts import Receipts


class Requests:
    def __init__(self, conversations: Conversations, receipts: Receipts, heads: Heads, publisher: Publisher) -> None:
        self._conversations = conversations
        self._receipts = receipts
        self._heads = heads
        self._publisher = publisher

    def accept(self, user: str, conversation: str) -> dict[str, Any]:
        """Let whoever wrote write: the two know each other from now on. Answers the view; may run twice.

        Raises NotFound where it is nobody's request to the user.
        """
        direct = Conversation.objects(id=conversation, kind="direct").first()
        place = Membership.objects(conversation=conversation, user=user, hidden_at=None).first()
        if direct is None or place is None:
            raise NotFound
        if place.requested_at is not None:
            self._conversations.introduce(direct, user)
            # Whoever accepts has seen it; they may have said so while nothing was to be told.
            self._receipts.advance(user, Read(conversation=conversation, read=self._head(conversation)))
            self._conversations.announce_added(conversation, direct.direct_key.split(":"))
        return self._conversations.view(user, conversation)

    def decline(self, user: str, conversation: str) -> None:
        """Have it gone. Should they write again, that is a new request, without what they wrote before.

        Raises NotFound where it is nobody's request to the user.
        """
        head = self._head(conversation)
        last = read_many([(conversation, head)]).get((conversation, head)) if head else None
        asked = Membership.objects(conversation=conversation, user=user, requested_at__ne=None, hidden_at=None)
        declined = asked.update_one(
            set__hidden_at=now(),
            unset__requested_at=True,
            set__from_seq=head + 1,
            max__read_ordinal=last.ordinal if last else 0,
        )
        if not declined:
            raise NotFound
        self._publisher.access_changed(conversation)
        self._publisher.to_users([user], "conversation_removed", {"conversation": conversation})

    def _head(self, conversation: str) -> int:
        return self._heads.of([conversation], exact=True)[conversation]
