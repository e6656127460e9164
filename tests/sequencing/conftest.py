"""One process's share of the log, on real servers."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import gevent
import pytest
from redis import Redis

from app.domain.entries import Entry, Proposal
from app.domain.ids import content_hash, new_id
from app.models import Conversation, Membership
from app.models.connection import connect
from app.sequencing import keys
from app.sequencing.committer import Announcement
from app.sequencing.leases import Leases, Role
from app.sequencing.mailbox import Mailbox
from app.sequencing.sequencer import Sequencer
from app.sequencing.store import Store
from app.stores import connect_redis

SHARDS = 2


@pytest.fixture
def redis(clean_redis_url: str) -> Iterator[Redis]:
    client = connect_redis(clean_redis_url)
    yield client
    client.close()


@pytest.fixture
def database(indexed_mongodb_uri: str) -> None:
    connect(indexed_mongodb_uri)


@dataclass
class Log:
    """A conversation of two and a way to write proposals for it."""

    conversation: str
    members: list[str]

    def proposal(self, body: str = "hello", sender: int = 0, client_id: str | None = None) -> Proposal:
        return Proposal(
            conversation=self.conversation,
            sender=self.members[sender],
            client_id=client_id or str(uuid.uuid4()),
            kind="text",
            body=body,
            hash=content_hash("text", body),
        )


@pytest.fixture
def make_log(database: None) -> Callable[[], Log]:
    def make() -> Log:
        members = [new_id(), new_id()]
        conversation = Conversation(kind="group", title="t", created_by=members[0]).save(force_insert=True)
        for member in members:
            Membership(conversation=conversation.id, user=member).save()
        return Log(conversation.id, members)

    return make


@pytest.fixture
def log(make_log: Callable[[], Log]) -> Log:
    return make_log()


@dataclass
class Process:
    """A process that accepts and commits, with what it announced."""

    sequencer: Sequencer
    leases: Leases
    mailbox: Mailbox
    announced: list[Announcement] = field(default_factory=list)

    def entries(self, conversation: str) -> list[Entry]:
        return [entry for a in self.announced if a.conversation == conversation for entry in a.entries]


@pytest.fixture
def start_process(redis: Redis, database: None) -> Iterator[Callable[..., Process]]:
    """Start any number of processes' shares on the same stores."""
    started: list[Process] = []

    def start(name: str, role: Role = "worker", commits: bool = True) -> Process:
        announced: list[Announcement] = []
        sequencer = Sequencer(redis, name, SHARDS, backlog_limit=1_000)
        leases = Leases(redis, name, role, SHARDS, lambda _: Store(), announced.extend)
        mailbox = Mailbox(redis, {keys.replies(name): sequencer.heard})
        process = Process(sequencer, leases, mailbox, announced)
        mailbox.start()
        if commits:
            leases.start()
        started.append(process)
        return process

    yield start
    for process in started:
        process.leases.stop()
        process.mailbox.stop()


def wait_for(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until ``condition()`` is true; fail after ``seconds``."""
    with gevent.Timeout(seconds, AssertionError(f"not true within {seconds} s")):
        while not condition():
            gevent.sleep(0.01)
