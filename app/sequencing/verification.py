"""Is a stored log what it should be? Reads MongoDB in pages, changes nothing, and may run while people write.

What follows the log (memberships, the head hint, Redis' counter) is read before it, so that a log that grows meanwhile is
never behind. Client ids are compared in the order of the index that keeps them unique, or sorted by the server without it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from app.domain.entries import COUNTED_KINDS, PIN_KINDS, REVISION_KINDS
from app.domain.ids import message_id, shard_of
from app.models.conversations import Conversation, Membership
from app.models.messages import IDS_AT_ONCE, messages
from app.sequencing import keys

PAGE_ENTRIES = 500
PAGE_CONVERSATIONS = 200
MOST_PROBLEMS = 20
"""Named of one conversation; one that is badly damaged is known by then."""
COUNTER_PATIENCE_S = 2.0
"""How long what is stored may be ahead of Redis' counter: it is moved on after the announcement."""
LAST = 9_999_999_999
CURSORS = ("delivered", "read", "pushed")
ABOUT_TEXTS = REVISION_KINDS | PIN_KINDS


@dataclass(slots=True)
class Verdict:
    """What was found of one conversation: its ``head`` (the highest number stored), and each problem in words."""

    conversation: str
    head: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def verify_all(redis: Redis, shard_count: int, after: str = "") -> Iterator[Verdict]:
    """A verdict of every conversation, by id; ``after`` goes on behind the last one. Raises PyMongoError, RedisError."""
    while True:
        page = [c.id for c in Conversation.objects(id__gt=after).only("id").order_by("id").limit(PAGE_CONVERSATIONS)]
        for conversation in page:
            yield verify(conversation, redis, shard_count)
        if not page:
            return
        after = page[-1]


def verify(conversation: str, redis: Redis, shard_count: int) -> Verdict:
    """Hold one conversation's log against its rules. Raises PyMongoError and RedisError."""
    verdict = Verdict(conversation)
    counter = keys.sequence(shard_of(conversation, shard_count), conversation)
    counted = redis.hget(counter, "committed")
    hint = Conversation.objects(id=conversation).scalar("head").first() or 0
    places = list(Membership._get_collection().find({"conversation": conversation}))
    _read_log(verdict)
    _client_ids(verdict)
    for place in places:
        _place(verdict, place)
    if hint > verdict.head:
        verdict.note(f"its head is said to be {hint}, and {verdict.head} is the last entry stored")
    if counted is not None and int(counted) > verdict.head:
        verdict.note(f"Redis counts {int(counted)} entries as stored, and {verdict.head} is the last one")
    behind = _behind(redis, counter, verdict.head)
    if behind is not None:
        verdict.note(f"Redis counts {behind} entries, and {verdict.head} are stored")
    return verdict


def _read_log(verdict: Verdict) -> None:
    """The entries in order: none missing, ordinals and times in step, what they are about there before them."""
    ordinal = created_at = 0
    while True:
        between = {
            "$gt": message_id(verdict.conversation, verdict.head),
            "$lte": message_id(verdict.conversation, LAST),
        }
        names = {"c": 1, "o": 1, "k": 1, "t": 1, "g": 1}
        page = list(messages().find({"_id": between}, names).sort("_id", 1).limit(PAGE_ENTRIES))
        if not page:
            return
        _targets(verdict, page)
        for document in page:
            seq = int(document["_id"].rpartition(":")[2])
            whole = seq == verdict.head + 1
            if not whole:
                gap = verdict.head + 1
                verdict.note(f"entry {gap} is missing" if seq == gap + 1 else f"entries {gap} to {seq - 1} are missing")
            if document["c"] != verdict.conversation:
                verdict.note(f"entry {seq} says that it is of conversation {document['c']}")
            # Behind a gap nobody knows how many texts were in it.
            if whole and document["o"] != ordinal + (document["k"] in COUNTED_KINDS):
                verdict.note(f"entry {seq} has the ordinal {document['o']}, and the one before it {ordinal}")
            if document["t"] < created_at:
                verdict.note(f"entry {seq} is older than the one before it")
            verdict.head, ordinal, created_at = seq, document["o"], document["t"]


def _targets(verdict: Verdict, page: list[dict[str, Any]]) -> None:
    """What a page's entries are about stands before them, and is a text where they change or pin it."""
    aimed = [document for document in page if document.get("g") is not None]
    ids = sorted({message_id(verdict.conversation, document["g"]) for document in aimed})
    kinds: dict[str, str] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = {"_id": {"$in": ids[start : start + IDS_AT_ONCE]}}
        kinds |= {target["_id"]: target["k"] for target in messages().find(some, {"k": 1})}
    for document in aimed:
        seq = int(document["_id"].rpartition(":")[2])
        target = document["g"]
        kind = kinds.get(message_id(verdict.conversation, target))
        if kind is None or target >= seq:
            verdict.note(f"entry {seq} ({document['k']}) is about entry {target}, which is not there before it")
        elif document["k"] in ABOUT_TEXTS and kind != "text":
            verdict.note(f"entry {seq} ({document['k']}) is about entry {target}, which is no text")


def _client_ids(verdict: Verdict) -> None:
    """No sender's client id twice: sorted, equal ones stand beside each other."""
    found = messages().find({"c": verdict.conversation}, {"s": 1, "i": 1}).sort([("s", 1), ("i", 1)])
    before: dict[str, Any] = {}
    for document in found.batch_size(PAGE_ENTRIES):
        if (document["s"], document["i"]) == (before.get("s"), before.get("i")):
            numbers = sorted(int(one["_id"].rpartition(":")[2]) for one in (before, document))
            verdict.note(f"entries {numbers[0]} and {numbers[1]} have one client id, {document['i']}")
        before = document


def _place(verdict: Verdict, place: dict[str, Any]) -> None:
    """A member's cursors lie in the log, and so does the span of it that they may see."""
    user, head = place["user"], verdict.head
    for name in CURSORS:
        cursor = place.get(name) or 0
        if not 0 <= cursor <= head:
            verdict.note(f"{user} has {name} {cursor}, and {head} is the last entry")
    first, last = place.get("from_seq", 1), place.get("until_seq")
    if not 1 <= first <= head + 1:
        verdict.note(f"{user} is a member from entry {first} on, and {head} is the last entry")
    if last is not None and not first <= last <= head:
        verdict.note(f"{user} was a member from entry {first} to {last}, and {head} is the last entry")


def _behind(redis: Redis, counter: str, head: int) -> int | None:
    """Redis' counter where it stays below what is stored; None where it does not, or where Redis knows none."""
    limit = time.monotonic() + COUNTER_PATIENCE_S
    while True:
        counted = redis.hget(counter, "committed")
        if counted is None or int(counted) >= head:
            return None
        if time.monotonic() >= limit:
            return int(counted)
        time.sleep(0.1)
