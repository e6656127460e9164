"""Say something; hear what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.domain.commands import MAX_SEQ, SYNC_PAGE_ENTRIES, Post, Revision, Sync, entry_hash
from app.domain.entries import EntryKind, Proposal, Receipt, within_bytes
from app.domain.errors import ChatError, Degraded, Forbidden, NotFound, Pending
from app.domain.ids import derived_client_id
from app.domain.operator import OPERATOR
from app.domain.retention import KIND as EXPIRED
from app.lines import raise_first
from app.models import Conversation, Membership
from app.models.messages import read_many
from app.sequencing import keys
from app.sequencing.heads import Heads
from app.sequencing.sequencer import Sequencer
from app.services.access import Access, Facts
from app.services.as_of import entries_as_of
from app.services.conversations import Conversations
from app.services.gathering import Gathering
from app.services.pages import Pages
from app.services.slow_mode import SlowMode
from app.stores import shared_line_of

log = structlog.get_logger(__name__)


HEADS_AT_ONCE = 500
QUEUE_LIMIT = 1_000_000
_PRESENT = {"until_seq": None, "hidden_at": None}
"""A membership of somebody who is in a conversation and is to hear of it."""


@dataclass(frozen=True, slots=True)
class SyncPage:
    """A contiguous run of entries as one user may see them. ``complete``: there is nothing after it."""

    conversation: str
    entries: list[dict[str, Any]]
    head: int
    head_ordinal: int
    complete: bool


class Messages:
    """The log's two doors: ``post`` in, ``sync`` out."""

    def __init__(
        self, redis: Redis, sequencer: Sequencer, heads: Heads, access: Access, conversations: Conversations
    ) -> None:
        self._redis = redis
        self._sequencer = sequencer
        self._heads = heads
        self._access = access
        self._conversations = conversations
        self._pages = Pages()
        self._slow = SlowMode(redis)
        self._line = shared_line_of(redis)
        self._places = Gathering(_conversations_of)
        self._rooms = Gathering(_rooms_of)
        self._known_heads = Gathering(heads.of, HEADS_AT_ONCE)

    def post(self, user: str, command: Post) -> Receipt:
        """Store a text as the next entry. Raises ``NotAMember`` and what ``Sequencer.submit`` raises."""
        facts = self._access.member(user, command.conversation)
        first = facts.kind == "direct" and not facts.introduced
        if first:
            self._conversations.introduce(Conversation.objects.get(id=command.conversation), user)
        elif user in facts.unasked:
            self._conversations.answered(command.conversation, user)
        proposal = Proposal(
            conversation=command.conversation,
            sender=user,
            client_id=command.client_id,
            kind="text",
            body=command.body,
            hash=command.hash,
            hidden_from=facts.hidden_from(user),
            target=_visible(command.reply_to, facts, user),
            forwarded=command.forwarded,
        )
        receipt = self._submit_slowly(facts, proposal) if _is_slowed(facts, user) else self._submit(proposal)
        if first:
            self._announce_first(facts, user)
        log.info("posted", conversation=receipt.conversation, seq=receipt.seq, client_id=receipt.client_id)
        return receipt

    def _submit_slowly(self, facts: Facts, proposal: Proposal) -> Receipt:
        message = (proposal.sender, proposal.conversation, proposal.client_id, facts.settings.slow_seconds)
        self._slow.enter(*message)
        try:
            return self._submit(proposal)
        except (Pending, Degraded):
            raise  # it may be stored yet
        except ChatError:
            self._slow.leave(*message)
            raise

    def _submit(self, proposal: Proposal) -> Receipt:
        receipt = self._sequencer.submit(proposal)
        self._heads.moved(proposal.conversation)
        return receipt

    def append(self, user: str, conversation: str, client_id: str, kind: EntryKind, body: str) -> Receipt:
        """Store what is no text: that a group was created, or changed. Raises what ``Sequencer.submit`` raises."""
        return self._submit(Proposal(conversation, user, client_id, kind, body, entry_hash(kind, body)))

    def revise(self, user: str, command: Revision) -> Receipt:
        """Store an edit, a deletion or a reaction. Raises what ``Sequencer.submit`` raises; the committer judges
        (``app/domain/revisions.py``): NotFound, Forbidden, Conflict. Forbidden also where it is a request yet: a reaction
        would tell whoever asks that somebody looked."""
        facts = self._access.member(user, command.conversation)
        if user in facts.requested:
            raise Forbidden("Accept the request first.")
        receipt = self._submit(
            Proposal(
                conversation=command.conversation,
                sender=user,
                client_id=command.client_id,
                kind=command.kind,
                body=command.text,
                hash=entry_hash(command.kind, command.text, command.target),
                hidden_from=facts.hidden_from(user),
                target=_visible(command.target, facts, user),
            )
        )
        log.info("revised", conversation=receipt.conversation, seq=receipt.seq, client_id=receipt.client_id)
        return receipt

    def remove_as_operator(self, conversation: str, seq: int) -> Receipt:
        """Delete a text for everybody, as whoever runs this Chatter; asked again it is the same entry.

        Raises what ``Sequencer.submit`` raises; the committer judges (``app/domain/operator.py``): NotFound, Conflict.
        """
        once = derived_client_id(conversation, "deleted", OPERATOR, str(seq))
        return self._submit(
            Proposal(conversation, OPERATOR, once, "deleted", "", entry_hash("deleted", "", seq), target=seq)
        )

    def expire(self, conversation: str, seq: int, written_at: int) -> Receipt:
        """Say that the texts up to the number ``seq``, written at ``written_at`` ms, are no longer kept; asked again, by whomever,
        it is the same entry. Raises what ``Sequencer.submit`` raises; Conflict: that is so already."""
        once, body = derived_client_id(conversation, EXPIRED, str(seq)), str(written_at)
        hash = entry_hash(EXPIRED, body, seq)
        return self._submit(Proposal(conversation, OPERATOR, once, EXPIRED, body, hash, target=seq))

    def resubmit(self, proposal: Proposal) -> Receipt:
        """Store what was accepted once and put aside (``app/sequencing/dead_letters.py``). Raises what ``Sequencer.submit`` raises."""
        return self._submit(proposal)

    def versions(self, user: str, conversation: str, seq: int) -> list[dict[str, Any]]:
        """What a text said at first and after each edit that ``user`` may see, oldest first: ``{body, created_at}``.

        One version where it was never edited. Raises NotFound where it is no text, deleted, no longer kept, or not for them.
        """
        self._access.reader(user, conversation)
        entry = read_many([(conversation, seq)]).get((conversation, seq))
        place = self._access.place(user, conversation)  # after the entry
        last = MAX_SEQ if place.until_seq is None else place.until_seq
        if (
            entry is None
            or entry.kind != "text"
            or entry.expired
            or user in entry.hidden_from
            or not place.from_seq <= seq <= last
        ):
            raise NotFound
        if entry.fold is None:
            return [{"body": entry.body, "created_at": entry.created_at}]
        view = entry.fold.seen_by(user)
        if view.deleted_at is not None:
            raise NotFound
        edits = read_many([(conversation, number) for number in view.edits if number <= last])
        later = [edit for _, edit in sorted(edits.items()) if edit.body and user not in edit.hidden_from]
        first = [{"body": entry.fold.original, "created_at": entry.created_at}] if entry.fold.original else []
        return first + [{"body": edit.body, "created_at": edit.created_at} for edit in later]

    def forget_pages(self, conversation: str | None = None, targets: Sequence[int] = ()) -> None:
        """Entries of these numbers were revised: the pages they stand on are read anew. None: any may have been."""
        self._pages.forget(conversation, targets)

    def forget_pages_of(self, conversation: str) -> None:
        """Some of what it says is no longer kept: its pages are read anew."""
        self._pages.forget_all_of(conversation)

    def sync(self, user: str, command: Sync) -> SyncPage:
        """What comes after ``command.after``, at most a page, within what the user may see. Raises ``NotAMember``."""
        facts = self._access.reader(user, command.conversation)
        head = self._heads.of([command.conversation])[command.conversation]
        place = self._access.place(user, command.conversation)  # after the head
        if place.until_seq is not None:
            head = min(head, place.until_seq)
        after = max(command.after, place.from_seq - 1)
        wanted = head if command.until is None else min(head, command.until)
        until = min(wanted, after + SYNC_PAGE_ENTRIES)
        try:
            found = self._pages.read(command.conversation, after, until) if until > after else []
            entries = next(within_bytes(found), [])
            until = entries[-1].seq if len(entries) < len(found) else until
            if place.until_seq is not None:
                entries = entries_as_of(entries, place.until_seq)
            ordinal = entries[-1].ordinal if entries and entries[-1].seq == head else self._ordinal(facts, head)
        except PyMongoError as error:
            raise Degraded(retry_after=2) from error
        return SyncPage(
            conversation=command.conversation,
            entries=[entry.seen_by(user) for entry in entries],
            head=head,
            head_ordinal=ordinal,
            complete=until >= wanted,
        )

    def heads(self, user: str) -> dict[str, int]:
        """The head of each of the user's conversations; the heartbeat's answer. Empty direct chats are left out."""
        return self.heads_of(self._places.ask([user]).get(user, []))

    def heads_of(self, conversations: list[str]) -> dict[str, int]:
        """The head of each of these conversations, without the empty ones."""
        return {conversation: head for conversation, head in self._known_heads.ask(conversations).items() if head}

    def rooms(self, user: str) -> list[tuple[str, int]]:
        """Conversation and room epoch of each conversation the user is in."""
        return self._rooms.ask([user]).get(user, [])

    def drain_queue(self, user: str) -> dict[str, int]:
        """Where something happened while the user was away, and forget it: the user is back and will ask."""
        try:
            (pointers,) = raise_first(self._line.ask([("ZPOPMIN", keys.queue(user), QUEUE_LIMIT)], retries=1))
        except RedisError:
            return {}
        return {id: int(float(head)) for id, head in zip(pointers[::2], pointers[1::2], strict=True)}

    def _announce_first(self, facts: Facts, sender: str) -> None:
        """Tell the other of a new direct conversation, unless they blocked the sender."""
        others = facts.members - {sender} - set(facts.hidden_from(sender))
        self._conversations.announce_added(facts.conversation, others)
        self._access.forget(facts.conversation)

    def _ordinal(self, facts: Facts, head: int) -> int:
        entry = read_many([(facts.conversation, head)]).get((facts.conversation, head)) if head else None
        return entry.ordinal if entry else 0


