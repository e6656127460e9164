"""What the list of chats shows of messages that were edited, deleted or reacted to, and to whom."""

import uuid
from typing import Any

import pytest

from app.domain.commands import entry_hash
from app.domain.entries import EntryKind, Proposal
from app.domain.errors import Conflict, NotFound
from app.domain.revisions import MOST_EDITS, MOST_EMOJI
from app.sequencing.outcomes import Refused
from app.sequencing.store import Store
from app.services import conversation_views
from app.services.messages import Messages
from tests.services.world import World


@pytest.fixture
def chat(world: World) -> tuple[str, str, str]:
    """Ada and Ben; Ada said "one" and "two"."""
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    world.say(conversation, ada, "one")
    world.say(conversation, ada, "two")
    return ada, ben, conversation


def revise(world: World, user: str, conversation: str, kind: EntryKind, target: int, body: str = "") -> int:
    hidden = world.access.member(user, conversation).hidden_from(user)
    hash = entry_hash(kind, body, target)
    proposal = Proposal(conversation, user, str(uuid.uuid4()), kind, body, hash, hidden, target)
    (outcome,) = Store().commit([proposal])
    if isinstance(outcome, Refused):
        raise outcome.error
    world.heads.of([conversation], exact=True)
    return outcome.entry.seq


def last(world: World, user: str, conversation: str) -> dict[str, Any]:
    view: dict[str, Any] = world.conversations.view(user, conversation)
    return {**view["last"], "head": view["head"], "ordinals": view["head_ordinal"]}


def messages(world: World) -> Messages:
    return Messages(world.redis, None, world.heads, world.access, world.conversations)  # type: ignore[arg-type]


def test_the_preview_is_the_last_message_as_it_is_now_and_nothing_that_is_about_one(
    world: World, chat: tuple[str, str, str]
) -> None:
    ada, ben, conversation = chat
    revise(world, ben, conversation, "reacted", 1, "👍")
    revise(world, ada, conversation, "edited", 2, "two, edited")
    shown = last(world, ben, conversation)
    assert (shown["seq"], shown["body"], shown["head"], shown["ordinals"]) == (2, "two, edited", 4, 2)
    revise(world, ada, conversation, "deleted", 2)
    shown = last(world, ben, conversation)
    assert (shown["seq"], shown["body"], shown["deleted_by"]) == (2, "", ada)


def test_the_preview_is_found_behind_any_number_of_reactions(
    world: World, chat: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation_views, "LOOK_BACK", 3)
    ada, ben, conversation = chat
    for _ in range(4):
        revise(world, ben, conversation, "reacted", 1, "👍")
        revise(world, ben, conversation, "unreacted", 1, "👍")
    assert last(world, ada, conversation)["seq"] == 2


def test_who_blocked_the_sender_keeps_their_preview(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    world.contacts.change(ben, ada, {"blocked": True})
    revise(world, ada, conversation, "edited", 2, "not for Ben")
    world.say(conversation, ada, "not for Ben either")
    assert (last(world, ben, conversation)["seq"], last(world, ben, conversation)["body"]) == (2, "two")
    assert last(world, ada, conversation)["seq"] == 4
    assert [v["body"] for v in messages(world).versions(ben, conversation, 2)] == ["two"]
    assert [v["body"] for v in messages(world).versions(ada, conversation, 2)] == ["two", "not for Ben"]
    with pytest.raises(NotFound):
        messages(world).versions(ben, conversation, 4)


def test_a_message_holds_so_many_edits_and_emoji_and_no_more(world: World, chat: tuple[str, str, str]) -> None:
    ada, ben, conversation = chat
    for n in range(MOST_EMOJI):
        revise(world, ben, conversation, "reacted", 1, chr(0x1F600 + n))
    with pytest.raises(Conflict):
        revise(world, ben, conversation, "reacted", 1, "👍")
    revise(world, ada, conversation, "reacted", 1, chr(0x1F600))
    batch = [
        Proposal(conversation, ada, str(uuid.uuid4()), "edited", f"edit {n}", "h", (), 1) for n in range(MOST_EDITS + 1)
    ]
    outcomes = Store().commit(batch)
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [False] * MOST_EDITS + [True]
