"""A thread as one person may see it: a page at a time, with its root."""

import uuid

import pytest

from app.domain import threads
from app.domain.commands import Sync
from app.domain.errors import NotAMember, NotFound
from app.domain.ids import message_id
from app.models import Membership
from app.models.connection import connect
from app.models.messages import messages
from app.services.replies import Replies
from migrations.runner import run
from tests.migrations.test_runner import settings
from tests.services.test_revisions import messages as log_of
from tests.services.test_revisions import revise
from tests.services.world import World

Chat = tuple[str, str, str]


@pytest.fixture
def chat(world: World) -> Chat:
    """Ada and Ben; Ada said "root" (1), and Ben answered five times (2 to 6), each the one before."""
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    world.say(conversation, ada, "root")
    for n in range(1, 6):
        revise(world, ben, conversation, "text", n, f"reply {n}")
    return ada, ben, conversation


def test_a_thread_is_read_from_its_end_a_page_at_a_time(world: World, chat: Chat) -> None:
    ada, _, conversation = chat
    page = Replies(world.access).page(ada, conversation, 1, None, 2)
    assert (page["root"]["body"], page["root"]["replies"]) == ("root", 5)
    assert ([entry["seq"] for entry in page["replies"]], page["next"]) == ([5, 6], 5)
    page = Replies(world.access).page(ada, conversation, 1, 5, 3)
    assert ([entry["seq"] for entry in page["replies"]], page["next"]) == ([2, 3, 4], None)


def test_of_a_long_thread_the_earlier_replies_are_found_too(
    world: World, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, _, conversation = chat
    monkeypatch.setattr(threads, "MOST_LISTED", 3)
    messages().update_one({"_id": message_id(conversation, 1)}, {"$set": {"q": [4, 5, 6]}})
    page = Replies(world.access).page(ada, conversation, 1, None, 2)
    assert ([entry["seq"] for entry in page["replies"]], page["next"]) == ([5, 6], 5)
    page = Replies(world.access).page(ada, conversation, 1, 5, 2)
    assert ([entry["seq"] for entry in page["replies"]], page["next"]) == ([3, 4], 3)
    page = Replies(world.access).page(ada, conversation, 1, 3, 2)
    assert ([entry["seq"] for entry in page["replies"]], page["next"]) == ([2], None)


def test_what_was_deleted_stands_in_it(world: World, chat: Chat) -> None:
    ada, ben, conversation = chat
    revise(world, ben, conversation, "deleted", 3)
    page = Replies(world.access).page(ada, conversation, 1, None, 50)
    assert [entry.get("deleted_by") for entry in page["replies"]] == [None, ben, None, None, None]
    assert page["root"]["replies"] == 4


def test_strangers_replies_and_what_is_no_message_have_no_thread(world: World, chat: Chat) -> None:
    ada, ben, conversation = chat
    replies = Replies(world.access)
    with pytest.raises(NotAMember):
        replies.page(world.person("Eve"), conversation, 1, None, 50)
    reaction = revise(world, ben, conversation, "reacted", 1, "👍")
    for nothing in (2, reaction, reaction + 1):
        with pytest.raises(NotFound):
            replies.page(ada, conversation, nothing, None, 50)


def test_who_came_later_sees_no_thread_that_began_before(world: World, chat: Chat) -> None:
    ada, _, conversation = chat
    Membership.objects(conversation=conversation, user=ada).update(from_seq=2)
    world.access.forget(conversation)
    with pytest.raises(NotFound):
        Replies(world.access).page(ada, conversation, 1, None, 50)


def test_who_went_sees_the_thread_as_it_was(world: World) -> None:
    ada, ben, cas = world.people("Ada", "Ben", "Cas")
    group = str(world.groups.create(ada, "Trains", [], _id())["id"])
    for user in (ben, cas):
        world.append(ada, group, _id(), "added", user)
    head = world.heads.of([group], exact=True)[group]
    world.say(group, ada, "root")
    revise(world, ben, group, "text", head + 1, "before")
    world.append(ada, group, _id(), "removed", cas)
    world.access.forget(group)
    revise(world, ben, group, "text", head + 1, "after")
    page = Replies(world.access).page(cas, group, head + 1, None, 50)
    assert ([entry["body"] for entry in page["replies"]], page["root"]["replies"]) == (["before"], 1)
    entries = log_of(world).sync(cas, Sync(conversation=group, after=head)).entries
    assert entries[0]["replies"] == 1
    assert log_of(world).sync(ada, Sync(conversation=group, after=head)).entries[0]["replies"] == 2


def test_replies_from_before_are_put_into_threads_once(
    world: World, chat: Chat, clean_redis_url: str, indexed_mongodb_uri: str
) -> None:
    ada, ben, conversation = chat
    revise(world, ben, conversation, "deleted", 3)
    messages().update_many({}, {"$unset": {"a": "", "n": "", "m": "", "q": ""}})
    messages().update_one({"_id": message_id(conversation, 2)}, {"$set": {"a": 1}})
    messages().update_one({"_id": message_id(conversation, 1)}, {"$set": {"n": 1, "m": 2, "q": [2]}})
    run(settings(clean_redis_url, indexed_mongodb_uri), connect(indexed_mongodb_uri))
    page = Replies(world.access).page(ada, conversation, 1, None, 50)
    assert ([entry["seq"] for entry in page["replies"]], page["root"]["replies"]) == ([2, 3, 4, 5, 6], 4)
    assert page["root"]["replies_rev"] == 7


def _id() -> str:
    return str(uuid.uuid4())
