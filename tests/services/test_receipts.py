"""Delivered and read cursors: forward only, to the head at most, told once."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from app.domain.commands import Read
from app.domain.errors import NotAMember
from app.domain.ids import new_id
from app.sequencing import keys
from tests.services.world import World


@pytest.fixture
def chat(world: World) -> tuple[str, str, str]:
    """Ada, Ben, and their conversation of twenty messages by Ada."""
    ada, ben = world.people("Ada", "Ben")
    conversation = world.direct(ada, ben)
    for number in range(20):
        world.say(conversation, ada, f"message {number}")
    world.publisher.clear()
    return ada, ben, conversation


def test_reading_moves_both_cursors_and_tells_the_conversation(world: World, chat: tuple[str, str, str]) -> None:
    _, ben, conversation = chat
    answer = world.receipts.advance(ben, Read(conversation=conversation, read=7))
    assert answer == {"conversation": conversation, "delivered": 7, "read": 7, "read_ordinal": 7}
    assert world.publisher.facts(conversation) == [
        {"conversation": conversation, "user": ben, "delivered": 7, "read": 7}
    ]


def test_delivery_alone_reads_nothing(world: World, chat: tuple[str, str, str]) -> None:
    _, ben, conversation = chat
    answer = world.receipts.advance(ben, Read(conversation=conversation, delivered=20))
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (20, 0, 0)


def test_a_cursor_never_goes_back_and_says_nothing_when_it_stays(world: World, chat: tuple[str, str, str]) -> None:
    _, ben, conversation = chat
    world.receipts.advance(ben, Read(conversation=conversation, delivered=15, read=10))
    world.publisher.clear()
    answer = world.receipts.advance(ben, Read(conversation=conversation, delivered=5, read=3))
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (15, 10, 10)
    assert world.publisher.told == []


def test_what_does_not_exist_yet_cannot_be_read(world: World, chat: tuple[str, str, str]) -> None:
    _, ben, conversation = chat
    answer = world.receipts.advance(ben, Read(conversation=conversation, delivered=9_999_999_999, read=500))
    assert (answer["delivered"], answer["read"], answer["read_ordinal"]) == (20, 20, 20)


def test_cursors_stay_monotonous_under_parallel_updates(world: World, chat: tuple[str, str, str]) -> None:
    _, ben, conversation = chat
    order = Random(7)
    commands = [
        Read(conversation=conversation, delivered=order.randint(0, 20), read=order.randint(0, 18)) for _ in range(60)
    ]
    highest_read = max(command.read or 0 for command in commands)
    highest = max(highest_read, *(command.delivered or 0 for command in commands))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda command: world.receipts.advance(ben, command), commands))
    place = world.place(conversation, ben)
    assert (place.delivered, place.read, place.read_ordinal) == (highest, highest_read, highest_read)
    assert all(answer["delivered"] >= answer["read"] for answer in answers)
    for command, answer in zip(commands, answers, strict=True):
        assert answer["delivered"] >= (command.delivered or 0) and answer["read"] >= (command.read or 0)


def test_a_stranger_moves_nothing(world: World, chat: tuple[str, str, str]) -> None:
    *_, conversation = chat
    eve = world.person("Eve")
    for asked in (conversation, new_id()):
        with pytest.raises(NotAMember):
            world.receipts.advance(eve, Read(conversation=asked, read=3))
    assert world.publisher.told == []


def test_the_queue_forgets_what_was_delivered_to_its_end_and_nothing_else(
    world: World, chat: tuple[str, str, str]
) -> None:
    _, ben, conversation = chat
    other = new_id()
    world.redis.zadd(keys.queue(ben), {conversation: 20, other: 3})
    world.receipts.advance(ben, Read(conversation=conversation, delivered=19))
    assert world.redis.zscore(keys.queue(ben), conversation) == 20
    world.receipts.advance(ben, Read(conversation=conversation, delivered=20))
    assert world.redis.zrange(keys.queue(ben), 0, -1) == [other]
