"""One fault against a running Chatter: people write, the nemesis strikes and heals, everything is recorded."""

import asyncio
import contextlib
import itertools
import json
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import redis.asyncio
from redis.exceptions import RedisError

from app.sequencing import keys
from tests.faults.cluster import Cluster, rss_bytes
from tests.faults.device import Device, Person, Write
from tests.history import records as history
from tests.history.records import Bite, Dump, Emit, Entry, Fail, Final, Healed, Membership, Ok, Record, Sample

PEOPLE = 8
CONVERSATIONS = 10
MEMBERS = 4
WRITE_PER_S = 80.0
UNSENT_LIMIT = 12
"""Nobody types on and on into a chat that does not send."""
SETTLE_WITHIN_S = 30.0
SAMPLE_EVERY_S = 1.0
WARM_S = 3.0
AFTER_S = 5.0
ENOUGH_WITHIN_S = 40.0

_trials = itertools.count(1)


@dataclass(frozen=True)
class Fault:
    """A row of the fault table. ``inject`` breaks something, and has healed it when it returns."""

    number: str
    title: str
    inject: Callable[["Trial"], Awaitable[None]]
    webs: int = 2
    workers: int = 2
    settings: dict[str, str] = field(default_factory=dict)
    short: bool = False
    own_cluster: bool = False
    small_disks: bool = False
    conversations: int = CONVERSATIONS
    min_acks: int = 1_000
    settle_within_s: float = SETTLE_WITHIN_S

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}"


