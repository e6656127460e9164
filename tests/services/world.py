"""A small world for the tests of the services about people: real stores, a publisher that remembers, people."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import gevent
from redis import Redis

from app.domain.commands import FactName, entry_hash
from app.domain.entries import COUNTED_KINDS, Entry, EntryKind, Proposal, Receipt
from app.domain.errors import RateLimited
from app.domain.ids import content_hash, derived_client_id, new_id
from app.domain.operator import OPERATOR
from app.models import Conversation, Membership, User
from app.models.messages import messages, to_document
from app.sequencing.heads import Heads, find_head
from app.sequencing.outcomes import Refused
from app.sequencing.store import Store
from app.services.access import Access
from app.services.contacts import Contacts
from app.services.conversations import Conversations
from app.services.group_links import GroupLinks
from app.services.groups import Groups
from app.services.notifications import NotificationSettings
from app.services.photos import Photos
from app.services.presence import Presence
from app.services.privacy import PrivacySettings
from app.services.receipts import Receipts
from app.services.requests import Requests
from app.services.typing import TypingNotes
from app.services.visibility import Visibility

WITHIN_SECONDS = 10.0
PHOTO_BYTES = 2_000_000


def eventually(condition: Callable[[], Any], within: float = WITHIN_SECONDS) -> Any:
    """The condition's value as soon as it is true; fails after ``within`` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if value := condition():
            return value
        gevent.sleep(0.02)
    raise AssertionError(f"not within {within} s")


@dataclass(frozen=True)
class Told:
    """One fact that was published; ``to`` holds the users, or the conversation alone."""

    to: tuple[str, ...]
    fact: FactName
    payload: dict[str, Any]


