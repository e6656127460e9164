"""A worker keeps messages as long as the policy says, shows nobody a text after that, and takes it out of the store."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from app.backup.logs import Logs
from app.domain.commands import Read, entry_hash
from app.domain.entries import EntryKind, Proposal
from app.domain.errors import Forbidden, NotFound
from app.domain.group_settings import SettingsChange
from app.domain.ids import message_id, new_id
from app.domain.retention import DAY_MS, Preview
from app.models import Conversation, Installation
from app.models.messages import messages, read_range
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from app.sequencing.verification import verify
from app.services import retention as retention_module
from app.services.export_archive import write_archive
from app.services.push_news import news_of, places_of
from app.services.retention import Retention
from app.services.retention_policy import Policy, RetentionPolicy
from app.services.saved import Saved
from tests.services.world import World

T0 = 1_700_000_000_000
"""When the first message of each conversation was written here; each is a millisecond older than the next."""
NOW = T0 + 100 * DAY_MS


class Clock:
    def __init__(self) -> None:
        self.ms = NOW

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock(world: World) -> Clock:
    Installation(id="installation", shard_count=4).save()
    return Clock()


@pytest.fixture
def policy(clock: Clock) -> RetentionPolicy:
    return RetentionPolicy(now=clock)


def worker(world: World, policy: RetentionPolicy, name: str = "worker-1") -> Retention:
    log: Any = world
    return Retention(name, log, world.heads, policy)


@pytest.fixture
def retention(world: World, policy: RetentionPolicy) -> Retention:
    return worker(world, policy)


def stands(policy: RetentionPolicy, clock: Clock, days: int) -> None:
    """The policy is set and has stood for a day."""
    policy.change(days)
    clock.ms += DAY_MS


def at(conversation: str, seq: int, moment: int) -> None:
    messages().update_one({"_id": message_id(conversation, seq)}, {"$set": {"t": moment}})


def chat(world: World, *texts: str) -> tuple[str, str, str]:
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    for text in texts:
        world.say(conversation, ada, text)
    return conversation, ada, ben


def revise(world: World, conversation: str, user: str, kind: EntryKind, target: int, body: str = "") -> None:
    told = (conversation, user, new_id(), kind, body, entry_hash(kind, body, target))
    (outcome,) = Store(clock=lambda: T0 + 10).commit([Proposal(*told, target=target)])
    assert isinstance(outcome, Stored)


def stored(conversation: str) -> str:
    """Everything that is stored of a conversation's messages, as one text."""
    return repr([{**row, "i": "", "h": ""} for row in messages().find({"c": conversation})])


