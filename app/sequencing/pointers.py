"""Hints written after the fact, coalesced, off the path of a message: each can be rebuilt from the log.

- ``queue:{user}``: where something happened while the user had no socket (drives a fast return, and what is pushed);
- ``chatter:push``: who is to be told by push, now;
- ``Conversation.head``: where the search for a head may start;
- ``Membership.mentioned``: the number of the last text that mentions the person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gevent
import structlog
from pymongo import UpdateOne
from pymongo.errors import PyMongoError
from redis import Redis
from redis.exceptions import RedisError

from app.domain.entries import Entry
from app.domain.mentions import mentions_of
from app.domain.retention import KIND as EXPIRED
from app.lines import raise_first
from app.models.conversations import Conversation, Membership
from app.sequencing import keys
from app.sequencing.committer import Announcement
from app.stores import line_of

log = structlog.get_logger(__name__)

FLUSH_EVERY_S = 0.25
HINT_EVERY_FLUSHES = 120
HINTS_AT_ONCE = 20
"""Updates are slow for a store, and the log's inserts should not wait behind many."""
QUEUE_LIFE_S = 30 * 24 * 3600
PIPELINE_USERS = 500


@dataclass(slots=True)
class News:
    """What happened in a conversation since the last flush: ``hidden`` are those from whom all of it is hidden."""

    head: int
    members: frozenset[str]
    senders: set[str]
    hidden: set[str]

    def concerns(self, user: str) -> bool:
        return self.senders != {user} and user not in self.hidden


class Pointers:
    """Collects announcements and writes what they imply a few times a second."""

    def __init__(self, redis: Redis) -> None:
        self._line = line_of(redis)
        self._news: dict[str, News] = {}
        self._heads: dict[str, int] = {}
        self._mentions: dict[tuple[str, str], int] = {}
        self._greenlet: gevent.Greenlet | None = None

    def note(self, announcements: Sequence[Announcement]) -> None:
        """Remember where the logs are now and who should know; who that is, is reckoned at the flush."""
        for announcement in announcements:
            head = announcement.entries[-1].seq
            self._heads[announcement.conversation] = head
            for entry in announcement.entries:
                for user in _mentioned_by(entry) & announcement.members:
                    place = (announcement.conversation, user)
                    self._mentions[place] = max(self._mentions.get(place, 0), _text_of(entry))
            if all(entry.kind == EXPIRED for entry in announcement.entries):
                continue  # nobody is called because something is no longer kept
            senders = {entry.sender for entry in announcement.entries}
            hidden = {user for entry in announcement.entries for user in entry.hidden_from}
            news = self._news.get(announcement.conversation)
            if news is None:
                self._news[announcement.conversation] = News(head, announcement.members, senders, hidden)
            else:
                news.head, news.members = head, announcement.members
                news.senders |= senders
                news.hidden &= hidden

    def start(self) -> None:
        self._greenlet = gevent.spawn(self._run)

    def stop(self) -> None:
        if self._greenlet is not None:
            self._greenlet.kill()
        self._guarded(self._flush_queues)
        self._guarded(self._flush_mentions)
        self._guarded(self._flush_heads)

    def _run(self) -> None:
        flushes = 0
        while True:
            gevent.sleep(FLUSH_EVERY_S)
            flushes += 1
            self._guarded(self._flush_queues)
            self._guarded(self._flush_mentions)
            if flushes % HINT_EVERY_FLUSHES == 0:
                self._guarded(self._flush_heads)

    def _guarded(self, flush: Callable[[], None]) -> None:
        try:
            flush()
        except (RedisError, PyMongoError, OSError) as error:
            log.warning("pointers_not_written", cause=type(error).__name__)

    def _flush_queues(self) -> None:
        news, self._news = self._news, {}
        queued: dict[str, dict[str, int]] = {}
        for conversation, one in news.items():
            for user in filter(one.concerns, one.members):
                queued.setdefault(user, {})[conversation] = one.head
        users = list(queued)
        for start in range(0, len(users), PIPELINE_USERS):
            page = users[start : start + PIPELINE_USERS]
            questions = [("TIME",), *(("EXISTS", keys.sockets(user)) for user in page)]
            told, *present = self._line.ask(questions)
            ((seconds, microseconds),) = raise_first([told])
            absent = [user for user, sockets in zip(page, present, strict=True) if not sockets]
            commands = [command for user in absent for command in _queueing(user, queued[user])]
            if absent:
                commands.append(_push_due(absent, int(seconds) * 1000 + int(microseconds) // 1000))
            raise_first([*self._line.ask(commands), *present])  # whom a master said nothing of is not queued for

    def _flush_heads(self) -> None:
        heads, self._heads = self._heads, {}
        updates = [UpdateOne({"_id": id}, {"$max": {"head": head}}) for id, head in heads.items()]
        for start in range(0, len(updates), HINTS_AT_ONCE):
            Conversation._get_collection().bulk_write(updates[start : start + HINTS_AT_ONCE], ordered=False)

    def _flush_mentions(self) -> None:
        mentions, self._mentions = list(self._mentions.items()), {}
        for start in range(0, len(mentions), HINTS_AT_ONCE):
            Membership._get_collection().bulk_write(
                [
                    UpdateOne({"conversation": conversation, "user": user}, {"$max": {"mentioned": seq}})
                    for (conversation, user), seq in mentions[start : start + HINTS_AT_ONCE]
                ],
                ordered=False,
            )


def _mentioned_by(entry: Entry) -> frozenset[str]:
    """Whom a text, or what it was edited to, calls: not its sender, and nobody from whom it is hidden."""
    if entry.kind not in ("text", "edited"):
        return frozenset()
    return mentions_of(entry.body) - {entry.sender} - set(entry.hidden_from)


def _text_of(entry: Entry) -> int:
    """The number of the text itself."""
    return entry.seq if entry.target is None or entry.kind == "text" else entry.target


def _queueing(user: str, heads: dict[str, int]) -> list[tuple[Any, ...]]:
    """The commands that queue, for a user who is away, where conversations are now."""
    key = keys.queue(user)
    places = [item for conversation, head in heads.items() for item in (head, conversation)]
    return [("ZADD", key, "GT", *places), ("EXPIRE", key, QUEUE_LIFE_S)]


def _push_due(users: Sequence[str], at: int) -> tuple[Any, ...]:
    """The command that makes these due at ``at`` (ms) to be told by push, and leaves those alone who are due already."""
    return ("ZADD", keys.PUSH_DUE, "LT", *(item for user in users for item in (at, user)))
