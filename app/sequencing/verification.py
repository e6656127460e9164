"""Is a stored log what it should be? Reads MongoDB in pages, changes nothing, and may run while people write.

What follows the log (memberships, the head hint, Redis' counter) is read before it, so that a log that grows meanwhile is
never behind. Client ids are compared in the order of the index that keeps them unique, or sorted by the server without it.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from redis import Redis

from app.domain.entries import COUNTED_KINDS, PIN_KINDS, REVISION_KINDS
from app.domain.ids import SEQ_DIGITS, message_id, shard_of
from app.domain.retention import SAYING_KINDS
from app.domain.threads import root_of
from app.models.conversations import Conversation, Membership
from app.models.messages import IDS_AT_ONCE, messages
from app.sequencing import keys

PAGE_ENTRIES = 500
PAGE_CONVERSATIONS = 100
MOST_PROBLEMS = 20
"""Named of one conversation; the others are counted."""
COUNTER_PATIENCE_S = 2.0
"""How long what is stored may be ahead of Redis' counter: it is moved on after the announcement."""
CURSORS = ("delivered", "read", "shown_read", "pushed", "mentioned")
ABOUT_TEXTS = REVISION_KINDS | PIN_KINDS
FIELDS: dict[str, type] = {"c": str, "o": int, "k": str, "s": str, "i": str, "t": int}
READ = dict.fromkeys((*FIELDS, "g", "a"), 1)
PLACE = dict.fromkeys(("user", "from_seq", "until_seq", "read_ordinal", *CURSORS), 1)


@dataclass(slots=True)
class Verdict:
    """What was found of one conversation: its ``head`` (the highest number stored) and the ordinal there, each problem
    in words, and how many there are."""

    conversation: str
    head: int = 0
    ordinal: int = 0
    problems: list[str] = field(default_factory=list)
    found: int = 0

    def note(self, problem: str) -> None:
        self.found += 1
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


def lost_logs(after: str = "") -> Iterator[str]:
    """Ids of conversations that have entries and are not there themselves, behind ``after``. Raises PyMongoError."""
    logs = _logs(f"{after};" if after else "")
    while page := list(islice(logs, PAGE_CONVERSATIONS)):
        known = set(Conversation.objects(id__in=page).scalar("id"))
        yield from (conversation for conversation in page if conversation not in known)


def verify(conversation: str, redis: Redis, shard_count: int) -> Verdict:
    """Hold one conversation's log against its rules. Raises PyMongoError and RedisError."""
    verdict = Verdict(conversation)
    counter = keys.sequence(shard_of(conversation, shard_count), conversation)
    counted = redis.hget(counter, "committed")
    told = Conversation._get_collection().find_one({"_id": conversation}, {"head": 1, "expired": 1, "wiped": 1}) or {}
    hint = told.get("head") or 0
    places = list(Membership._get_collection().find({"conversation": conversation}, PLACE))
    _read_log(verdict)
    _client_ids(verdict)
    _emptied(verdict, told.get("expired") or 0, told.get("wiped") or 0)
    for place in places:
        _place(verdict, place)
    if hint > verdict.head:
        verdict.note(f"its head is said to be {hint}, and {verdict.head} is the last entry stored")
    if counted is not None and int(counted) > verdict.head:
        verdict.note(f"Redis counts {int(counted)} entries as stored, and {verdict.head} is the last one")
    behind = _behind(redis, counter, verdict.head)
    if behind is not None:
        verdict.note(f"Redis counts {behind} entries, and {verdict.head} are stored")
    if verdict.problems and Conversation.objects(id=conversation).first() is None:
        return Verdict(conversation)  # deleted while it was read
    return verdict


def _read_log(verdict: Verdict) -> None:
    """The entries in order: none missing, ordinals and times in step, what they are about there before them."""
    created_at, known = 0, True
    for page in _pages(verdict.conversation):
        entries = [(seq, document) for document in page if (seq := _number(verdict, document)) is not None]
        _targets(verdict, entries)
        for seq, document in entries:
            gap = verdict.head + 1
            if seq != gap:
                verdict.note(f"entry {gap} is missing" if seq == gap + 1 else f"entries {gap} to {seq - 1} are missing")
            in_step, verdict.head = known and seq == gap, seq
            known = _whole(verdict, seq, document)
            if not known:
                continue
            # Behind a gap nobody knows how many texts were in it.
            if in_step and document["o"] != verdict.ordinal + (document["k"] in COUNTED_KINDS):
                verdict.note(f"entry {seq} has the ordinal {document['o']}, and the one before it {verdict.ordinal}")
            if document["t"] < created_at:
                verdict.note(f"entry {seq} is older than the one before it")
            verdict.ordinal, created_at = document["o"], document["t"]


def _pages(conversation: str) -> Iterator[list[dict[str, Any]]]:
    """All documents whose id begins as those of this conversation's entries do, by id."""
    after = f"{conversation}:"
    while True:
        between = {"_id": {"$gt": after, "$lt": f"{conversation};"}}  # what follows a colon
        page = list(messages().find(between, READ).sort("_id", 1).limit(PAGE_ENTRIES))
        if not page:
            return
        yield page
        after = page[-1]["_id"]


