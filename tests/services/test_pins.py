"""What is pinned, as each person's view tells it."""

import uuid

from app.domain.commands import entry_hash
from app.domain.entries import EntryKind, Proposal
from app.sequencing.outcomes import Stored
from app.sequencing.store import Store
from tests.services.world import World


def pin(world: World, user: str, conversation: str, target: int, kind: EntryKind = "pinned") -> None:
    hidden = world.access.member(user, conversation).hidden_from(user)
    proposal = Proposal(
        conversation, user, str(uuid.uuid4()), kind, "", entry_hash(kind, "", target), tuple(hidden), target
    )
    (outcome,) = Store().commit([proposal])
    assert isinstance(outcome, Stored)


def pins(world: World, user: str, conversation: str) -> tuple[list[tuple[int, str]], int]:
    view = world.conversations.view(user, conversation)
    return [(one["seq"], one["by"]) for one in view["pins"]], view["pins_rev"]


def test_both_pin_in_a_direct_chat_and_a_fresh_view_tells_it(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    chat = world.direct(ada, ben)
    world.say(chat, ada, "one")
    world.say(chat, ben, "two")
    pin(world, ben, chat, 1)
    pin(world, ada, chat, 2)
    assert pins(world, ada, chat) == pins(world, ben, chat) == ([(1, ben), (2, ada)], 4)
    assert world.conversations.view(ada, chat)["last"]["kind"] == "pinned"
    assert world.conversations.view(ada, chat)["head_ordinal"] == 2


def test_who_blocked_the_sender_sees_nothing_of_their_pins(world: World) -> None:
    ada, ben = world.people("Ada", "Ben")
    chat = world.direct(ada, ben)
    world.say(chat, ada, "one")
    world.contacts.change(ben, ada, {"blocked": True})
    pin(world, ada, chat, 1)
    assert pins(world, ben, chat)[0] == []
    assert pins(world, ada, chat)[0] == [(1, ada)]


def test_who_joins_later_sees_the_pins_of_what_they_may_see(world: World) -> None:
    ada, ben, cy = world.people("Ada", "Ben", "Cy")
    for other in (ben, cy):
        world.say(world.direct(ada, other), ada, "hi")
    group = world.groups.create(ada, "Trains", [ben], str(uuid.uuid4()))["id"]
    before = world.append(ada, group, str(uuid.uuid4()), "text", "before").seq
    pin(world, ada, group, before)
    world.groups.add(ada, group, [cy], str(uuid.uuid4()))
    after = world.append(ada, group, str(uuid.uuid4()), "text", "after").seq
    pin(world, ada, group, after)
    assert pins(world, cy, group)[0] == [(after, ada)]
    assert pins(world, ben, group)[0] == [(before, ada), (after, ada)]
    world.groups.remove(ada, group, cy, str(uuid.uuid4()))
    assert pins(world, cy, group)[0] == []
