"""Faults at the edge: lost answers, two tabs, long absences, thousands of resets, a network that shuffles."""

import asyncio
import random
import time
import uuid
from typing import Any

from app.domain.ids import shard_of
from app.sequencing import keys
from tests.faults.cluster import rss_bytes
from tests.faults.outbox import Message
from tests.faults.trial import Fault, Trial

SEEN_WITHIN_S = 15.0
TOO_LARGE_BYTES = 17_000_000
"""MongoDB takes documents of 16 MB at most."""


async def answer_lost(trial: Trial) -> None:
    """The answer of one message is lost five times in a row, for several messages and devices."""
    for device in trial.devices[:4]:
        for _ in range(3):
            device.lose_answers = 5
            await trial.until(lambda device=device: device.lose_answers == 0, 40, "five answers lost")  # type: ignore[misc]
    lost = sum(device.lost_answers for device in trial.devices)
    trial.bite(f"{lost} answers lost")


async def two_tabs(trial: Trial) -> None:
    """Two tabs send from one outbox at the same moment; a page is closed in the middle of a send."""
    first = trial.devices[0]
    second = trial.add_device(first.person, f"{first.name}-tab2", home=1, outbox=first.outbox)
    second.start()
    await trial.until(lambda: second.connected_to, 10, "the second tab is connected")
    for i in range(40):
        conversation = random.choice(first.conversations)
        first.write(conversation, f"from two tabs {i}")
        second.flush(conversation)
        await asyncio.sleep(0.1)
        if i % 4 == 0:
            random.choice((first, second)).write(conversation, f"closed in the middle {i}")
            random.choice((first, second)).drop()
            await asyncio.sleep(0.2)
    trial.bite("40 messages sent by two tabs, 10 pages closed while sending")


async def long_absence(trial: Trial) -> None:
    """Away for thousands of messages in fifty conversations."""
    messages, chats = int(trial.seconds(10_000, 1_500)), 50
    absent, writers = trial.devices[0], trial.devices[1:]
    await absent.stop()
    extra = [trial.add_conversation(trial.people) for _ in range(chats)]
    for device in writers:
        device.drop()  # a fresh connection hears the new conversations
    await trial.until(lambda: all(device.connected_to for device in writers), 20, "the writers are back")
    for i in range(messages):
        writers[i % len(writers)].write(extra[i % chats], f"while you were away {i}")
        if i % 100 == 0:
            await asyncio.sleep(0)
    sent = await trial.until(lambda: not any(device.outbox.waiting for device in writers), 300, "all is sent")
    memory = _memory(trial)
    absent.start()
    began = time.monotonic()
    complete = await trial.until(
        lambda: sum(absent.cursors[conversation] for conversation in extra) >= messages, 60, "caught up"
    )
    grown = _memory(trial) - memory
    trial.expect(grown < 100_000_000, f"memory grew by {grown / 1e6:.0f} MB while catching up")
    if sent and complete:
        trial.bite(f"{messages} messages in {chats} conversations fetched in {time.monotonic() - began:.1f} s")


def _memory(trial: Trial) -> int:
    return sum(rss_bytes(pid) for pid in trial.cluster.pids().values())


def _shuffle(payload: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
    """Drop one in five, double one in five, delay one in three."""
    if random.random() < 0.2:
        return []
    copies = 2 if random.random() < 0.2 else 1
    return [(random.uniform(0.05, 0.8) if random.random() < 0.33 else 0.0, payload) for _ in range(copies)]


async def pushes_mangled(trial: Trial) -> None:
    for device in trial.devices:
        device.reader.mangle = _shuffle
    await asyncio.sleep(trial.seconds(20, 10))
    trial.bite("pushes dropped, doubled and delayed")
    trial.silent = True
    await trial.until(lambda: not any(device.outbox.waiting for device in trial.devices), 20, "all is sent")
    await asyncio.sleep(1.0)
    for device in trial.devices:
        device.reader.mangle = lambda payload: []
    writer = trial.devices[0]
    conversation = writer.conversations[0]
    others = [d for d in trial.devices if conversation in d.conversations]
    writer.write(conversation, "the last one, whose push is lost")
    await trial.until(lambda: not writer.outbox.waiting, 10, "the last one is stored")
    stored = len((await asyncio.to_thread(trial.stored))[conversation])
    began = time.monotonic()
    if await trial.until(
        lambda: all(d.cursors[conversation] >= stored for d in others), SEEN_WITHIN_S + 2, "it is seen"
    ):
        trial.bite(f"the last one was seen by all after {time.monotonic() - began:.1f} s of silence")
    for device in trial.devices:
        device.reader.mangle = None
    trial.silent = False


async def id_reused(trial: Trial) -> None:
    """One client id with two contents; and a document that MongoDB refuses."""
    for device in trial.devices[:4]:
        message = device.write(device.conversations[0], f"the first content {uuid.uuid4()}")
        await trial.until(lambda d=device: not d.outbox.waiting, 20, "the first content is stored")  # type: ignore[misc]
        answer = await device.attempt(message, body="another content")
        trial.expect(answer.get("code") == "client_id_reused", f"another content was answered {answer}")
    conversation, sender = trial.conversations[0], trial.people[0]
    _put_into_stream(trial, conversation, sender.id)
    letters = trial.cluster.database().dead_letters
    if await trial.until(lambda: letters.count_documents({"conversation": conversation}) == 1, 20, "a dead letter"):
        trial.bite("another content under a known id, and a document of 17 MB put aside")


def _put_into_stream(trial: Trial, conversation: str, sender: str) -> None:
    """Append past every check what no check would let through."""
    message = Message(conversation, 0, str(uuid.uuid4()), "x" * TOO_LARGE_BYTES)
    shard = shard_of(conversation, trial.cluster.shards)
    redis = trial.cluster.redis()
    redis.hincrby(keys.sequence(shard, conversation), "pending", 1)
    redis.set(keys.sent(shard, conversation, sender, message.client_id), f"pending:0:{message.hash}:0:0")
    redis.xadd(keys.stream(shard), {
        "conversation": conversation, "sender": sender, "client_id": message.client_id, "hash": message.hash,
        "payload": f'{{"kind":"text","body":"{message.body}"}}', "reply_to": "nobody",
    })  # fmt: skip


FAULTS = [
    Fault("19", "the client's answer lost, five retries", answer_lost),
    Fault("20", "two tabs flush one outbox, pages closed while sending", two_tabs, short=True),
    Fault("21", "away for thousands of messages in 50 conversations", long_absence, own_cluster=True),
    Fault("23", "pushes dropped, doubled, shuffled; the last one lost", pushes_mangled, short=True),
    Fault("25", "client id reused, document refused", id_reused),
]