class RecordingPublisher:
    """Keeps what it was told, instead of telling sockets."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.forgotten: list[str] = []
        self.access: Access | None = None
        self.visibility = Visibility()

    def to_users(self, users: Iterable[str], fact: FactName, payload: dict[str, Any]) -> None:
        self.told.append(Told(tuple(users), fact, payload))

    def to_everybody(self, fact: FactName, payload: dict[str, Any]) -> None:
        self.told.append(Told(("everybody",), fact, payload))

    def to_conversation(
        self, conversation: str, epoch: int, fact: FactName, payload: dict[str, Any], *, skip: str | None = None
    ) -> None:
        self.told.append(Told((conversation,), fact, payload))

    def sign_out_devices(self, devices: Iterable[str], reason: str) -> None:
        raise AssertionError("nothing here signs out")

    def privacy_changed(self, user: str) -> None:
        self.visibility.forget(user)

    def access_changed(self, conversation: str) -> None:
        self.forgotten.append(conversation)
        if self.access is not None:
            self.access.forget(conversation)

    def facts(self, to: str, fact: str | None = None) -> list[dict[str, Any]]:
        """What this user (or conversation) was told, in order."""
        return [told.payload for told in self.told if to in told.to and fact in (None, told.fact)]

    def clear(self) -> None:
        self.told.clear()


class CountingLimits:
    """Refuses after a number of checks per name and identifiers; without a number it only counts."""

    def __init__(self) -> None:
        self.allowed: dict[str, int] = {}
        self.counted: dict[tuple[str, ...], int] = {}

    def check(self, name: str, *identifiers: str) -> None:
        key = (name, *identifiers)
        self.counted[key] = self.counted.get(key, 0) + 1
        if self.counted[key] > self.allowed.get(name, 1_000_000):
            raise RateLimited(retry_after=60)


class World:
    """The services under test on real stores, and people to use them."""

    def __init__(self, redis_url: str) -> None:
        self.redis = Redis.from_url(redis_url, decode_responses=True)
        self.publisher = RecordingPublisher()
        self.limits: Any = CountingLimits()
        self.access = self.publisher.access = Access()
        self.heads = Heads(self.redis, 4)
        self.presence = Presence(self.redis, "server-1", self.publisher, self.publisher.visibility, grace_seconds=0.1)
        self.conversations = Conversations(self.heads, self.presence, self.publisher, self.limits)
        self.contacts = Contacts(self.publisher, self.presence, self.limits, self.conversations)
        self.receipts = Receipts(self.redis, self.access, self.heads, self.publisher, self.presence.visibility)
        self.requests = Requests(self.conversations, self.receipts, self.heads, self.publisher)
        self.typing = TypingNotes(self.access, self.publisher, self.presence.visibility)
        self.notifications = NotificationSettings(self.publisher, self.limits)
        self.privacy = PrivacySettings(self.presence, self.publisher, self.limits)
        log: Any = self
        self.groups = Groups(
            log, self.conversations, self.presence, self.publisher, self.limits, self.access, Photos(PHOTO_BYTES)
        )
        self.links = GroupLinks(log, self.conversations, self.groups, self.limits, self.access)

    def person(self, name: str, **fields: Any) -> str:
        """A new user's id."""
        return str(User(name=name, **fields).save().id)

    def people(self, *names: str) -> list[str]:
        return [self.person(name) for name in names]

    def say(self, conversation: str, sender: str, body: str) -> int:
        """Store a message as the committer would, introducing people and withholding it from who blocked the sender."""
        facts = self.access.member(sender, conversation)
        if facts.kind == "direct" and not facts.introduced:
            self.conversations.introduce(Conversation.objects.get(id=conversation), sender)
        elif sender in facts.unasked:
            self.conversations.answered(conversation, sender)
        return self._store(conversation, sender, "text", body, new_id(), facts.hidden_from(sender))

    def append(self, user: str, conversation: str, client_id: str, kind: EntryKind, body: str) -> Receipt:
        """What ``Messages`` does, by a committer of its own."""
        proposal = Proposal(conversation, user, client_id, kind, body, content_hash(kind, body))
        (outcome,) = Store().commit([proposal], seen_before=True)
        if isinstance(outcome, Refused):
            raise outcome.error
        return Receipt(conversation, client_id, outcome.entry.seq, outcome.entry.ordinal, outcome.entry.created_at)

    def remove_as_operator(self, conversation: str, seq: int) -> None:
        """What ``Messages`` does, by a committer of its own."""
        once = derived_client_id(conversation, "deleted", OPERATOR, str(seq))
        hash = entry_hash("deleted", "", seq)
        (outcome,) = Store().commit(
            [Proposal(conversation, OPERATOR, once, "deleted", "", hash, target=seq)], seen_before=True
        )
        if isinstance(outcome, Refused):
            raise outcome.error

    def expire(self, conversation: str, seq: int, written_at: int) -> None:
        """What ``Messages`` does, by a committer of its own."""
        once, body = derived_client_id(conversation, "expired", str(seq)), str(written_at)
        told = (conversation, OPERATOR, once, "expired", body, entry_hash("expired", body, seq))
        (outcome,) = Store().commit([Proposal(*told, target=seq)], seen_before=True)
        if isinstance(outcome, Refused):
            raise outcome.error

    def _store(
        self, conversation: str, sender: str, kind: EntryKind, body: str, client_id: str, hidden_from: tuple[str, ...]
    ) -> int:
        head = find_head(conversation)
        before = messages().find_one({"_id": f"{conversation}:{head:010d}"}) if head else None
        entry = Entry(
            conversation=conversation,
            seq=head + 1,
            ordinal=(before["o"] if before else 0) + (kind in COUNTED_KINDS),
            kind=kind,
            sender=sender,
            client_id=client_id,
            body=body,
            created_at=1_700_000_000_000 + head,
            hidden_from=hidden_from,
        )
        messages().insert_one(to_document(entry, "hash"))
        self.heads.of([conversation], exact=True)  # Redis hears of it, as it does from the committer
        return entry.seq

    def direct(self, user: str, other: str) -> str:
        return str(self.conversations.open_direct(user, other)["id"])

    def place(self, conversation: str, user: str) -> Membership:
        return Membership.objects.get(conversation=conversation, user=user)

    def close(self) -> None:
        self.redis.close()
