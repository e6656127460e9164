"""A backup is taken while people write, and restored beside a Redis that remembers more: nothing is lost or numbered anew."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from app.domain.commands import entry_hash
from app.models import Device
from app.models.connection import connect
from app.services.devices import Devices
from app.services.tokens import Tokens
from app.stores import connect_redis
from config import Settings
from dev.embedded import EmbeddedMongo
from tests.history.invariants import check
from tests.history.records import (
    Apply,
    Dump,
    Entry,
    Fail,
    Final,
    History,
    Invoke,
    Membership,
    Ok,
    Record,
    Sample,
    Session,
)
from tests.history.verdict import Limits
from tests.installation import FLASK, Installation
from tests.system.conftest import Client, Person, wait_until

Make = Callable[[str], Person]
BEFORE = 120
"""Acknowledged before the backup is begun."""


@dataclass
class Writers:
    """People who write, edit, react and delete in one group, and what they were told."""

    conversation: str
    records: list[Record] = field(default_factory=list)
    acknowledged: int = 0
    stopped: bool = False
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, people: dict[str, Client]) -> None:
        self._threads = [threading.Thread(target=self._write, args=told) for told in people.items()]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.stopped = True
        for thread in self._threads:
            thread.join()

    def _write(self, user: str, client: Client) -> None:
        choose, mine, number = random.Random(user), [0], 0
        while not self.stopped:
            number += 1
            kind = choose.choice(("text", "text", "text", "edited", "reacted", "deleted")) if len(mine) > 5 else "text"
            target = None if kind == "text" else choose.choice(mine[1:])
            if kind == "deleted":
                mine.remove(target or 0)
            body = {"text": f"text {number}", "edited": f"edit {number}", "reacted": choose.choice("👍🎉🔥")}.get(
                kind, ""
            )
            answer = self.tell(user, client, number, kind, body, target)
            if kind == "text" and answer["ok"]:
                mine.append(answer["seq"])

    def tell(
        self, user: str, client: Client, number: int, kind: str, body: str, target: int | None = None
    ) -> dict[str, Any]:
        op, client_id = uuid.uuid4().hex, str(uuid.uuid4())
        told = {"conversation": self.conversation, "client_id": client_id}
        about: dict[str, Any] = {} if target is None else {"target": target}
        event = {"text": "post", "edited": "edit", "deleted": "delete", "reacted": "react"}[kind]
        said = {"react": {"emoji": body, "active": True}, "delete": {}}.get(event, {"body": body})
        self.records.append(
            Invoke(
                op=op,
                conversation=self.conversation,
                user=user,
                device=user,
                n=number,
                client_id=client_id,
                hash=entry_hash(kind, body, target),
            )
        )
        answer = client.call(event, **told, **about, **said)
        if answer["ok"]:
            self.records.append(Ok(op=op, seq=answer["seq"]))
            self.acknowledged += 1
        elif answer["code"] in ("conflict", "not_found"):
            self.records.append(Fail(op=op, code=answer["code"]))
        else:
            raise AssertionError(answer)
        return answer


def as_restored(records: list[Record], begun: float, stored: tuple[Entry, ...]) -> list[Record]:
    """What was asked since the backup was begun may be stored, under the number that was told, or be as if never asked."""
    there = {entry.client_id for entry in stored}
    unknown = {r.op for r in records if isinstance(r, Invoke) and r.t > begun and r.client_id not in there}
    slow = {r.op for r in records if isinstance(r, Ok | Fail) and r.t > begun}
    asked = {r.op: r.client_id for r in records if isinstance(r, Invoke)}
    unknown |= {op for op in slow if asked[op] not in there}
    return [r for r in records if getattr(r, "op", None) not in unknown]


def read_all(client: Client, conversation: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    while True:
        page = client.call("sync", conversation=conversation, after=len(entries))
        entries += page["entries"]
        if page["complete"]:
            return entries


def dump(database: Any, conversation: str) -> tuple[Entry, ...]:
    found = database.messages.find({"c": conversation}).sort("_id", 1)
    return tuple(Entry(int(d["_id"].rpartition(":")[2]), d["i"], d["s"], d["h"]) for d in found)


def sign_in(installation: Installation, user: str) -> Person:
    settings = Settings.from_env(installation.environment)
    device = Device(user=user, kind="api", name="new").save()
    with connect_redis(settings.redis_url) as redis:
        token, _ = Tokens(settings, Devices(redis, publisher=None)).issue(user, device.id)  # type: ignore[arg-type]
    return Person(user, user, token)


@pytest.fixture
def other_uri(embedded_mongo: EmbeddedMongo) -> Iterator[str]:
    name = f"restored_{uuid.uuid4().hex[:12]}"
    yield embedded_mongo.uri_of(name)
    with MongoClient(embedded_mongo.uri) as client:
        client.drop_database(name)


def test_a_backup_under_load_is_restored_without_gap_or_loss(
    installation: Installation, person: Make, group: Callable[..., str], other_uri: str, tmp_path: Path
) -> None:
    installation.environment |= {"POST_BURST": "1000000", "POST_PER_SECOND": "1000000"}
    worker, web = installation.worker(), installation.web()
    people = [person(name) for name in ("Ada", "Ben", "Cyd")]
    chat = group(*people)
    writers = Writers(chat)
    writers.start({one.id: one.client(web.url) for one in people})
    wait_until(lambda: writers.acknowledged >= BEFORE, 30)
    begun, folder = time.monotonic(), tmp_path / "backup"
    told = writers.acknowledged
    ended = installation.run(*FLASK, "backup", str(folder))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    written_meanwhile = writers.acknowledged - told
    wait_until(lambda: writers.acknowledged >= told + written_meanwhile + 20, 30)
    writers.stop()
    assert written_meanwhile > 10, "nobody wrote while it was taken"

    for process in (web, worker):
        process.stop()
    refused = installation.run(*FLASK, "restore", str(folder), MONGODB_URI=other_uri)
    assert refused.returncode == 2
    assert "restore with --empty-redis" in refused.stderr
    ended = installation.run(*FLASK, "restore", str(folder), "--empty-redis", MONGODB_URI=other_uri)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    with connect_redis(installation.environment["REDIS_URL"]) as redis:
        assert redis.dbsize() == 0

    installation.environment["MONGODB_URI"] = other_uri
    database = connect(other_uri)
    restored = dump(database, chat)
    head = len(restored)
    installation.worker()
    web = installation.web()
    assert people[0].get(f"{web.url}/api/v1/me").status_code == 401, "everybody is signed out"
    records = as_restored(writers.records, begun, restored)
    assert sum(isinstance(r, Ok) for r in records) >= BEFORE
    going_on = Writers(chat, records)
    clients = {one.id: sign_in(installation, one.id).client(web.url) for one in people}
    for number, (user, client) in enumerate(clients.items(), 1):
        answer = going_on.tell(user, client, 1_000_000 + number, "text", "after the restore")
        assert answer["seq"] == head + number
    reader = people[0].id
    seen = read_all(clients[reader], chat)
    stored = dump(database, chat)
    assert stored[:head] == restored
    hashes = {entry.seq: entry.hash for entry in stored}
    records.append(Session(session="s", user=reader, device="new", conversation=chat, cursor=0))
    for entry in seen:
        told_of = {"seq": entry["seq"], "client_id": entry["client_id"], "hash": hashes[entry["seq"]]}
        records.append(Apply(session="s", conversation=chat, **told_of))
    records.append(Final(session="s", conversation=chat, cursor=len(seen)))
    records += [Membership(conversation=chat, user=one.id, from_seq=1, until_seq=None) for one in people]
    records += [Dump(conversation=chat, entries=stored), Sample(streams={"wal": 0}, rss_bytes={})]
    report = check(History(records), Limits(min_acks=BEFORE))
    assert report.passed, (report.violations + report.unproven)[:5]
    for client in clients.values():
        client.close()
    examined = installation.run(*FLASK, "doctor")
    assert "logs: conversations read: 1, damaged: 0" in examined.stdout, examined.stdout
    assert "wrong" not in examined.stdout, examined.stdout