def _number(verdict: Verdict, document: dict[str, Any]) -> int | None:
    """The entry's number; None where its id is none of this conversation's, which is noted."""
    digits = str(document["_id"]).removeprefix(f"{verdict.conversation}:")
    if re.fullmatch(rf"[0-9]{{{SEQ_DIGITS}}}", digits) and int(digits):
        return int(digits)
    verdict.note(f"there is an entry with the id {document['_id']}, which is no number of this log")
    return None


def _whole(verdict: Verdict, seq: int, document: dict[str, Any]) -> bool:
    """Does it have all that every entry has, and is it of this conversation?"""
    lacking = [name for name, kind in FIELDS.items() if not isinstance(document.get(name), kind)]
    if lacking:
        verdict.note(f"entry {seq} is incomplete: {', '.join(lacking)}")
    elif document["c"] != verdict.conversation:
        verdict.note(f"entry {seq} says that it is of conversation {document['c']}")
    return not lacking


def _targets(verdict: Verdict, entries: list[tuple[int, dict[str, Any]]]) -> None:
    """What a page's entries are about stands before them, and is a text where they change or pin it; replies are of its thread."""
    aimed = [(seq, document, document["g"]) for seq, document in entries if isinstance(document.get("g"), int)]
    ids = sorted({message_id(verdict.conversation, target) for _, _, target in aimed})
    kinds: dict[str, Any] = {}
    roots: dict[str, Any] = {}
    for start in range(0, len(ids), IDS_AT_ONCE):
        some = {"_id": {"$in": ids[start : start + IDS_AT_ONCE]}}
        for target in messages().find(some, {"k": 1, "a": 1}):
            kinds[target["_id"]], roots[target["_id"]] = target.get("k"), target.get("a")
    for seq, document, target in aimed:
        id = message_id(verdict.conversation, target)
        if id not in kinds or target >= seq:
            verdict.note(f"entry {seq} ({document.get('k')}) is about entry {target}, which is not there before it")
        elif document.get("k") in ABOUT_TEXTS and kinds[id] != "text":
            verdict.note(f"entry {seq} ({document['k']}) is about entry {target}, which is no text")
        elif document.get("a") != (root := root_of(str(document.get("k")), target, roots[id])):
            verdict.note(f"entry {seq} ({document.get('k')}) names the thread {document.get('a')}, and it is {root}")
    for seq, document in entries:
        if document.get("k") in ABOUT_TEXTS and not isinstance(document.get("g"), int):
            verdict.note(f"entry {seq} ({document['k']}) is about nothing")


def _client_ids(verdict: Verdict) -> None:
    """No sender's client id twice: sorted, equal ones stand beside each other. No entry is kept under another's id."""
    found = messages().find({"c": verdict.conversation}, {"s": 1, "i": 1}).sort([("s", 1), ("i", 1)])
    before: dict[str, Any] = {}
    for document in found.batch_size(PAGE_ENTRIES):
        if not str(document["_id"]).startswith(f"{verdict.conversation}:"):
            verdict.note(f"there is an entry with the id {document['_id']}, which is no number of this log")
        told = (document.get("s"), document.get("i"))
        if None not in told and told == (before.get("s"), before.get("i")):
            first, second = (
                id.rpartition(":")[2].lstrip("0") for id in sorted(str(d["_id"]) for d in (before, document))
            )
            verdict.note(f"entries {first} and {second} have one client id, {document['i']}")
        before = document


def _emptied(verdict: Verdict, expired: int, wiped: int) -> None:
    """Nothing is left of texts that are no longer kept, as far as a worker says that it took them out."""
    if not wiped <= expired <= verdict.head:
        verdict.note(
            f"texts up to entry {expired} are not kept, and taken out up to {wiped}; {verdict.head} is the last entry"
        )
    between = {"$gt": message_id(verdict.conversation, 0), "$lte": message_id(verdict.conversation, wiped)}
    says = [{"b": {"$ne": ""}}, {"v.l": {"$exists": True}}, {"w": {"$exists": True}}, {"p": {"$exists": True}}]
    left = {"_id": between, "k": {"$in": sorted(SAYING_KINDS)}, "$or": says}
    for document in messages().find(left, {"_id": 1}).limit(MOST_PROBLEMS) if wiped else ():
        seq = str(document["_id"]).rpartition(":")[2].lstrip("0")
        verdict.note(f"entry {seq} is no longer kept, and still says something")


def _place(verdict: Verdict, place: dict[str, Any]) -> None:
    """A member's cursors lie in the log, and so does the span of it that they may see."""
    user, head = place.get("user"), verdict.head
    for name in CURSORS:
        cursor = place.get(name) or 0
        if not 0 <= cursor <= head:
            verdict.note(f"{user} has {name} {cursor}, and {head} is the last entry")
    counted = place.get("read_ordinal") or 0
    if not 0 <= counted <= verdict.ordinal:
        verdict.note(f"{user} has read {counted} messages, and there are {verdict.ordinal}")
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


def _logs(after: str) -> Iterator[str]:
    """Of which conversations there are entries, by one look at the index of ids for each."""
    while True:
        found = messages().find_one({"_id": {"$gt": after}}, {"_id": 1}, sort=[("_id", 1)])
        if found is None:
            return
        conversation = str(found["_id"]).partition(":")[0]
        yield conversation
        after = f"{conversation};"