def test_what_is_older_goes_and_what_is_not_stays(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    conversation, ada, _ = chat(world, "secret one", "secret two", "young")
    at(conversation, 3, NOW - 10 * DAY_MS)
    revise(world, conversation, ada, "edited", 2, "secret edit")
    revise(world, conversation, ada, "reacted", 1, "👍")
    hashes = [(row["i"], row["h"], row["t"]) for row in messages().find({"c": conversation}).sort("_id", 1)]
    stands(policy, clock, 30)
    assert retention.sweep(clock.ms) == 2
    text = stored(conversation)
    assert "secret" not in text and "👍" not in text and "young" in text
    after = [(row["i"], row["h"], row["t"]) for row in messages().find({"c": conversation}).sort("_id", 1)]
    assert after[:5] == hashes
    row = Conversation.objects.get(id=conversation)
    assert (row.expired, row.expired_at, row.wiped) == (2, T0 + 1, 2)
    assert retention.sweep(clock.ms) == 0
    assert messages().count_documents({"c": conversation, "k": "expired"}) == 1
    world.heads.of([conversation], exact=True)  # Redis hears of it, as it does from the committer
    assert verify(conversation, world.redis, 4).problems == []


def test_for_ever_is_for_ever_and_a_change_waits_for_a_day(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    conversation, _, _ = chat(world, "old")
    assert retention.sweep(clock.ms) == 0
    policy.change(30)
    clock.ms += DAY_MS - 1
    assert retention.sweep(clock.ms) == 0
    assert policy.current() == Policy(0, 30, NOW + DAY_MS)
    clock.ms += 1
    assert policy.current() == Policy(30)
    assert retention.sweep(clock.ms) == 1
    assert "old" not in stored(conversation)


def test_a_group_may_only_shorten_and_its_setting_stands_for_a_day_first(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    ada, ben = world.people("Ada", "Ben")
    world.direct(ada, ben)
    world.conversations.introduce(Conversation.objects.first(), ada)
    group = str(world.groups.create(ada, "Team", [ben], new_id())["id"])
    world.say(group, ada, "old")
    with pytest.raises(Forbidden):
        world.groups.preview_retention(ben, group, 30)
    assert world.groups.preview_retention(ada, group, 30)["messages"] == 0
    world.groups.set(ada, group, SettingsChange(keep_days=30), new_id())
    row = Conversation.objects.get(id=group)
    said = read_range(group, 2, 3)[0]
    assert (row.settings["keep_days"], row.keep_at) == (30, said.created_at), "it stands since it was said"
    Conversation.objects(id=group).update(set__keep_at=NOW)
    at(group, 3, T0)
    at(group, 1, T0)
    assert retention.sweep(NOW + DAY_MS - 1) == 0
    assert world.conversations.view(ada, group)["settings"]["keep_days"] == 30
    assert retention.preview_of(group, 30, NOW).texts == 1
    assert retention.sweep(NOW + DAY_MS) == 1
    stands(policy, clock, 7)
    Conversation.objects(id=group).update(set__settings={"keep_days": 3_650})
    young = world.say(group, ada, "ten days old")
    at(group, young - 1, clock.ms - 10 * DAY_MS)  # what was written by the test's clock
    at(group, young, clock.ms - 10 * DAY_MS)
    assert retention.sweep(clock.ms) == 1


def test_before_it_is_taken_out_nobody_reads_it_either(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, ada, ben = chat(world, "secret one", "secret two", "young")
    at(conversation, 3, clock.ms - DAY_MS)
    revise(world, conversation, ada, "edited", 2, "secret edit")
    stands(policy, clock, 30)
    with monkeypatch.context() as patch:
        patch.setattr(retention_module, "empty", lambda *_: None)
        retention.sweep(clock.ms)
    assert "secret" in stored(conversation)
    assert "secret" not in repr(read_range(conversation, 0, 5))
    view = world.conversations.view(ben, conversation)
    assert "secret" not in repr(view) and (view["expired"], view["expired_at"]) == (2, T0 + 1)
    archive = BytesIO()
    write_archive(ben, archive, world.heads, lambda _: None)
    archived = b"".join(ZipFile(archive).read(name) for name in ZipFile(archive).namelist())
    assert b"young" in archived and b"secret" not in archived
    copied: list[Any] = []
    Logs(Conversation._get_collection().database).copy(lambda _, document: copied.append(dict(document)))
    assert "young" in repr(copied) and "secret" not in repr(copied)
    place = places_of(ben, [conversation], Conversation.objects.first().created_at)[conversation]
    news = news_of(place, 5, show_text=True)
    assert news is not None and news.count == 1 and news.body == "young"
    problems = verify(conversation, world.redis, 4).problems
    assert [problem for problem in problems if "still says something" in problem], "the doctor finds what is left"


def test_what_a_worker_left_half_done_the_next_one_finishes(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, _, _ = chat(world, *(f"secret {n}" for n in range(60)))
    stands(policy, clock, 30)
    whole, done = retention_module.empty, []
    monkeypatch.setattr(retention_module, "BATCH_ENTRIES", 20)

    def dies_later(conversation: str, seqs: range) -> None:
        if done:
            raise ConnectionResetError
        done.append(seqs)
        whole(conversation, seqs)

    with monkeypatch.context() as patch, pytest.raises(ConnectionResetError):
        patch.setattr(retention_module, "empty", dies_later)
        retention.sweep(clock.ms)
    assert 0 < stored(conversation).count("secret") < 60
    other = worker(world, policy, "worker-2")
    assert other.sweep(clock.ms) == 0 and "secret" in stored(conversation), "the first one may still be at it"
    Installation.objects.update(set__retention_round={"by": "worker-1", "until": 1})
    assert other.sweep(clock.ms) == 0
    assert "secret" not in stored(conversation)
    assert messages().count_documents({"c": conversation, "k": "expired"}) == 1


def test_a_round_is_bounded_and_the_next_goes_on(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        chat(world, "old")
    monkeypatch.setattr(retention_module, "ROUND_CONVERSATIONS", 2)
    stands(policy, clock, 30)
    assert [retention.sweep(clock.ms) for _ in range(4)] == [2, 2, 1, 0]
    chat(world, "old")
    assert sum(retention.sweep(clock.ms) for _ in range(4)) == 1


def test_one_broken_log_keeps_no_other_waiting(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    chats = [chat(world, "one", "two", "three")[0] for _ in range(3)]
    broken = sorted(chats)[0]
    world.heads.of(chats, exact=True)
    messages().delete_one({"_id": message_id(broken, 3)})
    messages().delete_one({"_id": message_id(broken, 2)})
    assert retention.preview(30, NOW) == Preview(6, 2, T0)
    stands(policy, clock, 30)
    assert retention.sweep(clock.ms) == 6
    assert [Conversation.objects.get(id=id).expired or 0 for id in sorted(chats)] == [0, 3, 3]


def test_a_log_that_says_nothing_old_gets_no_entry(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    conversation, _, _ = chat(world, "old")
    stands(policy, clock, 1)
    assert retention.sweep(clock.ms) == 1
    at(conversation, 2, T0 + 1)
    clock.ms += 50 * DAY_MS
    assert retention.sweep(clock.ms) == 0, "that texts are not kept any more is no text"


def test_what_is_no_longer_kept_waits_for_nobody_to_read_it(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    conversation, ada, ben = chat(world, "one", "two", "young")
    at(conversation, 3, NOW - 10 * DAY_MS)
    assert unread(world, ben, conversation) == 3
    stands(policy, clock, 30)
    retention.sweep(clock.ms)
    world.heads.of([conversation], exact=True)
    assert unread(world, ben, conversation) == 1
    world.receipts.advance(ben, Read(conversation=conversation, read=3))
    assert (unread(world, ben, conversation), unread(world, ada, conversation)) == (0, 1)


def unread(world: World, user: str, conversation: str) -> int:
    view = world.conversations.view(user, conversation)
    return int(view["head_ordinal"] - view["me"]["read_ordinal"])


def test_it_is_shown_before_it_is_done(world: World, retention: Retention, clock: Clock) -> None:
    first, _, _ = chat(world, "one", "two", "three")
    at(first, 3, NOW - DAY_MS)
    chat(world, "four")
    young, _, _ = chat(world, "five")
    at(young, 1, NOW - DAY_MS)
    before = stored(first)
    assert retention.preview(30, NOW) == Preview(3, 2, T0)
    assert retention.preview(0, NOW) == Preview()
    assert retention.preview_of(first, 30, NOW) == Preview(2, 1, T0)
    assert stored(first) == before


def test_what_is_no_longer_kept_is_neither_saved_nor_reported(
    world: World, retention: Retention, policy: RetentionPolicy, clock: Clock
) -> None:
    conversation, _, ben = chat(world, "one", "two")
    saved = Saved(world.conversations, world.publisher)
    saved.change(ben, conversation, [1], active=True)
    stands(policy, clock, 30)
    retention.sweep(clock.ms)
    (kept,) = saved.page(ben, None, 10)["saved"]
    assert (kept["entry"]["body"], kept["entry"]["expired"]) == ("", True)
    with pytest.raises(NotFound):
        saved.change(ben, conversation, [2], active=True)