class Trial:
    """What a fault has at hand. ``seconds(full)`` shortens its waits in the short run."""

    def __init__(self, cluster: Cluster, fault: Fault, record: Write, http: aiohttp.ClientSession, quick: bool) -> None:
        self.cluster, self.fault, self.record, self.http, self.quick = cluster, fault, record, http, quick
        self.number = next(_trials)
        self.people: list[Person] = []
        self.devices: list[Device] = []
        self.conversations: list[str] = []
        self.members: dict[str, list[Person]] = {}
        self.broken_expectations: list[str] = []
        self.ends: dict[tuple[str, str], int] = {}
        """Who was removed from which conversation, and at what number."""
        self.acknowledged = self.not_found = 0
        self.silent = False
        self.padding = ""
        self._background: list[asyncio.Task[Any]] = []

    # ---- what faults use ----

    def bite(self, detail: str) -> None:
        """The fault had an effect, and this shows it."""
        self.record(Bite(name=self.fault.name, detail=detail))

    def expect(self, holds: object, otherwise: str) -> None:
        """An extra check of this fault's row."""
        if not holds:
            self.broken_expectations.append(otherwise)

    async def until(self, condition: Callable[[], object], seconds: float, what: str) -> bool:
        """Wait for a condition; a fault that waits in vain has not bitten, or broke an expectation."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            with contextlib.suppress(RedisError, OSError):
                if condition():
                    return True
            await asyncio.sleep(0.05)
        self.broken_expectations.append(f"not within {seconds:.0f} s: {what}")
        return False

    def seconds(self, full: float, quick: float) -> float:
        return quick if self.quick else full

    # ---- the course of a trial ----

    async def run(self) -> None:
        self._gather_people()
        self._background = [asyncio.create_task(self._sample()), asyncio.create_task(self._overhear())]
        for device in self.devices:
            device.start()
        await self.until(lambda: all(device.connected_to for device in self.devices), 30, "everybody connected")
        writing = asyncio.create_task(self._write())
        await asyncio.sleep(WARM_S)
        self.record(history.Fault(name=self.fault.name, detail=self.fault.title))
        await self.fault.inject(self)
        self.record(Healed())
        await asyncio.sleep(AFTER_S)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENOUGH_WITHIN_S):
                while self.acknowledged < self.fault.min_acks * 1.05:
                    await asyncio.sleep(0.2)
        writing.cancel()
        await self._settle()
        await self._end()

    def _gather_people(self) -> None:
        names = [f"p{self.number}-{i}" for i in range(PEOPLE)]
        self.people = [self.cluster.person(name) for name in names]
        for i in range(self.fault.conversations):
            chosen = [self.people[(i + j) % PEOPLE] for j in range(MEMBERS)] if i else self.people
            self.add_conversation(chosen)
        for i, person in enumerate(self.people):
            self.add_device(person, person.name, home=i, rest=i == PEOPLE - 1)

    def add_conversation(self, members: list[Person]) -> str:
        """An empty group; devices that are connected already hear it after their next connection."""
        conversation = self.cluster.group(members)
        self.conversations.append(conversation)
        self.members[conversation] = list(members)
        for device in self.devices:
            if device.person in members:
                device.cursors[conversation] = 0
        return conversation

    def add_device(self, person: Person, name: str, **options: Any) -> Device:
        mine = [conversation for conversation in self.conversations if person in self.members[conversation]]
        device = Device(person, name, self.cluster.urls, mine, self.note, self.http, **options)
        self.devices.append(device)
        return device

    def note(self, record: Record) -> None:
        if isinstance(record, Ok):
            self.acknowledged += 1
        elif isinstance(record, Fail) and record.code == "not_found":
            self.not_found += 1
        self.record(record)

    async def _write(self) -> None:
        count = itertools.count(1)
        while True:
            await asyncio.sleep(random.expovariate(WRITE_PER_S))
            if self.silent:
                continue
            device = random.choice([device for device in self.devices if device.writes])
            if device.outbox.waiting < UNSENT_LIMIT and device.conversations:
                device.write(
                    random.choice(device.conversations), f"message {next(count)} of {device.name}{self.padding}"
                )

    async def _settle(self) -> None:
        """Everything that was written is stored, everything that was stored is seen; or the time is over."""
        limit = time.monotonic() + self.fault.settle_within_s
        while time.monotonic() < limit:
            if not any(device.outbox.waiting for device in self.devices) and await self._everybody_has_all():
                return
            await asyncio.sleep(0.2)

    async def _everybody_has_all(self) -> bool:
        heads = {conversation: len(rows) for conversation, rows in (await asyncio.to_thread(self.stored)).items()}
        return all(
            device.cursors[conversation] >= self.ends.get((conversation, device.person.id), heads.get(conversation, 0))
            for device in self.devices
            if device.connected_to
            for conversation in device.conversations
        )

    async def _end(self) -> None:
        for device in self.devices:
            if device.connected_to and device.records_reading:
                for conversation in device.conversations:
                    cursor = device.cursors[conversation]
                    self.record(Final(session=device.session, conversation=conversation, cursor=cursor))
        for device in self.devices:
            await device.stop()
        await self._wait_for_trim()
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self._take_sample()
        stored = await asyncio.to_thread(self.stored)
        for conversation in self.conversations:
            entries = tuple(Entry(*row) for row in stored.get(conversation, []))
            self.record(Dump(conversation=conversation, entries=entries))
        for row in self.cluster.database().memberships.find({"conversation": {"$in": self.conversations}}):
            interval = {"from_seq": row.get("from_seq", 1), "until_seq": row.get("until_seq")}
            self.record(Membership(conversation=row["conversation"], user=row["user"], **interval))

    async def _wait_for_trim(self) -> None:
        def empty() -> bool:
            return not any(self._stream_lengths().values())

        await self.until(empty, 5, "the streams are empty")

    # ---- what is recorded beside the devices ----

    def stored(self) -> dict[str, list[list[Any]]]:
        """Every conversation's log as MongoDB has it, in the order of its numbers."""
        stored: dict[str, list[list[Any]]] = {}
        rows = self.cluster.database().messages.find(
            {"c": {"$in": self.conversations}}, {"s": 1, "i": 1, "h": 1, "c": 1}
        )
        for row in rows:
            seq = int(row["_id"].rpartition(":")[2])
            stored.setdefault(row["c"], []).append([seq, row["i"], row["s"], row["h"]])
        return {conversation: sorted(entries) for conversation, entries in stored.items()}

    def _stream_lengths(self) -> dict[str, int]:
        redis = self.cluster.redis()
        return {keys.stream(shard): int(redis.xlen(keys.stream(shard))) for shard in range(self.cluster.shards)}

    def _take_sample(self) -> None:
        rss = {name: rss_bytes(pid) for name, pid in self.cluster.pids().items()}
        with contextlib.suppress(RedisError, OSError):
            self.record(Sample(streams=self._stream_lengths(), rss_bytes=rss))

    async def _sample(self) -> None:
        while True:
            await asyncio.sleep(SAMPLE_EVERY_S)
            await asyncio.to_thread(self._take_sample)

    async def _overhear(self) -> None:
        """What the servers tell each other: each number may belong to one client id only, wherever it is seen."""
        while True:
            try:
                async with redis.asyncio.from_url(self.cluster.valkey.url, decode_responses=True) as client:
                    pubsub = client.pubsub()
                    await pubsub.subscribe(keys.BROADCAST_CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._overheard(json.loads(message["data"]))
            except (RedisError, OSError):
                await asyncio.sleep(0.3)

    def _overheard(self, message: dict[str, Any]) -> None:
        for item in message.get("packed", ()):
            if isinstance(item, dict):
                continue  # members came or went
            _, packet = item
            event, payload = json.loads(packet[2:])
            if event != "entries":
                continue
            for entry in payload["entries"]:
                conversation, seq = payload["conversation"], entry["seq"]
                if conversation in self.members:
                    self.record(Emit(conversation=conversation, seq=seq, client_id=entry["client_id"]))
