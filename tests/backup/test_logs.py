"""What is restored is what a log of that many entries is, whatever was written while it was copied."""

import itertools
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pymongo.database import Database
from redis import Redis

from app.backup import logs as logs_module
from app.backup.files import Raw, Writer
from app.backup.logs import Logs
from app.domain.commands import entry_hash
from app.domain.entries import EntryKind, Proposal
from app.domain.ids import content_hash, message_id, new_id
from app.models import Conversation, Membership
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.sequencing.verification import verify
from tests.backup.conftest import Site
from tests.sequencing.conftest import SHARDS, Log

Make = Callable[..., Site]
WRITTEN = 60
KINDS: tuple[EntryKind, ...] = ("edited", "edited", "reacted", "deleted", "pinned", "unpinned")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs_module, "PAGE_ENTRIES", 2)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], None]:
    """Do something behind each entry that is copied; the argument counts them."""

    def install(act: Callable[[int], None]) -> None:
        count, write = itertools.count(1), Writer.write

        def writing(writer: Writer, document: Raw) -> None:
            write(writer, document)
            if writer.collection == "messages":
                act(next(count))

        monkeypatch.setattr(Writer, "write", writing)

    return install


def about(log: Log, kind: EntryKind, target: int, body: str = "", hidden_from: tuple[str, ...] = ()) -> Proposal:
    hash = entry_hash(kind, body, target)
    return replace(log.proposal(), kind=kind, body=body, hash=hash, target=target, hidden_from=hidden_from)


def added(log: Log, user: str) -> Proposal:
    return replace(log.proposal(), kind="added", body=user, hash=content_hash("added", user))


class Scribe:
    """Writes a log at random, and remembers what became of it in order."""

    def __init__(self, log: Log, seed: int) -> None:
        Membership.objects(conversation=log.conversation, user=log.members[0]).update(role="owner")
        self.log, self._random, self._store = log, random.Random(seed), Store(clock=lambda: 1)
        self.stored: list[Proposal] = []

    def write(self, count: int) -> None:
        while count:
            proposal = self._proposal()
            (outcome,) = self._store.commit([proposal])
            if isinstance(outcome, Stored):
                self.stored.append(proposal)
                count -= 1

    def _proposal(self) -> Proposal:
        if not self.stored or self._random.random() < 0.3:
            return self.log.proposal(f"text {self._random.random()}")
        if self._random.random() < 0.3:
            hidden = (self.log.members[1],) if self._random.random() < 0.3 else ()
            return about(self.log, "text", self._random.randint(1, len(self.stored)), "a reply", hidden)
        if self._random.random() < 0.05:
            return added(self.log, new_id())
        kind = self._random.choice(KINDS)
        body = {"edited": f"edit {self._random.random()}", "reacted": self._random.choice("👍🎉🔥")}.get(kind, "")
        hidden = (self.log.members[1],) if kind == "edited" and self._random.random() < 0.3 else ()
        return about(self.log, kind, self._random.randint(1, len(self.stored)), body, hidden)


def state(database: Database[dict[str, Any]], log: Log) -> dict[str, Any]:
    """All that is kept of a conversation, but for the moments at which documents were made."""
    made = {"created_at": 0}
    group = database.conversations.find_one({"_id": log.conversation}, made) or {}
    places = database.memberships.find({"conversation": log.conversation}, made | {"_id": 0})
    return {
        "conversation": {key: value for key, value in group.items() if key != "head"},
        "memberships": sorted(places, key=lambda place: str(place["user"])),
        "messages": list(database.messages.find({"c": log.conversation}).sort("_id", 1)),
    }


@pytest.mark.parametrize("seed", range(8))
def test_a_log_is_restored_as_of_one_number(
    seed: int, site: Site, log: Log, make_site: Make, meanwhile: Callable[..., None], redis: Redis
) -> None:
    group = Conversation.objects.get(id=log.conversation)
    places = list(Membership.objects(conversation=log.conversation))
    scribe = Scribe(log, seed)
    scribe.write(30)
    when = random.Random(seed)
    meanwhile(lambda count: scribe.write(when.choice((0, 0, 1, 3))) if len(scribe.stored) < WRITTEN + 30 else None)
    taken = site.take()
    assert taken.copied.problems == []
    restored = make_site()
    restored.restore()
    found = state(restored.database, log)
    head = len(found["messages"])
    assert 30 <= head <= len(scribe.stored)
    assert head > 30, "nothing that was changed meanwhile had to be followed: the test shows nothing"

    reference = make_site()
    assert reference.database.name == group._get_db().name, "MongoEngine follows"
    group.save(force_insert=True)
    for place in places:
        place.role = "owner" if place.user == log.members[0] else "member"
        Membership._get_collection().insert_one(place.to_mongo().to_dict())
    store = Store(clock=lambda: 1)
    for proposal in scribe.stored[:head]:
        assert isinstance(store.commit([proposal])[0], Stored)
    assert found == state(reference.database, log)