def _visible(target: int | None, facts: Facts, user: str) -> int | None:
    """The target, which must not be from before ``user`` came; the committer judges the rest."""
    if target is not None and target < facts.places[user].from_seq:
        raise NotFound("There is no such message.")
    return target


def _is_slowed(facts: Facts, user: str) -> bool:
    return facts.settings.slow_seconds > 0 and facts.places[user].role == "member"


def _conversations_of(users: list[str]) -> dict[str, list[str]]:
    # Without MongoEngine's documents: every heartbeat asks this.
    wanted, shown = {"user": {"$in": users}, **_PRESENT}, {"_id": 0, "user": 1, "conversation": 1}
    found: dict[str, list[str]] = {}
    for row in Membership._get_collection().find(wanted, shown):
        found.setdefault(row["user"], []).append(row["conversation"])
    return found


def _rooms_of(users: list[str]) -> dict[str, list[tuple[str, int]]]:
    """Conversation and room epoch of each conversation that each user is in.

    Who is in a group is asked again after its epoch: a removal ends the membership before it raises the epoch, so
    nobody learns the name of the room that they were kept out of.
    """
    places = _conversations_of(users)
    ids = list({conversation for ids in places.values() for conversation in ids})
    rows = list(Conversation._get_collection().find({"_id": {"$in": ids}}, {"epoch": 1, "kind": 1}))
    epochs = {row["_id"]: row.get("epoch") or 0 for row in rows}
    groups = {row["_id"] for row in rows if row["kind"] == "group"}
    still = _conversations_of([user for user, ids in places.items() if not groups.isdisjoint(ids)]) if groups else {}
    return {
        user: [(id, epochs[id]) for id in ids if id in epochs and (id not in groups or id in still.get(user, ()))]
        for user, ids in places.items()
    }
