"""What administrators may do to a conversation. Each is one verb; who does it is written down by ``audit.py``."""

from pymongo.errors import PyMongoError
from redis import Redis

from app.domain.errors import Conflict, Invalid, NotFound
from app.domain.ids import derived_client_id
from app.domain.membership import ADMINISTRATOR
from app.models import Conversation, Membership
from app.models.accounts import now
from app.services.access import Access
from app.services.conversations import Conversations
from app.services.messages import Messages
from app.services.publishing import Publisher

NOT_CONFIRMED = "That is not what was to be typed. Nothing was deleted."
ONLY_GROUPS = "Only groups are deleted for all."


class ConversationControl:
    def __init__(
        self, redis: Redis, messages: Messages, conversations: Conversations, access: Access, publisher: Publisher
    ) -> None:
        self._redis = redis
        self._messages = messages
        self._conversations = conversations
        self._access = access
        self._publisher = publisher

    def freeze(self, conversation: str) -> None:
        """Nobody writes in it from now on (``app/domain/freezing.py``). Once more tells everybody once more.

        Raises NotFound, and RedisError where nobody could be told.
        """
        _get(conversation)
        Conversation.objects(id=conversation, frozen_at=None).update_one(set__frozen_at=now())
        self._tell(conversation)

    def unfreeze(self, conversation: str) -> None:
        """They may write again. Raises as ``freeze``."""
        _get(conversation)
        Conversation.objects(id=conversation).update_one(unset__frozen_at=True)
        self._tell(conversation)

    def delete(self, conversation: str, typed: str) -> None:
        """Delete a group for all, if ``typed`` is what ``phrase_for`` asks for: the last entry of its log says that an
        administrator did. Raises NotFound, Conflict (no group, or nobody is in it), Invalid, and what posting raises."""
        found = _get(conversation)
        if found.kind != "group":
            raise Conflict(ONLY_GROUPS)
        if " ".join(typed.split()).casefold() != " ".join(phrase_for(found).split()).casefold():
            raise Invalid(NOT_CONFIRMED)
        owner = Membership.objects(conversation=conversation, until_seq=None, role="owner").first()
        if owner is None:
            raise Conflict("Nobody is in the group any more.")
        # In the owner's place, because entries are members'; the body says whose it is. Once, however often it is asked.
        once = derived_client_id(conversation, "closed", ADMINISTRATOR)
        self._messages.append(owner.user, conversation, once, "closed", ADMINISTRATOR)
        self._access.forget(conversation)

    def remove(self, conversation: str, seq: int) -> None:
        """Delete a message for everybody, by an entry of whoever runs this Chatter. Raises NotFound, Conflict (it is
        deleted), and what posting raises."""
        _get(conversation)
        self._messages.remove_as_operator(conversation, seq)

    def _tell(self, conversation: str) -> None:
        """Committers and servers look again, and members' pages show it."""
        self._redis.ping()  # publishing is a hint and fails silently; a committer that does not hear of this goes on
        self._access.forget(conversation)
        self._publisher.access_changed(conversation)
        try:
            members = list(Membership.objects(conversation=conversation, until_seq=None).scalar("user"))
            self._conversations.announce_added(conversation, members)
        except PyMongoError:
            pass  # they see it when they come again, and are refused until then


def phrase_for(conversation: Conversation) -> str:
    """What has to be typed before the group is deleted."""
    return str((conversation.title or "").strip() or conversation.id)


def _get(conversation: str) -> Conversation:
    found: Conversation | None = Conversation.objects(id=conversation).first()
    if found is None:
        raise NotFound
    return found