def test_the_restored_log_goes_on(site: Site, log: Log, make_site: Make, redis: Redis, meanwhile: Any) -> None:
    """An edit behind the copied part was in the fold already: left there, it would swallow those that come."""
    Store().commit([log.proposal("first"), log.proposal("second"), log.proposal("third")])

    def edit(count: int) -> None:
        if count == 1:
            Store().commit([log.proposal("fourth"), about(log, "edited", 3, "later"), log.proposal("sixth")])

    meanwhile(edit)
    site.take()
    restored = make_site()
    restored.restore()
    (outcome,) = Store().commit([about(log, "edited", 3, "last")])
    assert isinstance(outcome, Stored) and outcome.entry.seq == 6
    changed = restored.database.messages.find_one({"_id": message_id(log.conversation, 3)}) or {}
    assert (changed["b"], changed["r"]) == ("last", 6)
    verdict = verify(log.conversation, redis, SHARDS)
    assert (verdict.problems, verdict.head) == ([], 6)


def test_what_was_deleted_while_it_was_copied_is_deleted(site: Site, log: Log, make_site: Make, meanwhile: Any) -> None:
    """The first page has the text, the second its edit, wiped in between."""
    batch = [log.proposal("secret"), log.proposal("b"), log.proposal("c"), about(log, "edited", 1, "secret too")]
    Store().commit(batch)
    meanwhile(lambda count: Store().commit([about(log, "deleted", 1)]) if count == 1 else None)
    site.take()
    restored = make_site()
    restored.restore()
    kept = list(restored.database.messages.find({"c": log.conversation}))
    assert len(kept) == 5
    assert "secret" not in str(kept)


def test_members_that_came_while_it_was_copied_have_their_place(
    site: Site, log: Log, make_site: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their entry is behind the memberships that were read, and before the end of the log."""
    Membership.objects(conversation=log.conversation, user=log.members[0]).update(role="owner")
    newcomer, last = new_id(), Logs.last

    def later(logs: Logs, conversation: str) -> int:
        Store().commit([added(log, newcomer), log.proposal("welcome")])
        return last(logs, conversation)

    monkeypatch.setattr(Logs, "last", later)
    site.take()
    restored = make_site()
    assert "logs brought up to their ends: 1" in restored.restore()
    assert Membership.objects.get(conversation=log.conversation, user=newcomer).from_seq == 1
    assert restored.database.conversations.find_one({"_id": log.conversation})["head"] == 2


def test_a_conversation_deleted_while_it_was_copied_is_gone(
    site: Site, log: Log, make_log: Callable[[], Log], make_site: Make, meanwhile: Any
) -> None:
    other = make_log()
    for one in (log, other):
        Store().commit([one.proposal(), one.proposal(), one.proposal()])

    def delete(count: int) -> None:
        Conversation.objects(id=log.conversation).delete()
        site.database.messages.delete_many({"c": log.conversation})

    meanwhile(delete)
    taken = site.take()
    assert taken.manifest.gone == [log.conversation]
    assert taken.copied.problems == []
    restored = make_site()
    restored.restore()
    assert restored.database.messages.distinct("c") == [other.conversation]
    assert restored.database.memberships.distinct("conversation") == [other.conversation]


def test_a_damaged_log_is_copied_and_named(site: Site, log: Log) -> None:
    Store().commit([log.proposal() for _ in range(5)])
    site.database.messages.delete_one({"_id": message_id(log.conversation, 3)})
    taken = site.take()
    assert taken.copied.problems == [f"conversation {log.conversation}: entry 3 is missing"]
    assert {one.collection: one.documents for one in taken.manifest.files}["messages"] == 4


def test_memory_is_that_of_a_page(site: Site, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a log is, and wherever it is read to."""
    Store().commit([log.proposal() for _ in range(20)])
    seen: list[int] = []
    monkeypatch.setattr(logs_module.Logs, "_wiped_by", lambda logs, conversation, page: seen.append(len(page)) or 0)
    site.take()
    assert seen == [2] * 10
